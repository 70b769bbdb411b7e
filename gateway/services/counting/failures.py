"""Failures of the recent past, in memory, for one process."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Failures:
    count: int
    last: datetime


class FailuresInMemory:
    """Bounded; implements `gateway.ports.counters.FailureCounts`."""

    def __init__(self, window: timedelta, max_pairs: int = 50_000) -> None:
        self._window = window
        self._max_pairs = max_pairs
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def recent(self, pair: tuple[str, str], now: datetime) -> int:
        """Give the failures since the last success or the last long enough pause."""
        known = self._failures.get(pair)
        return known.count if known and now - known.last < self._window else 0

    def add(self, pair: tuple[str, str], now: datetime) -> int:
        """Count one more and give how many there are."""
        count = self.recent(pair, now) + 1
        self._failures[pair] = _Failures(count, now)
        self._failures.move_to_end(pair)
        if len(self._failures) > self._max_pairs:
            self._failures.popitem(last=False)
        return count

    def forget(self, pair: tuple[str, str], _now: datetime) -> None:
        """Forget the failures; none is no error."""
        self._failures.pop(pair, None)
