"""Throttles of edges, of no failures so far."""

from gateway.clock import SystemClock
from gateway.services.counting.counters import CountersInMemory
from gateway.services.sign_in.throttle import FailureLimits, SignInThrottle, throttle_of


def a_throttle(limits: FailureLimits) -> SignInThrottle:
    """Make the throttle of an edge that counts alone."""
    return throttle_of(limits, "essai", CountersInMemory(), SystemClock())
