"""Counts failed sign-ins per account and source; says how long an answer waits and when to stop listening.

Five connections of one mail client and a hospital behind one address do not hinder each other: only the pair
of account and source is counted (assurance: sign-in failures), a source being an IPv4 address or an IPv6 /64.
"""

from datetime import timedelta
from typing import Protocol

from gateway.domain.network import source_network
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters, FailureCounts

_MAX_DELAY_SECONDS = 5.0
_MAX_DOUBLINGS = 16
"""Keeps the power small: simultaneous failures are counted beyond the limit."""


class SignInThrottle:
    """Slows and locks by what was counted."""

    def __init__(self, limit: int, delay_seconds: float, counts: FailureCounts, clock: Clock) -> None:
        self._limit = limit
        self._delay = delay_seconds
        self._counts = counts
        self._clock = clock

    def is_locked(self, account: str, source: str) -> bool:
        """Say whether this account may not even be tried from this source."""
        return self._counts.recent(_pair(account, source), self._clock.now()) >= self._limit

    def failed(self, account: str, source: str) -> float:
        """Count a failure; give the seconds that its answer takes in all, doubled at each one, five at most."""
        count = self._counts.add(_pair(account, source), self._clock.now())
        return min(self._delay * float(2 ** min(count - 1, _MAX_DOUBLINGS)), _MAX_DELAY_SECONDS)

    def succeeded(self, account: str, source: str) -> None:
        """Forget the failures: the holder is here."""
        self._counts.forget(_pair(account, source), self._clock.now())


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


def throttle_of(limits: FailureLimits, face: str, counters: Counters, clock: Clock) -> SignInThrottle:
    """Make the throttle of an edge."""
    delay, counts = limits.auth_failure_delay.total_seconds(), counters.failures(face, limits.auth_failure_window)
    return SignInThrottle(limits.max_auth_failures, delay, counts, clock)


def _pair(account: str, source: str) -> tuple[str, str]:
    return account.lower(), source_network(source)
