"""The outbox worker: leases due steps, runs their handlers, finishes each in one transaction.

A handler gathers what its step needs, and gives back what the last transaction is to do, or the slow work that
comes before it (`Prepared`). That transaction removes the step and applies the result together; when the step is
gone already, nothing is applied: safe to do twice. A step that fails is retried with growing pauses and at last
parked, where ``pli doctor`` shows it. Each urgency has places of its own: a server that does not answer holds up
neither a code nor a filing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import structlog

from gateway.domain.errors import (
    CourierDeferred,
    NoticeDeferred,
    NoticeRefused,
    PliError,
    ReaderBusy,
    ReaderFailed,
    StoreUnavailable,
)
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.outbox import NeedsAnotherServer, Step, StepKind, TakesLong, Urgency, max_attempts, retry_delay
from gateway.ports.clock import Clock
from gateway.ports.store import Preparation, Store, Tx
from gateway.services.intake_load import IntakeLoad
from gateway.services.outbox.lanes import Lane, Lanes
from gateway.services.outbox.octets_in_memory import Room
from gateway.services.outbox.presence import Presence
from gateway.services.outbox.steps import Ended, Finish, Handler, Prepared, finished, put_aside, relayed, retried
from gateway.shared_memory import SharedMemory

_log = structlog.get_logger("pli.outbox")
_LOOK_WHEN_BUSY = timedelta(milliseconds=50)
"""How often the outbox is looked at while intake is busy: a code for signing in waits no longer."""
_LONG = timedelta(seconds=1)
"""A step under way for longer gives its place to another, so that a few that take long do not hold up the rest."""
_EXPECTED = (
    CourierDeferred, NoticeDeferred, NoticeRefused, ReaderBusy, ReaderFailed, StoreUnavailable, TimeoutError,
)  # fmt: skip
"""What is told in one line: the path through the code says nothing more."""
_AFTER_FAILURE = timedelta(seconds=1)
"""Pause before the store is asked again when it could not answer: a full disk must not cost a busy loop."""
MAX_OCTETS = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    """How much of each urgency is done at once, at rest and while intake is busy, and how long a step may take.

    A burst of results is acknowledged first and filed a little later: what waits is durable (design, §1 a). While
    intake is busy, filing waits for `leisure` at most; a notice always waits `notice_pause`. Steps that say how
    many octets they will hold (`octets` in the payload) share `max_octets`. What another process has left, a command
    beside the server, may come without news: it is found after `look_again`.
    """

    at_once: int = 32
    max_octets: int = MAX_OCTETS
    at_once_when_busy: int = 1
    leisure: timedelta = timedelta(seconds=5)
    notice_pause: timedelta = timedelta(seconds=2)
    lease: timedelta = timedelta(minutes=20)
    look_again: timedelta = timedelta(seconds=5)


class OutboxWorker:
    """Runs until cancelled; one for each serving process."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handlers: Mapping[StepKind, Handler],
        settings: OutboxSettings,
        load: IntakeLoad | None = None,
        given_up: Mapping[StepKind, Handler] = MappingProxyType({}),
        memory: SharedMemory | None = None,
    ) -> None:
        """`memory` is as `Presence` has it."""
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._settings = settings
        self._load = load or IntakeLoad()
        self._given_up = given_up
        self._octets = Room(settings.max_octets)
        self._presence = Presence(store, clock, memory)
        self._lanes = Lanes(store, clock, settings.at_once)
        self._held: set[tuple[VaultId, int]] = set()
        self._unsure = False

    async def run(self) -> None:
        """Work until cancelled; steps under way are finished, or left to their lease or to `Presence`."""
        while not await self._available(self._presence.arrive()):
            pass
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._presence.stay())
            tasks.create_task(self._keep_looking())
            for lane in self._lanes.all.values():
                tasks.create_task(self._serve(lane))

    async def _keep_looking(self) -> None:
        with self._store.subscribe(OPERATOR) as news:
            while True:
                await self._available(self._lanes.look())
                await _waited(news.wait(), self._settings.look_again)
                if self._load.is_busy:
                    await _waited(self._load.until_quiet(), _LOOK_WHEN_BUSY)

    async def _serve(self, lane: Lane) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._available(self._begin(lane, tasks))

    async def _begin(self, lane: Lane, tasks: asyncio.TaskGroup) -> None:
        if self._unsure:
            await self._look_again()
        places = await self._places_free(lane)
        if not lane.is_sure:
            await self._lanes.look()
        if not self._is_due(lane):
            await self._rest(lane)
            return
        for step in await self._lease(lane, places):
            tasks.create_task(self._one(step, lane))

    async def _available(self, work: Awaitable[None]) -> bool:
        """Do some work; False, after a pause, when the store could not answer."""
        try:
            await work
        except StoreUnavailable:
            _log.error("outbox.unavailable")
            await asyncio.sleep(_AFTER_FAILURE.total_seconds())
            return False
        return True

    async def _look_again(self) -> None:
        """Take up what was leased and is not held: the answer was lost on its way."""
        held, self._unsure = frozenset(self._held), False
        self._lanes.doubt()
        try:
            await self._presence.recall(held)
        except StoreUnavailable:
            self._unsure = True
            raise

    async def _places_free(self, lane: Lane) -> int:
        """Wait until half of the places are free: a lease is a commit."""
        while (places := self._places(lane)) <= 0:
            lane.room.clear()
            # There are more places again when intake is quiet, even while a step takes its time.
            await _waited(lane.room.wait(), _LOOK_WHEN_BUSY if self._load.is_busy else None)
        return places

    def _is_due(self, lane: Lane) -> bool:
        return lane.due is not None and lane.due + self._leisure(lane) <= self._clock.now()

    async def _lease(self, lane: Lane, places: int) -> list[Step]:
        now = self._clock.now()
        until, leisure = now + self._settings.lease, self._leisure(lane)
        try:
            steps = await self._store.write(
                lambda tx: tx.outbox.lease(now, until, places, leisure, (lane.urgency,), holder=self._presence.id)
            )
        except StoreUnavailable:
            # Where the connection was lost during the commit, steps may be leased to nobody.
            self._unsure = True
            raise
        # Where as many were due as there were places, there are usually more.
        lane.is_sure = len(steps) == places
        self._held.update((step.vault, step.id) for step in steps)
        lane.under_way += len(steps)
        return steps

    def _leisure(self, lane: Lane) -> timedelta:
        if lane.urgency is Urgency.NOTICE:
            return self._settings.notice_pause
        gives_way = lane.urgency is Urgency.AT_LEISURE and self._load.is_busy
        return self._settings.leisure if gives_way else timedelta(0)

    def _places(self, lane: Lane) -> int:
        settings = self._settings
        if lane.is_single:
            return 1 - lane.under_way
        allowed = max(1, settings.at_once_when_busy if self._load.is_busy else settings.at_once)
        return allowed - lane.under_way if lane.under_way <= allowed // 2 else 0

    async def _rest(self, lane: Lane) -> None:
        """Wait until the next step that is known is due, or there is news of another."""
        left = lane.due + self._leisure(lane) - self._clock.now() if lane.due else None
        if left is not None and lane.urgency is Urgency.AT_LEISURE and self._load.is_busy:
            await _waited(self._load.until_quiet(), min(left, _LOOK_WHEN_BUSY))
        else:
            await _waited(lane.told.wait(), None if left is None else left + timedelta(milliseconds=1))
        lane.told.clear()

    async def _one(self, step: Step, lane: Lane) -> None:
        takes_long = asyncio.get_running_loop().call_later(_LONG.total_seconds(), lane.give_place, step)
        try:
            octets, limit = step.octets, self._settings.lease.total_seconds() * 0.8
            async with asyncio.timeout(limit), self._octets.of(octets):
                work = await self._handlers[step.kind](step)
                await self._apply(step, work)
        except Exception as error:  # noqa: BLE001 - the outbox is where every failure of later work ends
            await self._failed(step, error)
        finally:
            takes_long.cancel()
            self._held.discard((step.vault, step.id))
            lane.end(step)

    async def _apply(self, step: Step, work: Finish | Prepared) -> None:
        if not isinstance(work, Prepared):
            await self._store.write(partial(finished, step=step, finish=work))
            return

        def effects() -> Sequence[Callable[[Tx], object]]:
            found, ended = work.work(), Ended(step)
            after = (partial(ended.then, work=later) for later in found.after)
            return (*found.elsewhere, partial(ended.finish, finish=found.finish), *after)

        await self._store.write_prepared(Preparation(effects, work.durable, work.cost))

    async def _failed(self, step: Step, error: Exception) -> None:
        moves = isinstance(error, NeedsAnotherServer | TakesLong)
        reason = error.code if isinstance(error, PliError) else type(error).__name__
        expected = isinstance(error, _EXPECTED)
        log = _log.debug if moves else _log.warning if expected else _log.exception
        log(
            "step.moved" if moves else "step.failed",
            step=f"{step.id:x}",
            kind=step.kind.value,
            attempts=step.attempts,
            reason=reason,
        )
        while True:
            try:
                if isinstance(error, NeedsAnotherServer):
                    await self._store.write(lambda tx: relayed(tx, step, self._clock.now()))
                elif not await self._gave_up(step):
                    await self._give_back(step, reason, error)
                return
            except StoreUnavailable:
                # Tried until the store takes it: left alone, the step would wait for the end of its lease.
                await asyncio.sleep(_AFTER_FAILURE.total_seconds())

    async def _gave_up(self, step: Step) -> bool:
        """After the last try, tell whoever waits for the outcome; what cannot even do that is parked."""
        handler = self._given_up.get(step.kind)
        if handler is None or step.attempts < max_attempts(step.kind):
            return False
        try:
            await self._apply(step, await handler(step))
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 - the step is parked instead, and shown
            _log.exception("step.not_given_up", step=f"{step.id:x}", kind=step.kind.value)
            return False
        _log.error("step.given_up", step=f"{step.id:x}", kind=step.kind.value)
        return True

    async def _give_back(self, step: Step, reason: str, error: Exception) -> None:
        if step.attempts >= max_attempts(step.kind) or isinstance(error, NoticeRefused):
            await self._store.write(lambda tx: tx.outbox.park(step, reason))
        elif isinstance(error, TakesLong):
            later = self._clock.now() + error.pause
            await self._store.write(lambda tx: put_aside(tx, step, later))
        else:
            due = self._clock.now() + retry_delay(step.attempts)
            await self._store.write(lambda tx: retried(tx, step, due))


async def _waited(event: Awaitable[object], limit: timedelta | None) -> None:
    """Wait for something, not longer than `limit`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if limit is None else limit.total_seconds()):
            await event
