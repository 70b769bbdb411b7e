"""Numbers that the processes of one gateway share: anonymous memory made before they begin, a row for each of them.

Each process writes its own row only and reads all, so nothing is locked, and one that is killed leaves nobody waiting.
A number is written at once, never in halves. The parent clears the row of one that has ended. A process that serves
alone has one row. Nothing is kept beyond the life of the parent, and nobody's name: keys are hashed. This is the one
place for what processes share so: another kind of number is a member of an enumeration below.

What is counted by key stands in two tables, at places that no outsider can compute: a number may be too high where
both places are shared with others, never too low. A set is a key's alone, and the oldest of two gives way to a new one.
"""

import mmap
import os
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

_COUNTS, _INSTANTS = 4096, 8192
"""Places of one table, powers of two."""
_SETS, _MEMBERS = 2048, 64
"""Sets of a table, a power of two, and the most that are counted of one."""
_TAG, _SINCE, _FIRST, _SET = 0, 1, 2, 2 + _MEMBERS
"""Numbers of a set: which it is, when something was added last, in milliseconds, and its members."""
_NUMBER = 8
"""Octets of a number: whole (signed) or floating, both of 64 bits."""


class Edge(Enum):
    """An edge whose connections share their limits: so many in all and from one network, so many octets in hand."""

    SMTP = "SMTP"
    IMAP = "IMAP"
    WEB = "the pages"
    CARD = "the port of certificates"
    DEPOSIT = "the deposit face"


class Total(Enum):
    """What each process says in one number."""

    WORKER = "its name among those that take steps from the outbox"
    PICTURES = "files of pictures that it has in memory"
    PDF_FILES = "PDF files whose words it has read"
    BEATS = "how often its loop has beaten since it serves"
    ACCEPTED = "connections of a port, and 1 besides while it accepts any; a number for each port"
    COMMITS = "its turns at the lock of commits, and its waits for it by length"
    DISK_FAILED = "1 once the disk has failed under what it wrote"


class Counted(Enum):
    """What is counted by key."""

    COURIER = "connections to other operators, by domain"


class Timed(Enum):
    """What has an instant by key."""

    LETTERS = "until when the letters of a sender fill their rate"
    LANES = "when a lane of the guard opens"
    AGENDA_LINKS = "until when the requests of a calendar's link fill their rate"
    STRANGERS = "the same for networks that guess at such links"
    HEALTH_LINKS = "the same for readings of what a patient shares"


class Gathered(Enum):
    """What has a set of others by key."""

    GUESSED = "accounts at which a secret was guessed"


_SEVERAL: Final = {Total.ACCEPTED: 8, Total.COMMITS: 24}
"""How many numbers there are at most of what is more than one."""
_SECTIONS: Final[tuple[tuple[Enum, int], ...]] = (
    *((total, _SEVERAL.get(total, 1)) for total in Total),
    *((edge, 2 + 2 * _COUNTS) for edge in Edge),
    *((counted, 2 * _COUNTS) for counted in Counted),
    *((timed, 2 * _INSTANTS) for timed in Timed),
    *((gathered, _SETS * _SET) for gathered in Gathered),
)
_KEPT: Final = frozenset({Total.COMMITS, Total.DISK_FAILED})
"""What a process has said that stands when it has ended."""
_STARTS: Final = {
    section: sum(size for _, size in _SECTIONS[:place]) for place, (section, _) in enumerate(_SECTIONS)
}
_ROW: Final = sum(size for _, size in _SECTIONS)


class SharedMemory:
    """The memory as one process sees it: what it writes is in the row of its number.

    Attributes:
        key: of digests that all processes must make alike; it ends with them.
    """

    def __init__(self, rows: int = 1) -> None:
        """Make the memory of so many processes; this is the view of the first."""
        self.rows = rows
        self.number = 0
        self.key = os.urandom(32)
        octets = memoryview(mmap.mmap(-1, rows * _ROW * _NUMBER))
        self._whole, self._floating = octets.cast("q"), octets.cast("d")

    def of(self, number: int) -> Self:
        """Give the view of another process."""
        view = object.__new__(type(self))
        view.rows, view.number, view.key = self.rows, number, self.key
        view._whole, view._floating = self._whole, self._floating
        return view

    def clear(self) -> None:
        """Clear the row of this process, which has ended, except what outlives it; for the parent."""
        for section, size in _SECTIONS:
            if section not in _KEPT:
                start = self.number * _ROW + _STARTS[section]
                self._whole[start : start + size] = memoryview(bytes(size * _NUMBER)).cast("q")

    def share_of(self, many: int) -> int:
        """Give this process's part of something of which all together may have `many`; 1 at least."""
        return max(1, many // self.rows + (self.number < many % self.rows))

    def edge(self, what: Edge) -> "SharedEdge":
        """Give what the connections of an edge share."""
        row, start = self.number * _ROW, _STARTS[what]
        connections, octets = (SharedTotal(self._whole, row, start + column) for column in (0, 1))
        return SharedEdge(connections, octets, SharedCounts(self._whole, row, start + 2))

    def total(self, what: Total, place: int = 0) -> "SharedTotal":
        """Give what each process says in one number; of those that are several, the one at this place.

        Raises:
            IndexError: there is none at this place.
        """
        return SharedTotal(self._whole, self.number * _ROW, _STARTS[what] + range(_SEVERAL.get(what, 1))[place])

    def counts(self, what: Counted) -> "SharedCounts":
        """Give what is counted by key."""
        return SharedCounts(self._whole, self.number * _ROW, _STARTS[what])

    def instants(self, what: Timed) -> "SharedInstants":
        """Give instants by key."""
        return SharedInstants(self._floating, self.number * _ROW, _STARTS[what])

    def sets(self, what: Gathered) -> "SharedSets":
        """Give sets by key."""
        return SharedSets(self._whole, self.number * _ROW, _STARTS[what])


class SharedTotal:
    """A number of each process."""

    def __init__(self, cells: "memoryview[int]", row: int, start: int) -> None:
        self._cells = cells
        self._start = start
        self._own = row + start

    @property
    def own(self) -> int:
        """Give this process's number."""
        return self._cells[self._own]

    @own.setter
    def own(self, value: int) -> None:
        self._cells[self._own] = value

    def of_all(self) -> list[int]:
        """Give the number of each process."""
        return self._cells[self._start :: _ROW].tolist()


class SharedCounts:
    """Counts by key, of all processes together."""

    def __init__(self, cells: "memoryview[int]", row: int, start: int) -> None:
        self._cells = cells
        self._row = row
        self._start = start

    def add(self, key: str, more: int) -> None:
        """Count so many more, or fewer below zero, in this process."""
        for place in _places(key, self._start, _COUNTS):
            self._cells[self._row + place] += more

    def of(self, key: str) -> int:
        """Give the count of all processes."""
        return min(sum(self._cells[place::_ROW].tolist()) for place in _places(key, self._start, _COUNTS))


@dataclass(frozen=True, slots=True)
class SharedEdge:
    """What the connections of an edge share: how many there are, octets they have in hand, how many by network."""

    connections: SharedTotal
    octets: SharedTotal
    networks: SharedCounts


class SharedInstants:
    """The latest instant by key that any process has noted; in seconds of a clock that all of them have."""

    def __init__(self, cells: "memoryview[float]", row: int, start: int) -> None:
        self._cells = cells
        self._row = row
        self._start = start

    def note(self, key: str, instant: float) -> None:
        """Note an instant, unless this process has noted a later one."""
        for place in _places(key, self._start, _INSTANTS):
            self._cells[self._row + place] = max(self._cells[self._row + place], instant)

    def latest(self, key: str) -> float:
        """Give the latest; 0 when there is none."""
        return min(max(self._cells[place::_ROW].tolist()) for place in _places(key, self._start, _INSTANTS))


class SharedSets:
    """How many different members were added to the set of a key, by all processes together; bounded, seldom too few."""

    def __init__(self, cells: "memoryview[int]", row: int, start: int) -> None:
        self._cells = cells
        self._row = row
        self._start = start

    def add(self, key: str, member: str, now: float, window: float) -> None:
        """Add a member; a set to which nothing was added for a window begins anew. In seconds of one clock of all."""
        members = self._members(key, now - window) | {hash(member)}
        tag, cells = hash(key), self._cells
        mine, other = (self._row + place for place in self._sets_of(tag))
        if cells[mine + _TAG] != tag and (cells[other + _TAG] == tag or cells[other + _SINCE] < cells[mine + _SINCE]):
            mine = other
        cells[mine + _TAG] = 0  # nobody reads half of it
        for place, one in enumerate(sorted(members)[:_MEMBERS] + [0] * (_MEMBERS - len(members))):
            cells[mine + _FIRST + place] = one
        cells[mine + _SINCE] = int(now * 1000)
        cells[mine + _TAG] = tag

    def count(self, key: str, now: float, window: float) -> int:
        """Give how many there are, unless none was added for a window."""
        return len(self._members(key, now - window))

    def _members(self, key: str, since: float) -> set[int]:
        tag, cells, found = hash(key), self._cells, set[int]()
        for place in self._sets_of(tag):
            for start in range(place, len(cells), _ROW):
                if cells[start + _TAG] == tag and cells[start + _SINCE] > since * 1000:
                    found.update(cells[start + _FIRST : start + _SET].tolist())
        return found - {0}

    def _sets_of(self, tag: int) -> tuple[int, int]:
        return self._start + tag % _SETS * _SET, self._start + (tag >> 32) % _SETS * _SET


def _places(key: str, start: int, size: int) -> tuple[int, int]:
    # Hashes of texts are keyed for each life of the program, and a process has those of its parent.
    number = hash(key)
    return start + number % size, start + size + (number >> 32) % size
