"""What is counted of guesses and failures: by whom, for how long; and, on one database, by all processes together."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.attempt import AttemptOutcome, CountedAttempt
from gateway.domain.errors import StoreUnavailable
from gateway.policy.facts import Attempts
from gateway.ports.counters import Counters
from gateway.ports.store import Tx
from gateway.services.counting import count_sharing
from gateway.services.counting.counters import CountersInMemory, StoredCounters
from gateway.store.opening import open_store
from tests.builders.store import NOON, StoreAt, store_at

PAIR, OTHER_PAIR = ("a", "192.0.2.1"), ("a", "192.0.2.2")
WINDOW = timedelta(minutes=15)
LABO, OTHER_LABO = "labo@labo.example", "autre@labo.example"
SECOND = timedelta(seconds=1)


class Together:
    """Who counts, and who asks: the same process, or two on one database."""

    def __init__(self, counts: Counters, asks: Counters) -> None:
        self._sides = counts, asks
        for side in self._sides:
            side.failures("imap", WINDOW)
        self.failures = counts.failures("imap", WINDOW)
        self.asked = asks.failures("imap", WINDOW)
        self.recipients, self.asked_recipients = counts.recipients, asks.recipients

    async def settled(self) -> None:
        """Let both tell and learn."""
        for _ in range(2):
            for side in self._sides:
                await side.exchange()


@pytest.fixture(params=["alone", "one on a database", "two on a database"])
def together(request: pytest.FixtureRequest, at: StoreAt) -> Together:
    """Counters of each kind, of none so far; two only where a database is for several."""
    if request.param == "alone":
        alone = CountersInMemory()
        return Together(alone, alone)
    one = StoredCounters(at.store, at.clock)
    several = request.param.startswith("two") and at.store.is_shared
    return Together(one, StoredCounters(at.store, at.clock) if several else one)


# ---------------------------------------------------------------- failures


async def test_failures_add_up_for_their_pair_only(together: Together) -> None:
    assert [together.failures.add(PAIR, NOON) for _ in range(3)] == [1, 2, 3]
    await together.settled()
    assert (together.asked.recent(PAIR, NOON), together.asked.recent(OTHER_PAIR, NOON)) == (3, 0)


async def test_failures_are_of_the_recent_past(together: Together) -> None:
    together.failures.add(PAIR, NOON)
    await together.settled()
    assert together.asked.recent(PAIR, NOON + WINDOW - SECOND) == 1
    assert together.asked.recent(PAIR, NOON + WINDOW) == 0
    assert together.asked.add(PAIR, NOON + WINDOW) == 1


async def test_failures_are_forgotten_once_the_holder_was_there(together: Together) -> None:
    together.failures.add(PAIR, NOON)
    await together.settled()
    for _ in range(2):
        together.asked.forget(PAIR, NOON)
    await together.settled()
    assert (together.failures.recent(PAIR, NOON), together.asked.recent(PAIR, NOON)) == (0, 0)


async def test_failures_of_both_add_up_and_are_told_once(together: Together) -> None:
    together.failures.add(PAIR, NOON)
    together.asked.add(PAIR, NOON)
    for _ in range(3):
        await together.settled()
    assert (together.failures.recent(PAIR, NOON), together.asked.recent(PAIR, NOON)) == (2, 2)


# ---------------------------------------------------------------- recipients


async def test_recipients_are_counted_once_each_by_sender(together: Together) -> None:
    tries = ((b"1", True), (b"2", False), (b"2", False), (b"3", False))
    assert [together.recipients.note(LABO, *one, NOON) for one in tries] == [True, True, False, True]
    await together.settled()
    together.asked_recipients.note(LABO, b"3", False, NOON)
    await together.settled()
    assert together.recipients.of(LABO, NOON) == together.asked_recipients.of(LABO, NOON) == Attempts(2, 1)
    assert together.asked_recipients.of(OTHER_LABO, NOON) == Attempts()


async def test_recipients_are_counted_over_a_day(together: Together) -> None:
    together.recipients.note(LABO, b"1", False, NOON)
    await together.settled()
    assert together.asked_recipients.of(LABO, NOON + timedelta(days=1)) == Attempts(1, 0)
    assert together.asked_recipients.of(LABO, NOON + timedelta(days=1, seconds=1)) == Attempts()


# ---------------------------------------------------------------- on one database


async def test_process_that_starts_learns_what_its_earlier_life_has_counted(at: StoreAt) -> None:
    earlier = StoredCounters(at.store, at.clock)
    earlier.failures("imap", WINDOW).add(PAIR, NOON)
    earlier.recipients.note(LABO, b"1", False, NOON)
    await earlier.exchange()
    at.clock.advance(timedelta(minutes=10))
    later = StoredCounters(at.store, at.clock)
    failures = later.failures("imap", WINDOW)
    await later.exchange()
    assert failures.recent(PAIR, at.clock.now()) == 1
    assert later.recipients.of(LABO, at.clock.now()) == Attempts(1, 0)


async def test_faces_are_counted_apart(at: StoreAt) -> None:
    one = StoredCounters(at.store, at.clock)
    imap, smtp = one.failures("imap", WINDOW), one.failures("smtp", WINDOW)
    imap.add(PAIR, NOON)
    assert (imap.recent(PAIR, NOON), smtp.recent(PAIR, NOON)) == (1, 0)


async def test_face_that_a_process_does_not_have_is_passed_over(at: StoreAt) -> None:
    one, other = StoredCounters(at.store, at.clock), StoredCounters(at.store, at.clock)
    one.failures("imap", WINDOW).add(PAIR, NOON)
    await one.exchange()
    await other.exchange()
    assert other.failures("imap", WINDOW).recent(PAIR, NOON) == 0


async def test_what_was_counted_while_the_database_was_away_is_told_afterwards(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = StoredCounters(at.store, at.clock), StoredCounters(at.store, at.clock)
    asked = other.failures("imap", WINDOW)
    one.failures("imap", WINDOW).add(PAIR, NOON)

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(at.store, "write", away)
        with pytest.raises(StoreUnavailable):
            await one.exchange()
    await one.exchange()
    await other.exchange()
    assert asked.recent(PAIR, NOON) == 1


async def test_neither_accounts_nor_recipients_stand_in_the_database(at: StoreAt) -> None:
    one = StoredCounters(at.store, at.clock)
    one.failures("imap", WINDOW).add(PAIR, NOON)
    one.recipients.note(LABO, b"12345678", False, NOON)
    await one.exchange()
    rows = at.behind_its_back("SELECT face, subject, aim FROM attempt ORDER BY face")
    assert [(face, len(bytes(subject)), bytes(aim)) for face, subject, aim in rows] == [
        ("imap", 16, b""),
        ("rcpt", 16, b"12345678"),
    ]


async def test_what_was_counted_a_day_ago_is_removed(at: StoreAt) -> None:
    one = StoredCounters(at.store, at.clock)
    one.recipients.note(LABO, b"1", False, NOON)
    await one.exchange()
    at.clock.advance(timedelta(days=1, seconds=1))
    await one.exchange()
    assert at.behind_its_back("SELECT count(*) FROM attempt") == [(0,)]


async def test_latest_attempts_come_when_there_are_too_many(at: StoreAt) -> None:
    made = [
        CountedAttempt(
            number=number,
            at=NOON + number * SECOND,
            origin=1,
            face="imap",
            subject=b"s",
            aim=b"",
            outcome=AttemptOutcome.FAILED,
        )
        for number in range(1, 4)
    ]

    def add_twice(tx: Tx) -> None:
        tx.attempts.add(made)
        tx.attempts.add(made)

    await at.store.write(add_twice)
    assert await at.store.read(lambda tx: tx.attempts.since(NOON, 2)) == made[1:]
    assert await at.store.read(lambda tx: tx.attempts.since(NOON + 3 * SECOND, 5)) == made[2:]


async def test_senders_who_miss_nobody_cost_a_database_of_one_process_nothing(at: StoreAt) -> None:
    one = StoredCounters(at.store, at.clock)
    one.recipients.note(LABO, b"1", True, NOON)
    await one.exchange()
    rows = at.behind_its_back("SELECT count(*) FROM attempt")
    assert rows == [(1 if at.store.is_shared else 0,)]
    for hit in (False, True):
        one.recipients.note(LABO, b"2" if hit else b"3", hit, NOON)
    await one.exchange()
    assert at.behind_its_back("SELECT count(*) FROM attempt") == [(3 if at.store.is_shared else 2,)]


async def test_processes_of_one_gateway_learn_at_once_what_another_counts(
    ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_sharing, "EVERY", timedelta(hours=1))
    async with store_at(ram) as at, AsyncExitStack() as stack:
        sides = []
        for _ in range(2):
            store = await stack.enter_async_context(open_store(at.paths, at.clock, is_shared=True))
            counters = StoredCounters(store, at.clock)
            sides.append((counters.failures("imap", WINDOW), counters.recipients))
            await counters.exchange()
            stack.push_async_callback(_ended, asyncio.ensure_future(count_sharing.share_for_ever(counters, store)))
        (failures, recipients), (asked, asked_recipients) = sides
        failures.add(PAIR, NOON)
        recipients.note(LABO, b"1", False, NOON)
        async with asyncio.timeout(10):
            while not (asked.recent(PAIR, NOON) and asked_recipients.of(LABO, NOON).misses):
                await at.store.read(lambda tx: tx.attempts.since(NOON, 1))


async def _ended(sharing: asyncio.Future[None]) -> None:
    sharing.cancel()
    await asyncio.gather(sharing, return_exceptions=True)
