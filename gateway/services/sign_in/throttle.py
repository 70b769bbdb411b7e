"""Counts failed sign-ins per account and source; says how long an answer waits and when to stop listening.

Five connections of one mail client and a hospital behind one address do not hinder each other: only the pair
of account and source is counted (assurance: sign-in failures), a source being an IPv4 address or an IPv6 /64.
Keeps counts in memory; reads no clock.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from gateway.domain.network import source_network

_MAX_DELAY_SECONDS = 5.0
_MAX_DOUBLINGS = 16
"""Keeps the power small: simultaneous failures are counted beyond the limit."""


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class SignInThrottle:
    """Failures of the recent past, bounded; `now` is any monotonic time in seconds."""

    def __init__(
        self, limit: int, delay_seconds: float, window_seconds: float, max_pairs: int = 50_000
    ) -> None:
        self._limit = limit
        self._delay = delay_seconds
        self._window = window_seconds
        self._max_pairs = max_pairs
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def is_locked(self, account: str, source: str, now: float) -> bool:
        """Say whether this account may not even be tried from this source."""
        return self._recent(account, source, now) >= self._limit

    def failed(self, account: str, source: str, now: float) -> float:
        """Count a failure; give the seconds that its answer takes in all, doubled at each one, five at most."""
        count = self._recent(account, source, now) + 1
        pair = _pair(account, source)
        self._failures[pair] = _Failures(count, now)
        self._failures.move_to_end(pair)
        if len(self._failures) > self._max_pairs:
            self._failures.popitem(last=False)
        return min(self._delay * float(2 ** min(count - 1, _MAX_DOUBLINGS)), _MAX_DELAY_SECONDS)

    def succeeded(self, account: str, source: str) -> None:
        """Forget the failures: the holder is here."""
        self._failures.pop(_pair(account, source), None)

    def _recent(self, account: str, source: str, now: float) -> int:
        known = self._failures.get(_pair(account, source))
        return known.count if known and now - known.last < self._window else 0


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
    return SignInThrottle(limits.max_auth_failures, delay, window)


def _pair(account: str, source: str) -> tuple[str, str]:
    return account.lower(), source_network(source)
