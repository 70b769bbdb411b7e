r"""The selected mailbox as this client knows it, which is not always what it is (RFC 3501 §7.4.1).

A view is the UIDs the client has been told of, in order; their places are its message numbers. It changes only
in `apply`, which also writes the responses that make the client change its own copy the same way. Two marks say
how far it has come: `seen` for new messages and flags, `gone` for expunges, which wait while a command runs
during which numbers must not move. No set of pending changes is kept: the store is asked again from a mark.

\Recent belongs to the messages that arrived while this session had the mailbox selected: their UID is not below
the UIDNEXT of SELECT. RFC 3501 §2.3.2 leaves open which of several sessions sees it; RFC 9051 has dropped it.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.domain.mailbox import FolderId, ModSeq, Uid, UidValidity
from gateway.imap.wire.responses import exists, expunges, fetch_flags, recent
from gateway.services.mailbox.changes import Span
from gateway.services.mailbox.mailbox import FolderChanges, OpenFolder

_FLAG = r"\\?[^\x00-\x20(){\"\\\x7f-\U0010ffff]+"
_SPARSE = 8
"""Looking a number up costs as much as looking at so many."""
_FLAGS = re.compile(f"(?:{_FLAG}(?: {_FLAG})*)?")


@lru_cache(1024)
def _list_of(flags: str) -> bytes:
    # What a database that somebody wrote to may hold: no octet of it becomes a part of the answer around it.
    return b"(%b)" % flags.encode() if _FLAGS.fullmatch(flags) else b"()"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Messages that are handled together: their spans of UIDs, and how many the view has there."""

    spans: list[Span]
    count: int


class View:
    """What one client knows of one mailbox.

    Attributes:
        folder: its number, the same under any name.
        validity: its UIDVALIDITY.
        read_only: whether EXAMINE opened it.
        uids: the UIDs the client knows, ascending, four octets each.
    """

    def __init__(self, opened: OpenFolder, *, read_only: bool) -> None:
        folder = opened.folder
        self.folder: FolderId = folder.id
        self.validity: UidValidity = folder.uid_validity
        self.read_only = read_only
        self.uids: array[int] = opened.uids
        self.seen: ModSeq = folder.highest_modseq
        self._gone: ModSeq = folder.highest_modseq
        self._next: int = folder.uid_next
        self._recent_from: int = folder.uid_next
        self._own: set[ModSeq] = set()

    @property
    def gone(self) -> ModSeq:
        """Give the modification sequence up to which expunges were told."""
        return self._gone

    def number_of(self, uid: int) -> int:
        """Give the message number of a UID that the view has."""
        return bisect_left(self.uids, uid) + 1

    def numbers_of(self, uids: Sequence[int]) -> list[int]:
        """Give the message numbers of ascending UIDs that the view has."""
        if not uids:
            return []
        first, last = self.number_of(uids[0]), self.number_of(uids[-1])
        if last - first + 1 == len(uids):
            return list(range(first, last + 1))
        if len(uids) * _SPARSE < last - first:
            return [self.number_of(uid) for uid in uids]
        wanted = set(uids)
        return [number for number, uid in enumerate(self.uids[first - 1 : last], first) if uid in wanted]

    def runs(self, uids: Sequence[int]) -> list[range]:
        """Give the places of ascending UIDs of the view, neighbours joined."""
        runs: list[range] = []
        for number in self.numbers_of(uids):
            if runs and runs[-1].stop == number - 1:
                runs[-1] = range(runs[-1].start, number)
            else:
                runs.append(range(number - 1, number))
        return runs

    def recent_places(self) -> range:
        """Give the places of the messages that arrived during this session."""
        return range(bisect_left(self.uids, self._recent_from), len(self.uids))

    def has(self, uid: int) -> bool:
        """Say whether the client knows this UID."""
        place = bisect_left(self.uids, uid)
        return place < len(self.uids) and self.uids[place] == uid

    def is_recent(self, uid: int) -> bool:
        """Say whether the message arrived during this session."""
        return uid >= self._recent_from

    def rendered(self, uid: int, flags: str) -> bytes:
        """Write the flag list of a message as FETCH shows it."""
        if uid >= self._recent_from:
            return _list_of(f"{flags} \\Recent" if flags else "\\Recent")
        return _list_of(flags)

    def note_own(self, modseq: ModSeq | None) -> None:
        """Remember a change of this session's own, whose effect the client has been told or does not want to hear."""
        if modseq is not None:
            self._own.add(modseq)

    def chunks(self, places: Sequence[range], size: int) -> Iterator[Chunk]:
        """Cut places of the view into chunks of at most `size` messages.

        A span runs from one UID of the view to another: everything the store has between them, the view has
        too, for UIDs are given in the order in which they become visible.
        """
        spans: list[Span] = []
        count = 0
        for run in places:
            start = run.start
            while start < run.stop:
                stop = min(run.stop, start + size - count)
                spans.append((self.uids[start], self.uids[stop - 1]))
                count += stop - start
                start = stop
                if count == size:
                    yield Chunk(spans, count)
                    spans, count = [], 0
        if spans:
            yield Chunk(spans, count)

    def apply(self, changes: FolderChanges, *, expunge: bool) -> bytes:
        """Take in what changed and write it for the client; expunges only where they are allowed."""
        out = [self._without(changes.vanished)] if expunge else []
        if expunge:
            self._gone = changes.highest
        known = self._next
        arrived = [entry.uid for entry in changes.changed if entry.uid >= known]
        if arrived:
            self.uids.extend(arrived)
            self._next = arrived[-1] + 1
            out += [exists(len(self.uids)), recent(self.count_recent())]
        for entry in changes.changed:
            if entry.uid < known and entry.modseq not in self._own and self.has(entry.uid):
                flags = self.rendered(entry.uid, entry.flags)
                out.append(fetch_flags(self.number_of(entry.uid), flags, uid=entry.uid))
        self.seen = max(self.seen, changes.highest)
        self._own.clear()
        return b"".join(out)

    def count_recent(self) -> int:
        """Count the messages that arrived during this session."""
        return len(self.uids) - bisect_left(self.uids, self._recent_from)

    def _without(self, vanished: list[Uid]) -> bytes:
        """Forget messages; numbers are written from the highest down, so that each is right when it is read."""
        places = [bisect_left(self.uids, uid) for uid in vanished if self.has(uid)]
        if not places:
            return b""
        kept = self.uids[: places[0]]
        for place, following in zip(places, [*places[1:], len(self.uids)], strict=True):
            kept.extend(self.uids[place + 1 : following])
        self.uids = kept
        return expunges(place + 1 for place in reversed(places))
