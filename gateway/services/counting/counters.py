"""Everything that a gateway counts of guesses and failures, told among the processes and lives on one database.

Each process answers from its own memory. What it has counted it writes to the database, under keyed digests, every
second or so: nobody waits for that. A process that starts learns what was counted within a day, also by its earlier
life. Those that share a database count what the others have written, too. While it is away, each counts alone.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial

from gateway.domain.attempt import AttemptOutcome, CountedAttempt
from gateway.domain.mailbox import ATTEMPTS
from gateway.policy.facts import Attempts
from gateway.ports.clock import Clock
from gateway.ports.counters import FailureCounts, RecipientTries
from gateway.ports.store import Priority, Store, Tx
from gateway.services.counting.failures import FailuresInMemory
from gateway.services.counting.recipient_guesses import AttemptLog
from gateway.services.random_numbers import random_number

KEPT = timedelta(days=1)
_OVERLAP = timedelta(minutes=1)
"""Looked at again now and then: clocks of machines differ a little, and commits may be late."""
_LATE, _THOROUGHLY_EVERY = timedelta(seconds=3), timedelta(seconds=10)
"""Looked at again each time, since commits take a moment; and how often all of `_OVERLAP` is."""
_MOST_WAITING, _MOST_AT_ONCE = 50_000, 2_000
_MOST_AT_THE_START = 200_000
_RECIPIENTS = "rcpt"
_MOST_NAMED = 1_000
"""Senders whose digest is remembered."""


class CountersInMemory:
    """Implements `gateway.ports.counters.Counters` for a process that remembers nothing after its end."""

    def __init__(self) -> None:
        self._faces: dict[str, FailuresInMemory] = {}
        self._recipients = AttemptLog()

    def failures(self, face: str, window: timedelta) -> FailureCounts:
        """Give the counts of one face."""
        return self._faces.setdefault(face, FailuresInMemory(window))

    @property
    def recipients(self) -> RecipientTries:
        """Give the tries of senders."""
        return self._recipients

    async def something_to_tell(self) -> None:
        """Wait for ever: there is nobody else."""
        await asyncio.Event().wait()

    async def exchange(self) -> None:
        """Do nothing: there is nobody else."""


class StoredCounters:
    """Implements `gateway.ports.counters.Counters` for processes that share a database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._origin = random_number()
        self._unsent: deque[CountedAttempt] = deque(maxlen=_MOST_WAITING)
        self._heard: dict[int, datetime] = {}
        self._begun = False
        self._told = asyncio.Event()
        self._looked = self._heard_until = datetime.min.replace(tzinfo=UTC)
        self._dropped = clock.now()
        self._faces: dict[str, FailuresInMemory] = {}
        self._log = AttemptLog()

    def failures(self, face: str, window: timedelta) -> FailureCounts:
        """Give the counts of one face."""
        return _StoredFailures(self, face, self._faces.setdefault(face, FailuresInMemory(window)))

    @property
    def recipients(self) -> RecipientTries:
        """Give the tries of senders."""
        return _StoredTries(self, self._log)

    @property
    def is_among_several(self) -> bool:
        """Say whether other processes count with this one."""
        return self._store.is_shared

    def subject(self, face: str, *parts: str) -> bytes:
        """Give the digest under which somebody is counted."""
        # What a client sends as its name may be anything, also no text at all.
        return self._store.digest("counted", face.encode(), *(part.encode("utf-8", "replace") for part in parts))[:16]

    def tell(self, face: str, subject: bytes, aim: bytes, outcome: AttemptOutcome, now: datetime) -> None:
        """Have the others told at the next exchange; when too many wait, those that wait longest are not."""
        self._unsent.append(
            CountedAttempt(
                number=random_number(),
                at=now,
                origin=self._origin,
                face=face,
                subject=subject,
                aim=aim,
                outcome=outcome,
            )
        )
        if self._store.is_shared:
            self._told.set()

    async def something_to_tell(self) -> None:
        """Return when something was counted that other processes do not know."""
        await self._told.wait()

    async def exchange(self) -> None:
        """Tell and learn; what was told already is not told again."""
        now = self._clock.now()
        self._told.clear()
        telling = [self._unsent.popleft() for _ in range(min(len(self._unsent), _MOST_AT_ONCE))]
        if telling:
            try:
                await self._store.write(partial(_tell, telling), priority=Priority.BULK)
            except BaseException:
                self._unsent.extendleft(reversed(telling))
                raise
        if self._store.is_shared or not self._begun:
            await self._learn(now)
        await self._drop(now)

    async def _learn(self, now: datetime) -> None:
        # Mostly what is new alone: where senders write to many, a minute has many rows.
        is_thorough = now - self._looked >= _THOROUGHLY_EVERY
        since = now - KEPT if not self._begun else self._looked - _OVERLAP if is_thorough else self._heard_until - _LATE
        found = await self._store.read(lambda tx: tx.attempts.since(since, _MOST_AT_THE_START))
        self._begun, self._heard_until = True, now
        self._looked = now if is_thorough else self._looked
        for attempt in found:
            if attempt.origin != self._origin and attempt.number not in self._heard:
                self._heard[attempt.number] = attempt.at
                self._count(attempt)
        self._heard = {number: at for number, at in self._heard.items() if at >= now - 2 * _OVERLAP}

    async def _drop(self, now: datetime) -> None:
        if now - self._dropped < timedelta(hours=1):
            return

        def drop(tx: Tx) -> None:
            tx.attempts.drop_before(now - KEPT)

        await self._store.write(drop, priority=Priority.BULK)
        self._dropped = now

    def _count(self, attempt: CountedAttempt) -> None:
        if attempt.face == _RECIPIENTS:
            hit = attempt.outcome is AttemptOutcome.HIT
            self._log.note(attempt.subject.hex(), attempt.aim, hit, attempt.at)
        elif (failures := self._faces.get(attempt.face)) is not None:
            pair = attempt.subject.hex(), ""
            if attempt.outcome is AttemptOutcome.SUCCEEDED:
                failures.forget(pair, attempt.at)
            else:
                failures.add(pair, attempt.at)


def _tell(attempts: Sequence[CountedAttempt], tx: Tx) -> None:
    tx.attempts.add(attempts)
    tx.changed(ATTEMPTS)


class _StoredFailures:
    def __init__(self, shared: StoredCounters, face: str, here: FailuresInMemory) -> None:
        self._shared = shared
        self._face = face
        self._here = here

    def recent(self, pair: tuple[str, str], now: datetime) -> int:
        return self._here.recent(self._named(pair)[1], now)

    def add(self, pair: tuple[str, str], now: datetime) -> int:
        subject, named = self._named(pair)
        self._shared.tell(self._face, subject, b"", AttemptOutcome.FAILED, now)
        return self._here.add(named, now)

    def forget(self, pair: tuple[str, str], now: datetime) -> None:
        subject, named = self._named(pair)
        if self._here.recent(named, now):
            self._shared.tell(self._face, subject, b"", AttemptOutcome.SUCCEEDED, now)
        self._here.forget(named, now)

    def _named(self, pair: tuple[str, str]) -> tuple[bytes, tuple[str, str]]:
        subject = self._shared.subject(self._face, *pair)
        return subject, (subject.hex(), "")


class _StoredTries:
    def __init__(self, shared: StoredCounters, here: AttemptLog) -> None:
        self._shared = shared
        self._here = here
        self._subject = lru_cache(_MOST_NAMED)(partial(shared.subject, _RECIPIENTS))

    def of(self, sender: str, now: datetime) -> Attempts:
        return self._here.of(self._subject(sender).hex(), now)

    def note(self, sender: str, recipient: bytes, hit: bool, now: datetime) -> bool:
        subject = self._subject(sender)
        if not self._here.note(subject.hex(), recipient, hit, now):
            return False
        # A hit is told where it may weigh against a miss: senders who miss nobody cost the database nothing.
        if not hit or self._here.of(subject.hex(), now).misses or self._shared.is_among_several:
            outcome = AttemptOutcome.HIT if hit else AttemptOutcome.MISS
            self._shared.tell(_RECIPIENTS, subject, recipient, outcome, now)
        return True


