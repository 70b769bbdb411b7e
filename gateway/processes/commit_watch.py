"""Who holds the lock of commits, as the parent sees it, and how long each process has waited for it."""

from bisect import bisect
from collections.abc import Iterable
from typing import Final

from gateway.processes.shared_rows import SharedRows

BOUNDS_MS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)
"""Upper bounds of the classes in which waits are counted, in milliseconds; a last class has those beyond."""
_TURNS, _LONGEST, _CLASSES = 0, 1, 2
COLUMNS: Final = _CLASSES + len(BOUNDS_MS) + 1


class SharedCommitNotes:
    """What one process notes of its turns; implements `CommitNotes` of the store's lock."""

    def __init__(self, rows: SharedRows, number: int) -> None:
        self._rows = rows
        self._number = number

    def taken(self, waited_seconds: float) -> None:
        """Note that this process holds the lock now, and how long it has waited."""
        self._add(_TURNS)
        self._add(_CLASSES + bisect(BOUNDS_MS, waited_seconds * 1000))
        longest = max(self._rows.get(self._number, _LONGEST), int(waited_seconds * 1_000_000))
        self._rows.put(self._number, _LONGEST, longest)

    def left(self) -> None:
        """Note that it does not any more."""
        self._add(_TURNS)

    def _add(self, column: int) -> None:
        self._rows.put(self._number, column, self._rows.get(self._number, column) + 1)


def end_turn(rows: SharedRows, number: int) -> None:
    """Note that a process that has ended holds the lock no more; for the parent."""
    if rows.get(number, _TURNS) % 2:
        SharedCommitNotes(rows, number).left()


class HolderWatch:
    """Tells which process has held the lock through so many looks; for the parent, which looks every second.

    Looks are counted, not seconds: where the whole machine was halted for a while, nobody has held it too long.
    """

    def __init__(self, rows: SharedRows, looks: int) -> None:
        self._rows = rows
        self._looks = looks
        self._seen: dict[int, tuple[int, int]] = {}

    def look(self) -> list[int]:
        """Look once, and give the numbers of those that have held it for too long."""
        late = []
        for number, turns in enumerate(self._rows.column(_TURNS)):
            before, looks = self._seen.get(number, (0, 0))
            looks = looks + 1 if turns % 2 and turns == before else 0
            self._seen[number] = turns, looks
            if looks >= self._looks:
                late.append(number)
        return late


def waits_of(rows: Iterable[list[int]]) -> dict[str, float]:
    """Sum up the waits of some processes: how many commits, and at most how many milliseconds waited what part."""
    gone_through = list(rows)
    classes = [sum(row[_CLASSES + place] for row in gone_through) for place in range(len(BOUNDS_MS) + 1)]
    longest = max((row[_LONGEST] for row in gone_through), default=0) / 1000
    found: dict[str, float] = {"commits": sum(classes)}
    for name, part in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
        found[name] = min(longest, _bound_of(classes, part))
    return {**found, "max_ms": round(longest, 2)}


def _bound_of(classes: list[int], part: float) -> float:
    so_far = 0
    for count, bound in zip(classes, BOUNDS_MS, strict=False):
        so_far += count
        if so_far >= part * sum(classes):
            return bound
    return float("inf")
