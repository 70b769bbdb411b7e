"""Distinct recipients tried by each sender: exact when few, close when many, each counted once."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from gateway.policy.facts import Attempts
from gateway.services.counting.recipient_guesses import AttemptLog

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SENDER = "labo@labo.example"


def digest(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()[:8]


def noted(log: AttemptLog, *, hits: int = 0, misses: int = 0, at: datetime = NOON) -> Attempts:
    for number in range(hits):
        log.note(SENDER, digest(number), True, at)
    for number in range(misses):
        log.note(SENDER, digest(-1 - number & 2**63 - 1), False, at)
    return log.of(SENDER, at)


def test_nobody_who_tried_nothing_is_counted() -> None:
    assert AttemptLog().of(SENDER, NOON) == Attempts()


@pytest.mark.parametrize("count", [1, 52, 200])
def test_few_are_counted_one_by_one(count: int) -> None:
    assert noted(AttemptLog(), hits=count, misses=count) == Attempts(count, count)


@pytest.mark.parametrize("count", [201, 3_000, 50_000])
def test_many_are_counted_to_a_few_per_cent(count: int) -> None:
    found = noted(AttemptLog(), misses=count).misses
    assert abs(found - count) < max(0.05 * count, 2)


def test_recipient_tried_again_and_again_counts_once() -> None:
    log = AttemptLog()
    once = noted(log, hits=1_000)
    assert noted(log, hits=1_000) == once


def test_guesses_outnumber_the_recipients_of_a_busy_laboratory_at_last() -> None:
    log = AttemptLog()
    busy = noted(log, hits=5_000, misses=4_000)
    assert busy.misses < busy.hits
    late = noted(log, misses=6_000)
    assert late.misses > late.hits


def test_a_day_later_everything_is_forgotten() -> None:
    log = AttemptLog()
    noted(log, misses=60)
    assert log.of(SENDER, NOON + timedelta(days=1, seconds=1)) == Attempts()
    log.note(SENDER, digest(1), True, NOON + timedelta(days=2))
    assert log.of(SENDER, NOON + timedelta(days=2)) == Attempts(0, 1)


def test_the_sender_seen_first_is_forgotten_when_there_are_too_many() -> None:
    log = AttemptLog()
    noted(log, misses=1)
    for number in range(20_000):
        log.note(f"{number}@labo.example", digest(number), False, NOON)
    assert log.of(SENDER, NOON) == Attempts()
    assert log.of("19999@labo.example", NOON) == Attempts(1, 0)
