"""The outbox worker on the real store: what was begun is taken up, and what failed is tried again soon."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NoticeRefused, ReaderFailed, StoreUnavailable
from gateway.domain.outbox import MAX_ATTEMPTS, Step, StepKind, WorkerId, retry_delay
from gateway.ports.store import LITTLE, Cost, Tx
from gateway.services.intake_load import IntakeLoad
from gateway.services.outbox import presence as presence_module
from gateway.services.outbox import worker as outbox
from gateway.services.outbox.presence import Presence
from gateway.services.outbox.steps import Effects, Finish, Prepared, nothing
from gateway.services.outbox.steps import Handler as Handles
from gateway.services.outbox.worker import OutboxSettings, OutboxWorker
from gateway.shared_memory import SharedMemory, Total
from gateway.store.opening import open_store
from tests.builders.outbox import A_WORKER, a_step, earliest_due
from tests.builders.store import NOON, StoreAt, a_mailbox, a_number

T = TypeVar("T")
LEASE = OutboxSettings().lease
_SOON = 10.0
"""Seconds: far below the end of a lease and the worker's longest rest."""


async def _step(at: StoreAt, kind: StepKind = StepKind.FILE) -> Step:
    step = a_step(await a_mailbox(at.store), a_number(), kind, NOON)
    await at.store.write(lambda tx: tx.outbox.add(step))
    return step


class Handler:
    """Fails as often as it is told to, once the worker rests; then does its step."""

    def __init__(self, at: StoreAt, failures: int = 0) -> None:
        self.at = at
        self.failures = failures
        self.done = asyncio.Event()

    async def __call__(self, _: Step) -> Finish:
        if not self.failures:
            self.done.set()
            return nothing
        self.failures -= 1
        # Nothing tells that the worker rests, after two reads; were it not at rest, the test would only be easier.
        for _read in range(10):
            await self.at.store.read(earliest_due)
        raise ReaderFailed("crashed")


async def _time_passes(at: StoreAt) -> None:
    """Move the clock on to a step that was given back, as soon as it was."""
    while True:
        due = await at.store.read(earliest_due)
        wait = due - at.clock.now() if due else timedelta(0)
        if timedelta(0) < wait <= retry_delay(1):
            at.clock.advance(wait)


@asynccontextmanager
async def _working(
    at: StoreAt,
    *handlers: Handles,
    load: IntakeLoad | None = None,
    given_up: Mapping[StepKind, Handles] = MappingProxyType({}),
    look_again: timedelta = timedelta(minutes=1),
    memory: SharedMemory | None = None,
) -> AsyncIterator[None]:
    kinds = dict(zip((StepKind.FILE, StepKind.CODE), handlers, strict=False))
    worker = OutboxWorker(at.store, at.clock, kinds, OutboxSettings(look_again=look_again), load, given_up, memory)
    tasks = [asyncio.create_task(work) for work in (worker.run(), _time_passes(at))]
    try:
        async with asyncio.timeout(_SOON):
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_worker_takes_up_at_its_start_what_a_dead_one_had_leased(at: StoreAt) -> None:
    await _step(at)
    assert len(await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON + LEASE, 10, holder=A_WORKER))) == 1
    handler = Handler(at)
    async with _working(at, handler):
        await handler.done.wait()


async def test_worker_leaves_alone_what_another_has_in_hand_and_takes_it_up_when_that_is_gone(at: StoreAt) -> None:
    await _step(at)
    until = NOON + LEASE

    def begin(tx: Tx) -> list[Step]:
        tx.outbox.stay(A_WORKER, NOON, NOON + timedelta(seconds=10))
        return tx.outbox.lease(NOON, until, 10, holder=A_WORKER)

    assert len(await at.store.write(begin)) == 1
    presence = Presence(at.store, at.clock)
    await presence.arrive()
    # Where one gateway serves, whoever else said so is gone.
    left_alone = until if at.store.is_on_server else NOON
    assert await at.store.read(earliest_due) == left_alone
    at.clock.advance(timedelta(seconds=10))
    await presence.arrive()
    assert (await at.store.read(earliest_due)) in (NOON, at.clock.now())


async def test_one_of_several_processes_takes_up_what_a_gateway_that_was_killed_had_in_hand(at: StoreAt) -> None:
    await _step(at)
    await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON + LEASE, 10, holder=A_WORKER))
    async with open_store(at.paths, at.clock, is_shared=True) as one_of_two:
        presence = Presence(one_of_two, at.clock, SharedMemory(2))
        await presence.arrive()
        assert await at.store.read(earliest_due) == NOON


def _lease_one(holder: WorkerId, tx: Tx) -> list[Step]:
    return tx.outbox.lease(NOON, NOON + LEASE, 1, holder=holder)


async def test_worker_takes_up_what_another_process_of_the_gateway_had_in_hand_as_soon_as_its_row_is_cleared(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence_module, "LOOK_EVERY", timedelta(milliseconds=5))
    memory = SharedMemory(3)
    for number in (0, 1):
        presence = Presence(at.store, at.clock, memory.of(number))
        await presence.arrive()
        await _step(at)
        assert await at.store.write(partial(_lease_one, presence.id))
    handler = Handler(at)
    async with _working(at, handler, memory=memory.of(2)):
        # As the parent does when a child has ended; the other one has its step still.
        memory.of(1).clear()
        await handler.done.wait()
    assert await at.store.read(earliest_due) == NOON + LEASE
    assert [name > 0 for name in memory.total(Total.WORKER).of_all()] == [True, False, False]


async def test_process_that_is_begun_again_takes_up_what_its_forerunner_had_in_hand(at: StoreAt) -> None:
    memory = SharedMemory()
    before = Presence(at.store, at.clock, memory)
    await before.arrive()
    await _step(at)
    assert await at.store.write(partial(_lease_one, before.id))
    memory.clear()
    handler = Handler(at)
    async with _working(at, handler, memory=memory):
        await handler.done.wait()


async def test_worker_that_ends_says_so_where_others_may_serve(at: StoreAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "BEAT", timedelta(milliseconds=1))
    await _step(at)
    handler = Handler(at)
    async with _working(at, handler):
        await handler.done.wait()
        while at.store.is_shared and not at.behind_its_back("SELECT worker FROM worker"):
            await asyncio.sleep(0)
    assert at.behind_its_back("SELECT worker FROM worker") == []


async def test_step_that_failed_is_tried_again_before_the_worker_has_rested_its_longest(at: StoreAt) -> None:
    await _step(at)
    handler = Handler(at, failures=1)
    async with _working(at, handler):
        await handler.done.wait()


async def test_step_that_another_process_left_without_news_is_found_by_looking_again(at: StoreAt) -> None:
    handler = Handler(at)
    async with _working(at, handler, look_again=timedelta(milliseconds=20)):
        # Nothing tells that the worker rests; were it not at rest, the test would only be easier.
        for _read in range(10):
            await at.store.read(earliest_due)
        await _step(at)
        await handler.done.wait()


async def test_step_is_given_back_as_soon_as_the_store_takes_writes_again(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _step(at)
    write, handler = at.store.write, Handler(at, failures=1)
    refused: list[object] = []

    async def full_once(fn: Callable[[Tx], T]) -> T:
        if not handler.failures and not refused:
            refused.append(fn)
            raise StoreUnavailable("full")
        return await write(fn)

    monkeypatch.setattr(at.store, "write", full_once)
    async with _working(at, handler):
        await handler.done.wait()
    assert refused


async def test_step_whose_lease_was_not_answered_is_taken_again_at_once(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when the connection is lost during a commit that holds.
    await _step(at)
    write, handler = at.store.write, Handler(at)
    lost: list[object] = []

    async def deaf_once(fn: Callable[[Tx], T]) -> T:
        done = await write(fn)
        if isinstance(done, list) and done and not lost:
            lost.append(done)
            raise StoreUnavailable("the connection was lost")
        return done

    monkeypatch.setattr(at.store, "write", deaf_once)
    async with _working(at, handler):
        await handler.done.wait()
    assert lost


async def _ended(at: StoreAt) -> dict[str, int]:
    """Give what is left of the outbox, once nothing in it waits."""
    while (counts := await at.store.read(lambda tx: tx.outbox.counts()))["waiting"]:
        pass
    return counts


async def _crashes(_: Step) -> Finish:
    raise ReaderFailed("crashed")


@pytest.fixture
def first_try_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "max_attempts", lambda _: 1)


@pytest.mark.usefixtures("first_try_is_the_last")
async def test_step_that_failed_for_the_last_time_is_parked(at: StoreAt) -> None:
    await _step(at)
    async with _working(at, _crashes):
        assert (await _ended(at))["parked"] == 1


async def test_notice_that_is_refused_for_good_is_parked_at_once_with_its_reason(at: StoreAt) -> None:
    async def refuse(_: Step) -> Finish:
        raise NoticeRefused("550 5.1.1")

    await _step(at)
    async with _working(at, refuse):
        assert (await _ended(at))["parked"] == 1
    assert at.behind_its_back("SELECT reason, attempts FROM outbox") == [(NoticeRefused.code, 1)]


@pytest.mark.usefixtures("first_try_is_the_last")
async def test_whoever_waits_for_a_step_is_told_when_it_is_given_up(at: StoreAt) -> None:
    step = await _step(at)

    async def tell(_: Step) -> Finish:
        return lambda tx: tx.audit.append(step.vault, AuditEvent(at=NOON, actor="pli", action="told"))

    async with _working(at, _crashes, given_up={StepKind.FILE: tell}):
        assert (await _ended(at))["parked"] == 0
    told = [event.action for event in await at.store.read(lambda tx: tx.audit.events(step.vault))]
    assert told.count("told") == 1


@pytest.mark.usefixtures("first_try_is_the_last")
async def test_step_that_cannot_even_be_given_up_is_parked(at: StoreAt) -> None:
    await _step(at)
    async with _working(at, _crashes, given_up={StepKind.FILE: _crashes}):
        assert (await _ended(at))["parked"] == 1


async def test_step_that_is_not_at_its_last_try_is_not_given_up(at: StoreAt) -> None:
    assert MAX_ATTEMPTS > 1
    given_up = asyncio.Event()

    async def tell(_: Step) -> Finish:
        given_up.set()
        return nothing

    await _step(at)
    handler = Handler(at, failures=1)
    async with _working(at, handler, given_up={StepKind.FILE: tell}):
        await handler.done.wait()
    assert not given_up.is_set()


@pytest.mark.parametrize("cost", [LITTLE, Cost(waits=True)], ids=["short", "long"])
async def test_effects_are_written_in_order_the_step_s_own_between_those_of_others(
    in_turn: StoreAt, cost: Cost
) -> None:
    order: list[str] = []

    async def handler(_: Step) -> Prepared:
        note = order.append
        return Prepared(
            lambda: Effects(lambda _: note("own"), (lambda _: note("before"),), (lambda _: note("after"),)),
            lambda: note("durable"),
            cost,
        )

    await _step(in_turn)
    async with _working(in_turn, handler):
        await _ended(in_turn)
        await in_turn.store.write(lambda _: None)
    assert order == ["durable", "before", "own", "after"]


async def test_what_comes_after_is_not_done_when_somebody_else_had_ended_the_step(at: StoreAt) -> None:
    step, order = await _step(at), list[str]()
    begun = asyncio.Event()

    async def handler(_: Step) -> Prepared:
        await at.store.write(lambda tx: tx.outbox.done(step))
        begun.set()
        note = order.append
        return Prepared(lambda: Effects(lambda _: note("own"), after=(lambda _: note("after"),)))

    async with _working(at, handler):
        await begun.wait()
        for _ in range(3):
            await at.store.write(lambda _: None)
    assert order == []


async def test_filing_waits_for_those_that_send_for_a_while_and_nothing_else_does(at: StoreAt) -> None:
    filed, told, load = Handler(at), Handler(at), IntakeLoad()
    await _step(at)
    await _step(at, StepKind.CODE)
    with load.message():
        async with _working(at, filed, told, load=load):
            await told.done.wait()
            for _ in range(20):
                await at.store.read(earliest_due)
            assert not filed.done.is_set()
            at.clock.advance(OutboxSettings().leisure)
            await filed.done.wait()


async def test_filing_begins_when_nobody_sends_any_more(at: StoreAt) -> None:
    filed, told, load = Handler(at), Handler(at), IntakeLoad()
    await _step(at)
    await _step(at, StepKind.CODE)
    with ExitStack() as sending:
        sending.enter_context(load.message())
        async with _working(at, filed, told, load=load):
            await told.done.wait()
            assert not filed.done.is_set()
            sending.close()
            await filed.done.wait()
