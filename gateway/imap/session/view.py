r"""The selected mailbox as this client knows it, which is not always what it is (RFC 3501 §7.4.1).

A view is the UIDs the client has been told of, in order; their places are its message numbers. It changes only
in `apply`, which also writes the responses that make the client change its own copy the same way. Two marks say
how far it has come: `seen` for new messages and flags, `gone` for expunges, which wait while a command runs
during which numbers must not move. No set of pending changes is kept: the store is asked again from a mark.

\Recent belongs to the messages that this session is the first to be told of (RFC 3501 §2.3.2): what a session
claims no other has. Keywords are told of before any message is shown with them (RFC 3501 §7.2.6).
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.domain.listed_lines import ListedLines
from gateway.domain.mailbox import Folder, FolderId, ModSeq, Uid, UidValidity
from gateway.imap.wire.codes import Condition, permanent_flags
from gateway.imap.wire.responses import exists, expunges, fetch_flags, recent, untagged
from gateway.imap.wire.responses import flags as flags_response
from gateway.services.mailbox.changes import Span
from gateway.services.mailbox.mailbox import FolderChanges, OpenFolder

_FLAG = r"\\?[^\x00-\x20(){\"\\\x7f-\U0010ffff]+"
_SPARSE = 8
"""Looking a number up costs as much as looking at so many."""
_FLAGS = re.compile(f"(?:{_FLAG}(?: {_FLAG})*)?")
_SYSTEM = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"
_NONE = 2**33
"""Above every UID."""
_TEXTS_KEPT = 2_000


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

    def __init__(self, opened: OpenFolder, *, read_only: bool, claim: Callable[[int], int]) -> None:
        """Begin with what was read; `claim` gives the lowest UID, of those below one, that is recent here."""
        folder = opened.folder
        self.opened: Folder = folder
        self.folder: FolderId = folder.id
        self.validity: UidValidity = folder.uid_validity
        self.read_only = read_only
        self.uids: array[int] = opened.uids
        self.seen: ModSeq = folder.highest_modseq
        self._gone: ModSeq = folder.highest_modseq
        self._next: int = folder.uid_next
        self._claim = claim
        self._recent: list[Span] = []
        self._recent_from = _NONE
        self._recent_told = 0
        self._be_first(folder.uid_next)
        self._keywords = [word for word in opened.keywords if _FLAGS.fullmatch(word)]
        self._folded = {word.lower() for word in self._keywords}
        self._texts: set[str] = set()
        self._own: set[ModSeq] = set()

    @property
    def gone(self) -> ModSeq:
        """Give the modification sequence up to which expunges were told."""
        return self._gone

    def number_of(self, uid: int) -> int:
        """Give the message number of a UID that the view has."""
        return bisect_left(self.uids, uid) + 1

    def numbering(self) -> Callable[[int], int]:
        """Give what says the message number of UIDs that the view has, quickest in their order."""
        uids, place, count = self.uids, -1, len(self.uids)

        def number(uid: int) -> int:
            nonlocal place
            place += 1
            if place >= count or uids[place] != uid:
                place = bisect_left(uids, uid)
            return place + 1

        return number

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

    def recent_places(self) -> list[range]:
        """Give the places of the messages that this session is the first to be told of."""
        return [range(bisect_left(self.uids, low), bisect_left(self.uids, high + 1)) for low, high in self._recent]

    def has(self, uid: int) -> bool:
        """Say whether the client knows this UID."""
        place = bisect_left(self.uids, uid)
        return place < len(self.uids) and self.uids[place] == uid

    def is_recent(self, uid: int) -> bool:
        """Say whether this session is the first that is told of the message."""
        return uid >= self._recent_from and any(low <= uid <= high for low, high in self._recent)

    def rendered(self, uid: int, flags: str) -> bytes:
        """Write the flag list of a message as FETCH shows it."""
        if uid >= self._recent_from and self.is_recent(uid):
            return _list_of(f"{flags} \\Recent" if flags else "\\Recent")
        return _list_of(flags)

    def rendered_all(self, lines: ListedLines) -> list[bytes]:
        """Write the flag lists of some messages."""
        if not lines.uids or lines.uids[-1] < self._recent_from:
            return list(map(_list_of, lines.flags))
        return list(map(self.rendered, lines.uids, lines.flags))

    def numbers_of_all(self, uids: "array[int]") -> Sequence[int]:
        """Give the message numbers of ascending UIDs that the view has, quickest of neighbours."""
        place = bisect_left(self.uids, uids[0]) if uids else 0
        if self.uids[place : place + len(uids)] == uids:
            return range(place + 1, place + 1 + len(uids))
        return [self.number_of(uid) for uid in uids]

    def flags(self) -> bytes:
        """Write FLAGS and PERMANENTFLAGS, which a client hears at SELECT and whenever a keyword is new."""
        known = " ".join([_SYSTEM, *self._keywords]).encode()
        kept = b"()" if self.read_only else b"(%b \\*)" % known
        return flags_response(b"(%b)" % known) + untagged(Condition.OK, "flags kept", permanent_flags(kept))

    def learnt(self, texts: Iterable[str]) -> bytes:
        """Take in the flags of messages, as their lines have them; give what the client must hear before them."""
        fresh = set(texts) - self._texts
        if not fresh:
            return b""
        if len(self._texts) > _TEXTS_KEPT:
            self._texts.clear()
        self._texts |= fresh
        added = {
            word.lower(): word
            for text in fresh if _FLAGS.fullmatch(text)
            for word in text.split() if not word.startswith("\\") and word.lower() not in self._folded
        }  # fmt: skip
        self._keywords += sorted(added.values())
        self._folded.update(added)
        return self.flags() if added else b""

    def _be_first(self, end: int) -> None:
        """Claim what nobody was told of, below a UID; with EXAMINE a claim takes nothing, so that it is given again."""
        first = max(self._claim(end), self._recent[-1][1] + 1 if self._recent else 0)
        if first < end:
            self._recent.append((first, end - 1))
            self._recent_from = min(self._recent_from, first)

    def note_own(self, modseq: ModSeq | None) -> None:
        """Remember a change of this session's own, whose effect the client has been told or does not want to hear."""
        if modseq is not None:
            self._own.add(modseq)

    def come_to(self, modseq: ModSeq) -> None:
        """Take in a change of flags of this session's own, right after the last change that the client knows."""
        if self._gone == self.seen:
            self._gone = modseq
        self.seen = modseq

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
        out = [self.learnt({entry.flags for entry in changes.changed})] if changes.changed else []
        if expunge:
            out.append(self._without(changes.vanished))
            self._gone = changes.highest
        known = self._next
        arrived = [entry.uid for entry in changes.changed if entry.uid >= known]
        if arrived:
            self.uids.extend(arrived)
            self._next = arrived[-1] + 1
            self._be_first(self._next)
            out.append(exists(len(self.uids)))
        if (arrived or changes.vanished) and self.count_recent() != self._recent_told:
            out.append(self.recent())
        for entry in changes.changed:
            if entry.uid < known and entry.modseq not in self._own and self.has(entry.uid):
                flags = self.rendered(entry.uid, entry.flags)
                out.append(fetch_flags(self.number_of(entry.uid), flags, uid=entry.uid))
        self.seen = max(self.seen, changes.highest)
        self._own.clear()
        return b"".join(out)

    def recent(self) -> bytes:
        """Write RECENT."""
        self._recent_told = self.count_recent()
        return recent(self._recent_told)

    def count_recent(self) -> int:
        """Count the messages that this session is the first to be told of."""
        return sum(map(len, self.recent_places()))

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
