"""Messages of a mailbox, changed by its owner: flags, expunge, copy, move, append.

Each method is one transaction, or one for each `CHUNK` of messages; what it says is done is committed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from gateway.domain.errors import NotFound
from gateway.domain.line_tests import WithFlag
from gateway.domain.mailbox import (
    DELETED,
    SEEN,
    BlobKey,
    ContentState,
    Entry,
    Flags,
    FolderId,
    MessageId,
    ModSeq,
    ThreadId,
    Uid,
    UidValidity,
    VaultId,
    flags_text,
)
from gateway.domain.mime import MimeLimits, scan_message
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.directory import EntryOf
from gateway.ports.store import Store, Tx
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.mailbox.changes import (
    EVERY,
    Appended,
    Copied,
    FlagChange,
    Flagged,
    MessagesGone,
    Opened,
    Span,
)
from gateway.services.mailbox.owner import CHUNK, Owner, unlink
from gateway.services.random_numbers import random_number

APPENDED = MimeLimits(max_line_bytes=100_000)
"""A draft is not mail yet: it may hold longer lines than those that travel by SMTP."""


class MailboxMessages:
    """Changes messages of one mailbox."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock, entry_of: EntryOf, owner: Owner) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._entry_of = entry_of
        self._owner = owner

    async def change_flags(
        self, folder: FolderId, spans: Sequence[Span], alter: Callable[[Flags], Flags], known: ModSeq
    ) -> FlagChange:
        """Give every message in `spans` the flags that `alter` makes of its own, in one transaction.

        It does not wait for the disk: after a power cut the last flags are as they were, without a line in the trace.

        Args:
            folder: where.
            spans: which; no more than `CHUNK` messages.
            alter: pure; may run twice.
            known: the modification sequence up to which the caller knows all changes.
        """
        vault, now = self._owner.vault, self._clock.now()

        def change(tx: Tx) -> FlagChange:
            changes: list[tuple[Uid, Flags]] = []
            messages: list[Flagged] = []
            changed: list[MessageId] = []
            for entry in _entries(tx, vault, folder, spans):
                before = frozenset(entry.flags.split())
                after = alter(before)
                if after != before:
                    changes.append((entry.uid, after))
                    changed.append(entry.mid)
                messages.append(Flagged(entry.uid, flags_text(after), entry.modseq > known))
            if not changes:
                return FlagChange(None, messages)
            tx.audit.append(vault, self._owner.event(now, "message.flagged", changed))
            return FlagChange(tx.mail.set_flags(vault, folder, changes), messages)

        return await self._store.write(change, waits_for_disk=False)

    async def read(self, folder: FolderId, spans: Sequence[Span], *, mark: bool) -> Opened:
        r"""Write the trace of reading messages, before any of them is given; `mark` sets \Seen with it.

        Args:
            folder: where.
            spans: which; no more than `CHUNK` messages.
            mark: whether reading makes them seen.
        """
        vault, now = self._owner.vault, self._clock.now()

        def read(tx: Tx) -> Opened:
            entries = list(_entries(tx, vault, folder, spans))
            if not entries:
                return Opened(None, frozenset())
            tx.audit.append(vault, self._owner.event(now, "message.read", [entry.mid for entry in entries]))
            unseen = [entry for entry in entries if mark and SEEN not in entry.flags]
            changes = [(entry.uid, frozenset(entry.flags.split()) | {SEEN}) for entry in unseen]
            modseq = tx.mail.set_flags(vault, folder, changes) if changes else None
            return Opened(modseq, frozenset(entry.uid for entry in unseen))

        return await self._store.write(read)

    async def expunge(self, folder: FolderId, spans: Sequence[Span] = (EVERY,)) -> int:
        r"""Remove for good what bears \Deleted in `spans`, and count it; flags are read again in each transaction."""
        vault = self._owner.vault
        deleted = await self._store.read(lambda tx: tx.mail.uids(vault, folder, WithFlag(DELETED)))
        stretches = (deleted[bisect_left(deleted, low) : bisect_right(deleted, high)] for low, high in spans)
        doomed = [Uid(uid) for stretch in stretches for uid in stretch]
        return sum([await self._remove(folder, doomed[at : at + CHUNK]) for at in range(0, len(doomed), CHUNK)])

    async def _remove(self, folder: FolderId, uids: Sequence[Uid]) -> int:
        vault, now = self._owner.vault, self._clock.now()
        steps = [random_number() for _ in uids]

        def remove(tx: Tx) -> int:
            still = [
                entry for uid in uids for entry in tx.mail.entries(vault, folder, uid, uid) if DELETED in entry.flags
            ]
            if still:
                unlink(tx, vault, tx.mail.expunge(vault, folder, [entry.uid for entry in still]), steps, now)
                tx.audit.append(vault, self._owner.event(now, "message.expunged", [entry.mid for entry in still]))
            return len(still)

        return await self._store.write(remove)

    # ------------------------------------------------------------ copy and move

    async def copy(self, folder: FolderId, spans: Sequence[Span], target: str, *, expected: int | None) -> Copied:
        """Copy all of `spans` or nothing (RFC 3501 §6.4.7).

        Args:
            folder: from where.
            spans: which.
            target: name of the folder to copy to.
            expected: how many there must be; None to copy what is there.

        Raises:
            NotFound: there is no target.
            MessagesGone: there are fewer than expected.
        """
        vault = self._owner.vault
        uids, number, validity = await self._found(folder, spans, target, expected)
        pairs: list[tuple[Uid, Uid]] = []
        now = self._clock.now()
        try:
            for start in range(0, len(uids), CHUNK):
                some = uids[start : start + CHUNK]

                def copy(tx: Tx, some: Sequence[Uid] = some) -> list[tuple[Uid, Uid]]:
                    copied = tx.mail.copy(vault, folder, some, number)
                    self._trace(tx, now, "message.copied", number, [uid for _, uid in copied])
                    return copied

                pairs += await self._store.write(copy)
                if expected is not None and len(pairs) < min(start + CHUNK, len(uids)):
                    raise MessagesGone("some messages are gone")
        except BaseException:
            copies = [uid for _, uid in pairs]

            def undo(tx: Tx) -> None:
                self._trace(tx, now, "message.copied", number, copies, "undone")
                tx.mail.expunge(vault, number, copies)

            if copies:
                await self._store.write(undo)
            raise
        return Copied(validity, pairs)

    async def move(self, folder: FolderId, spans: Sequence[Span], target: str, *, expected: int | None) -> Copied:
        """Move what is in `spans`; each message is at every instant in one of the folders (RFC 6851 §3.3).

        Raises:
            NotFound: there is no target.
            MessagesGone: there are fewer than expected.
        """
        vault = self._owner.vault
        uids, number, validity = await self._found(folder, spans, target, expected)
        pairs: list[tuple[Uid, Uid]] = []
        now = self._clock.now()
        for start in range(0, len(uids), CHUNK):
            some = uids[start : start + CHUNK]

            def move(tx: Tx, some: Sequence[Uid] = some) -> list[tuple[Uid, Uid]]:
                moved = tx.mail.copy(vault, folder, some, number)
                self._trace(tx, now, "message.moved", number, [uid for _, uid in moved])
                tx.mail.expunge(vault, folder, [uid for uid, _ in moved])
                return moved

            pairs += await self._store.write(move)
        return Copied(validity, pairs)

    def _trace(
        self, tx: Tx, at: datetime, action: str, folder: FolderId, uids: Sequence[Uid], outcome: str = "ok"
    ) -> None:
        """Name messages that stand in a folder under the UIDs given; ascending."""
        vault = self._owner.vault
        if uids:
            entries = tx.mail.entries(vault, folder, uids[0], uids[-1])
            known = {entry.uid: entry.mid for entry in entries}
            tx.audit.append(vault, self._owner.event(at, action, [known[uid] for uid in uids], outcome))

    async def _found(
        self, folder: FolderId, spans: Sequence[Span], target: str, expected: int | None
    ) -> tuple[list[Uid], FolderId, UidValidity]:
        vault = self._owner.vault

        def look(tx: Tx) -> tuple[list[Uid], FolderId, UidValidity]:
            found = tx.mail.folder(vault, target)
            if found is None:
                raise NotFound("there is no such folder")
            uids = [entry.uid for low, high in spans for entry in tx.mail.entries(vault, folder, low, high)]
            return uids, found.id, found.uid_validity

        uids, number, validity = await self._store.read(look)
        if expected is not None and len(uids) < expected:
            raise MessagesGone("some messages are gone")
        return uids, number, validity

    # ------------------------------------------------------------ append

    async def append(self, target: str, raw: bytes, flags: Flags, at: datetime | None) -> Appended:
        """Store a message of the owner's own and show it in a folder; durable on return.

        Raises:
            NotFound: there is no such folder.
            MalformedContent: it is not CRLF lines without NUL, or passes a limit of `gateway.domain.mime`.
        """
        records, blob = await self._store.aside(lambda: self._prepared(raw))
        vault, now, mid = self._owner.vault, self._clock.now(), MessageId(random_number())
        card = records.card
        event = self._owner.event(now, "message.appended", [mid])

        def commit(tx: Tx) -> Appended:
            folder = tx.mail.folder(vault, target)
            if folder is None:
                raise NotFound("there is no such folder")
            tx.blobs.attach(vault, blob)
            thread = tx.mail.thread_of(vault, list(card.references)) or ThreadId(mid)
            content = records.content(mid, blob, thread, ContentState.VISIBLE, at or now, (card.sender, ""))
            tx.mail.add_content(content, vault)
            entry = tx.mail.add_entry(vault, folder.id, mid, flags, at or now)
            if card.message_id:
                tx.mail.note_message_id(vault, card.message_id, thread, mid)
            tx.audit.append(vault, event)
            return Appended(folder.uid_validity, entry.uid)

        return await self._store.write(commit)

    def _prepared(self, raw: bytes) -> tuple[Records, BlobKey]:
        records = records_of(raw, scan_message(raw, APPENDED), self._entry_of, None)
        return records, self._blobs.put(raw)


def _entries(tx: Tx, vault: VaultId, folder: FolderId, spans: Sequence[Span]) -> Iterator[Entry]:
    for low, high in spans:
        yield from tx.mail.entries(vault, folder, low, high)
