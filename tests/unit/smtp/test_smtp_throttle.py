"""Failed sign-ins are counted per account and source, slowed, locked, forgotten."""

from datetime import timedelta

import pytest

from gateway.services.counting.failures import FailuresInMemory
from gateway.services.sign_in.throttle import SignInThrottle
from tests.builders.store import ManualClock

WINDOW = timedelta(minutes=15)


def throttle(max_pairs: int = 10, clock: ManualClock | None = None) -> SignInThrottle:
    return SignInThrottle(3, 0.25, FailuresInMemory(WINDOW, max_pairs), clock or ManualClock())


def test_each_failure_doubles_the_wait() -> None:
    found = throttle()
    assert [found.failed("a", "192.0.2.1") for _ in range(3)] == [0.25, 0.5, 1.0]


def test_no_answer_waits_longer_than_five_seconds() -> None:
    found = throttle()
    assert max(found.failed("a", "192.0.2.1") for _ in range(5_000)) == 5.0


def test_account_is_locked_from_that_source_only() -> None:
    found = throttle()
    for _ in range(3):
        found.failed("A", "192.0.2.1")
    assert found.is_locked("a", "192.0.2.1")
    assert not found.is_locked("a", "192.0.2.2")
    assert not found.is_locked("b", "192.0.2.1")


def test_failures_are_forgotten_after_the_window() -> None:
    clock = ManualClock()
    found = throttle(clock=clock)
    for _ in range(3):
        found.failed("a", "192.0.2.1")
    clock.advance(WINDOW)
    assert not found.is_locked("a", "192.0.2.1")
    assert found.failed("a", "192.0.2.1") == 0.25


def test_success_clears_the_count() -> None:
    found = throttle()
    found.failed("a", "192.0.2.1")
    found.succeeded("A", "192.0.2.1")
    assert found.failed("a", "192.0.2.1") == 0.25


def test_memory_is_bounded_by_forgetting_the_oldest() -> None:
    found = throttle(max_pairs=2)
    for account in "abc":
        for _ in range(3):
            found.failed(account, "192.0.2.1")
    assert [found.is_locked(account, "192.0.2.1") for account in "abc"] == [False, True, True]


@pytest.mark.parametrize(
    ("guesser", "same", "other"),
    [("2001:db8::{}", "2001:db8::ffff:1", "2001:db8:0:1::1"), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2")],
)
def test_whole_subnet_of_a_subscriber_is_one_source(guesser: str, same: str, other: str) -> None:
    found = throttle()
    for number in range(3):
        found.failed("a", guesser.format(number))
    assert found.is_locked("a", same)
    assert not found.is_locked("a", other)
    found.succeeded("a", same)
    assert not found.is_locked("a", guesser.format(9))
