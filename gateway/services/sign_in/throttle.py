"""Counts failed sign-ins per account and source; says how long an answer waits and when to stop listening.

Five connections of one mail client and a hospital behind one address do not hinder each other: only the pair
of account and source is counted (assurance: sign-in failures), a source being an IPv4 address or an IPv6 /64.
Reads no clock.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from gateway.domain.network import source_network
from gateway.ports.counters import FailureCounts

_MAX_DELAY_SECONDS = 5.0
_MAX_DOUBLINGS = 16
"""Keeps the power small: simultaneous failures are counted beyond the limit."""


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class FailuresInMemory:
    """Failures of the recent past, bounded; implements `gateway.ports.counters.FailureCounts` for one process."""

    def __init__(self, window_seconds: float, max_pairs: int = 50_000) -> None:
        self._window = window_seconds
        self._max_pairs = max_pairs
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def recent(self, pair: tuple[str, str], now: float) -> int:
        """Give the failures since the last success or the last long enough pause."""
        known = self._failures.get(pair)
        return known.count if known and now - known.last < self._window else 0

    def add(self, pair: tuple[str, str], now: float) -> int:
        """Count one more and give how many there are."""
        count = self.recent(pair, now) + 1
        self._failures[pair] = _Failures(count, now)
        self._failures.move_to_end(pair)
        if len(self._failures) > self._max_pairs:
            self._failures.popitem(last=False)
        return count

    def forget(self, pair: tuple[str, str]) -> None:
        """Forget the failures; none is no error."""
        self._failures.pop(pair, None)


class SignInThrottle:
    """Slows and locks by what was counted; `now` is any monotonic time in seconds."""

    def __init__(self, limit: int, delay_seconds: float, counts: FailureCounts) -> None:
        self._limit = limit
        self._delay = delay_seconds
        self._counts = counts

    def is_locked(self, account: str, source: str, now: float) -> bool:
        """Say whether this account may not even be tried from this source."""
        return self._counts.recent(_pair(account, source), now) >= self._limit

    def failed(self, account: str, source: str, now: float) -> float:
        """Count a failure; give the seconds that its answer takes in all, doubled at each one, five at most."""
        count = self._counts.add(_pair(account, source), now)
        return min(self._delay * float(2 ** min(count - 1, _MAX_DOUBLINGS)), _MAX_DELAY_SECONDS)

    def succeeded(self, account: str, source: str) -> None:
        """Forget the failures: the holder is here."""
        self._counts.forget(_pair(account, source))


class FailureLimits(Protocol):
    """What the settings of an edge say of failed sign-ins."""

    @property
    def max_auth_failures(self) -> int:
        """Bound the failures of one account from one source."""

    @property
    def auth_failure_delay(self) -> timedelta:
        """Give the time of the first failure's answer."""

    @property
    def auth_failure_window(self) -> timedelta:
        """Say how long failures are remembered."""


def throttle_of(limits: FailureLimits) -> SignInThrottle:
    """Make the throttle of an edge."""
    delay, window = limits.auth_failure_delay.total_seconds(), limits.auth_failure_window.total_seconds()
    return SignInThrottle(limits.max_auth_failures, delay, FailuresInMemory(window))


def _pair(account: str, source: str) -> tuple[str, str]:
    return account.lower(), source_network(source)
