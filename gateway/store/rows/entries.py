"""Entries: messages as they stand in folders, with UIDs, flags and modification sequences."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import ClauseElement

from gateway.domain import stand_ins
from gateway.domain.access import Audience
from gateway.domain.mailbox import (
    SEEN,
    THE_END,
    BlobRef,
    Entry,
    Flags,
    FolderId,
    MessageId,
    ModSeq,
    Summary,
    ThreadId,
    ThreadPlace,
    Uid,
    VaultId,
    flags_text,
)
from gateway.ports.clock import Clock
from gateway.ports.mail import NO_FOLDER
from gateway.store.backend.sql import Runner, at_most
from gateway.store.rows import entry_statements as sql
from gateway.store.rows.blob_holds import SqlBlobRows
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.contents import ContentRows
from gateway.store.rows.header_pages import HeaderPageRows
from gateway.store.rows.line_numbers import LineNumberRows
from gateway.store.rows.lines import OTHERS, LineRows, entry_of
from gateway.store.rows.new_lines import NewLineRows
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.rows.references import ReferenceRows
from gateway.store.seal.sealer import RecordKind, Sealer

_WIDTH = sql.WIDTH


class MailRows(NewLineRows, ContentRows, ReferenceRows, LineNumberRows, HeaderPageRows, LineRows):
    """Implements `gateway.ports.mail.Mail`."""

    def __init__(
        self,
        runner: Runner,
        sealer: Sealer,
        clock: Clock,
        coded: CodedRows,
        noted: NotedChanges,
        blobs: SqlBlobRows,
        touched: set[VaultId],
    ) -> None:
        NewLineRows.__init__(self, runner, sealer, clock, coded)
        ContentRows.__init__(self, runner, sealer, coded, blobs, noted)
        ReferenceRows.__init__(self, runner, sealer, coded, noted)
        self._touched = touched

    def summaries(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1, who: Audience = Audience.NOBODY
    ) -> list[tuple[Entry, Summary]]:
        """As `entries`, with the opened summary of each."""
        listed = sql.SUMMARIES_TOLD if who & OTHERS else sql.SUMMARIES
        rows = self._runner.rows(listed, vault=vault, folder=folder, low=low, high=high, count=at_most(limit))
        opened = self.listed_summary_opener(vault)
        return [(entry_of(row), opened(row[1], row[_WIDTH], row[_WIDTH + 1])) for row in rows]

    def header_blocks(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes]]:
        """As `entries`, with the header block of each."""
        rows = self._runner.rows(sql.HEADERS, vault=vault, folder=folder, low=low, high=high, count=at_most(limit))
        opened = self.listed_opener(vault, RecordKind.HEADERS, stand_ins.HEADER_BLOCK)
        return [(entry_of(row), opened(row[1], row[_WIDTH])) for row in rows]

    def extracts(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, str]]:
        """As `entries`, with the folded text of each."""
        rows = self._runner.rows(sql.EXTRACTS, vault=vault, folder=folder, low=low, high=high, count=at_most(limit))
        opened = self.listed_opener(vault, RecordKind.EXTRACT, b"")
        return [(entry_of(row), opened(row[1], row[_WIDTH]).decode()) for row in rows]

    def changed_since(self, vault: VaultId, folder: FolderId, modseq: ModSeq) -> list[Entry]:
        """List entries with a greater MODSEQ, ascending by UID."""
        rows = self._runner.rows(sql.CHANGED, vault=vault, folder=folder, since=modseq)
        return [entry_of(row) for row in sorted(rows, key=itemgetter(0))]

    def vanished_since(self, vault: VaultId, folder: FolderId, modseq: ModSeq) -> list[Uid]:
        """List UIDs expunged since, ascending."""
        return [Uid(row[0]) for row in self._runner.rows(sql.VANISHED, vault=vault, folder=folder, since=modseq)]

    def thread_entries(
        self, vault: VaultId, thread: ThreadId, newest: int = -1, skipped: int = 0, without: FolderId = NO_FOLDER,
        who: Audience = Audience.NOBODY,
    ) -> list[tuple[FolderId, Entry, Summary]]:  # fmt: skip
        """List visible messages of a conversation, oldest first; see `gateway.ports.mail.Mail`."""
        count, listed = at_most(newest), sql.THREAD_TOLD if who & OTHERS else sql.THREAD
        rows = self._runner.rows(listed, vault=vault, thread=thread, without=without, count=count, skipped=skipped)
        opened, found = self.listed_summary_opener(vault), []
        for row in reversed(rows):
            entry = entry_of(row[1:])
            found.append((FolderId(row[0]), entry, opened(entry.mid, row[_WIDTH + 1], row[_WIDTH + 2])))
        return found

    def latest_threads(
        self, vault: VaultId, limit: int, before: ThreadPlace = THE_END, who: Audience = Audience.NOBODY
    ) -> list[ThreadPlace]:
        """List conversations by their newest message, the newest first, without opening any."""
        return self._places(sql.THREADS_BEFORE_TOLD if who & OTHERS else sql.THREADS_BEFORE, vault, limit, before)

    def later_threads(
        self, vault: VaultId, limit: int, after: ThreadPlace, who: Audience = Audience.NOBODY
    ) -> list[ThreadPlace]:
        """List those right after a place of that list, the newest first."""
        listed = sql.THREADS_AFTER_TOLD if who & OTHERS else sql.THREADS_AFTER
        return self._places(listed, vault, limit, after)[::-1]

    def _places(self, statement: ClauseElement, vault: VaultId, limit: int, of: ThreadPlace) -> list[ThreadPlace]:
        rows = self._runner.rows(statement, vault=vault, count=limit, at=of.at, of=of.thread)
        return [ThreadPlace(at, ThreadId(thread)) for thread, at in rows if isinstance(thread, int)]

    def places_of(self, vault: VaultId, mid: MessageId) -> list[tuple[FolderId, Entry]]:
        """List where a message is shown."""
        return [(FolderId(row[0]), entry_of(row[1:])) for row in self._runner.rows(sql.PLACES, vault=vault, mid=mid)]

    def withheld(self, vault: VaultId, who: Audience) -> frozenset[MessageId]:
        """Give the messages that are not there for `who`."""
        rows = self._runner.rows(sql.WITHHELD, vault=vault) if who & OTHERS else ()
        return frozenset(MessageId(mid) for (mid,) in rows)

    def unseen(self, vault: VaultId, folder: FolderId, who: Audience = Audience.NOBODY) -> int:
        """Count the unread messages of a folder, at the cost of these alone."""
        counted = sql.UNSEEN_TOLD if who & OTHERS else sql.UNSEEN
        return int(self._runner.rows(counted, vault=vault, folder=folder)[0][0])

    def thread_counts(
        self, vault: VaultId, thread: ThreadId, who: Audience = Audience.NOBODY
    ) -> tuple[int, int]:
        """Count the visible messages of a conversation, and those that are unread."""
        counted = sql.THREAD_COUNTS_TOLD if who & OTHERS else sql.THREAD_COUNTS
        return tuple(self._runner.rows(counted, vault=vault, thread=thread)[0])

    def _insert(self, vault: VaultId, folder: FolderId, entry: Entry, wire: bytes) -> None:
        self._runner.run(
            sql.INSERT,
            vault=vault,
            folder=folder,
            uid=entry.uid,
            mid=entry.mid,
            modseq=entry.modseq,
            flags=entry.flags,
            seen=int(SEEN in entry.flags.split()),
            internal_date=entry.internal_micros,
            size=entry.size,
            thread=entry.thread,
        )
        self._runner.run(sql.INSERT_WIRE, vault=vault, folder=folder, uid=entry.uid, wire=wire)
        self._note_shown(vault, folder, entry)

    def set_flags(self, vault: VaultId, folder: FolderId, changes: Sequence[tuple[Uid, Flags]]) -> ModSeq:
        """Replace the flags of entries; all get one new MODSEQ. An entry that is gone is passed over."""
        _, modseq = self.allocate(vault, folder, 0)
        flagged: dict[str, list[int]] = {}
        for uid, flags in changes:
            text = flags_text(flags)
            flagged.setdefault(text, []).append(uid)
            self._runner.run(
                sql.FLAGS,
                vault=vault,
                folder=folder,
                uid=uid,
                new_flags=text,
                new_seen=int(SEEN in flags),
                new_modseq=modseq,
            )
        self._learn(vault, folder, " ".join(flagged))
        self._noted.flagged(vault, folder, flagged)
        self._touched.add(vault)
        return modseq

    def expunge(self, vault: VaultId, folder: FolderId, uids: Iterable[Uid]) -> list[BlobRef]:
        """Remove entries, leave tombstones; gives blobs that no vault holds any more."""
        _, modseq = self.allocate(vault, folder, 0)
        orphans: list[BlobRef] = []
        uids = list(uids)
        self.drop_header_pages(vault, folder, uids)
        self.drop_line_pages(vault, folder, uids)
        for uid in uids:
            removed = self._runner.row(sql.REMOVE, vault=vault, folder=folder, uid=uid)
            if removed is None:
                continue
            self._runner.run(sql.REMOVE_WIRE, vault=vault, folder=folder, uid=uid)
            self._noted.gone(vault, folder, uid)
            self._runner.run(sql.BURY, vault=vault, folder=folder, modseq=modseq, uid=uid)
            mid = MessageId(removed[0])
            if self._runner.row(sql.SHOWN, vault=vault, mid=mid) is None:
                orphans += self.drop_content(vault, mid)
        self._touched.add(vault)
        return orphans

    def copy(
        self, vault: VaultId, source: FolderId, uids: Sequence[Uid], target: FolderId
    ) -> list[tuple[Uid, Uid]]:
        """Copy entries with their flags and dates; gives (source, target) pairs for COPYUID."""
        found = []
        for uid in uids:
            rows = self._runner.rows(sql.WIRES, vault=vault, folder=source, low=uid, high=uid, count=1)
            found += [(entry_of(row), row[_WIDTH]) for row in rows]
        first, modseq = self.allocate(vault, target, len(found))
        pairs = []
        for place, (entry, wire) in enumerate(found):
            uid = Uid(first + place)
            self._insert(vault, target, entry._replace(uid=uid, modseq=modseq), wire)
            pairs.append((entry.uid, uid))
        return pairs

    def delete_folder(self, vault: VaultId, folder: FolderId) -> list[BlobRef]:
        """Delete with its entries; gives blobs that no vault holds any more."""
        orphans = self.expunge(vault, folder, [Uid(uid) for uid in self.uids(vault, folder)])
        self._runner.run(sql.EXHUME, vault=vault, folder=folder)
        self.drop(vault, folder)
        return orphans
