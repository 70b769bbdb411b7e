"""What is counted of guesses and failures: by whom, for how long, no other's. Another adapter is one more parameter."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gateway.policy.facts import Attempts
from gateway.ports.counters import FailureCounts, RecipientTries
from gateway.services.intake.recipient_guesses import AttemptLog
from gateway.services.sign_in.throttle import FailuresInMemory

PAIR, OTHER_PAIR = ("a", "192.0.2.1"), ("a", "192.0.2.2")
WINDOW = 900.0
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(params=[FailuresInMemory])
def failures(request: pytest.FixtureRequest) -> FailureCounts:
    """Counts of each kind, of none so far."""
    made: Callable[[float], FailureCounts] = request.param
    return made(WINDOW)


@pytest.fixture(params=[AttemptLog])
def tries(request: pytest.FixtureRequest) -> RecipientTries:
    """Tries of each kind, of none so far."""
    made: Callable[[], RecipientTries] = request.param
    return made()


def test_failures_add_up_for_their_pair_only(failures: FailureCounts) -> None:
    assert [failures.add(PAIR, now) for now in (0.0, 1.0, 2.0)] == [1, 2, 3]
    assert (failures.recent(PAIR, 3.0), failures.recent(OTHER_PAIR, 3.0)) == (3, 0)


def test_failures_are_of_the_recent_past(failures: FailureCounts) -> None:
    failures.add(PAIR, 0.0)
    assert failures.recent(PAIR, WINDOW - 1) == 1
    assert failures.recent(PAIR, WINDOW) == 0
    assert failures.add(PAIR, WINDOW) == 1


def test_failures_are_forgotten_once_the_holder_was_there(failures: FailureCounts) -> None:
    failures.add(PAIR, 0.0)
    failures.forget(PAIR)
    failures.forget(PAIR)
    assert failures.recent(PAIR, 0.0) == 0


def test_recipients_are_counted_once_each_by_sender(tries: RecipientTries) -> None:
    for recipient, hit in ((b"1", True), (b"2", False), (b"2", False), (b"3", False)):
        tries.note("labo@labo.example", recipient, hit, NOON)
    assert tries.of("labo@labo.example", NOON) == Attempts(2, 1)
    assert tries.of("autre@labo.example", NOON) == Attempts()


def test_recipients_are_counted_over_a_day(tries: RecipientTries) -> None:
    tries.note("labo@labo.example", b"1", False, NOON)
    assert tries.of("labo@labo.example", NOON + timedelta(days=1)) == Attempts(1, 0)
    assert tries.of("labo@labo.example", NOON + timedelta(days=1, seconds=1)) == Attempts()
