"""What each process notes of its turns at the lock of commits: who holds it, and how long each has waited for it."""

from bisect import bisect
from typing import Final

from gateway.shared_memory import SharedMemory, Total

BOUNDS_MS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)
"""Upper bounds of the classes in which waits are counted, in milliseconds; a last class has those beyond."""
_TURNS, _LONGEST, _CLASSES = 0, 1, 2


class SharedCommitNotes:
    """What one process notes of its turns; implements `CommitNotes` of the store's lock."""

    def __init__(self, memory: SharedMemory) -> None:
        self._turns = memory.total(Total.COMMITS, _TURNS)
        self._longest = memory.total(Total.COMMITS, _LONGEST)
        self._classes = [memory.total(Total.COMMITS, _CLASSES + place) for place in range(len(BOUNDS_MS) + 1)]

    def taken(self, waited_seconds: float) -> None:
        """Note that this process holds the lock now, and how long it has waited."""
        self._turns.own += 1
        self._classes[bisect(BOUNDS_MS, waited_seconds * 1000)].own += 1
        self._longest.own = max(self._longest.own, int(waited_seconds * 1_000_000))

    def left(self) -> None:
        """Note that it does not any more."""
        self._turns.own += 1

    def end(self) -> None:
        """Note that a process that has ended holds the lock no more; for the parent."""
        self._turns.own += self._turns.own % 2


def turns_held(memory: SharedMemory) -> list[int]:
    """Give the turn in which each process holds the lock now, as a number that no other turn of it has; 0 for none."""
    return [turns if turns % 2 else 0 for turns in memory.total(Total.COMMITS, _TURNS).of_all()]


def waits_of(memory: SharedMemory) -> dict[str, float]:
    """Sum up the waits of all processes: how many commits, and at most how many milliseconds waited what part."""
    classes = [sum(memory.total(Total.COMMITS, _CLASSES + place).of_all()) for place in range(len(BOUNDS_MS) + 1)]
    longest = max(memory.total(Total.COMMITS, _LONGEST).of_all()) / 1000
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
