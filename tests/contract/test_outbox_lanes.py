"""Lanes of the outbox: codes, mail and filing never wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from gateway.domain.mailbox import OPERATOR
from gateway.domain.outbox import MAX_ATTEMPTS, NeedsAnotherServer, Step, StepKind, TakesLong
from gateway.ports.store import Tx
from gateway.services.intake_load import IntakeLoad
from gateway.services.outbox.steps import Finish, nothing
from gateway.services.outbox.steps import Handler as OutboxHandler
from gateway.services.outbox.worker import OutboxSettings, OutboxWorker
from tests.builders.outbox import A_WORKER, a_step, earliest_due
from tests.builders.store import NOON, StoreAt, a_mailbox, a_number

T = TypeVar("T")
_SOON = 10.0


async def _step(at: StoreAt, kind: StepKind = StepKind.FILE) -> Step:
    step = a_step(await a_mailbox(at.store), a_number(), kind, NOON)
    await at.store.write(lambda tx: tx.outbox.add(step))
    return step


class Done:
    """Says when its step was done."""

    def __init__(self) -> None:
        self.done = asyncio.Event()

    async def __call__(self, _: Step) -> Finish:
        self.done.set()
        return nothing


class Waiting:
    """Begins its steps and never ends them."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)

    async def __call__(self, _: Step) -> Finish:
        self.begun.release()
        await asyncio.Event().wait()
        return nothing


@asynccontextmanager
async def _working(
    at: StoreAt,
    *handlers: tuple[StepKind, OutboxHandler],
    settings: OutboxSettings = OutboxSettings(),  # noqa: B008 - immutable
    load: IntakeLoad | None = None,
) -> AsyncIterator[None]:
    worker = OutboxWorker(at.store, at.clock, dict(handlers), settings, load)
    task = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(_SOON):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("slow", [StepKind.DELIVER, StepKind.RECEIPT, StepKind.FILE])
async def test_code_waits_neither_for_a_server_that_does_not_answer_nor_for_a_filing(
    at: StoreAt, slow: StepKind
) -> None:
    waiting, code = Waiting(), Done()
    await _step(at, slow)
    async with _working(at, (slow, waiting), (StepKind.CODE, code), settings=OutboxSettings(at_once=1)):
        await waiting.begun.acquire()
        await _step(at, StepKind.CODE)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await code.done.wait()


async def test_filing_does_not_wait_for_a_server_that_does_not_answer(at: StoreAt) -> None:
    waiting, filing = Waiting(), Done()
    await _step(at, StepKind.DELIVER)
    async with _working(at, (StepKind.DELIVER, waiting), (StepKind.FILE, filing), settings=OutboxSettings(at_once=1)):
        await waiting.begun.acquire()
        await _step(at)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await filing.done.wait()


async def test_mail_to_a_mailbox_here_does_not_wait_for_servers_that_do_not_answer(at: StoreAt) -> None:
    class Silent(Waiting):
        """As handlers of mail do: found to need another server, begun again in its place."""

        async def __call__(self, step: Step) -> Finish:
            if not step.relays:
                raise NeedsAnotherServer
            return await super().__call__(step)

    silent, here = Silent(), Done()
    for _ in range(3):
        await _step(at, StepKind.DELIVER)
    handlers = ((StepKind.DELIVER, silent), (StepKind.RECEIPT, here))
    async with _working(at, *handlers, settings=OutboxSettings(at_once=1)):
        await silent.begun.acquire()
        await _step(at, StepKind.RECEIPT)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await here.done.wait()


async def test_filing_that_takes_long_waits_where_no_other_waits_for_it(at: StoreAt) -> None:
    class Slow(Waiting):
        """As filing does: found to take long, begun again in its place."""

        async def __call__(self, step: Step) -> Finish:
            if step.vault == honest.vault:
                return await filed(step)
            if not step.slow:
                raise TakesLong(timedelta(0))
            assert step.attempts == 2
            return await super().__call__(step)

    slow, filed = Slow(), Done()
    for _ in range(3):
        await _step(at)
    honest = await _step(at)
    async with _working(at, (StepKind.FILE, slow), settings=OutboxSettings(at_once=1)):
        await slow.begun.acquire()
        await filed.done.wait()
        assert slow.begun.locked(), "those that take long are done one after another"


async def test_filing_that_is_put_aside_too_often_is_given_up(at: StoreAt) -> None:
    class Endless:
        """Never ends in time."""

        async def __call__(self, _: Step) -> Finish:
            raise TakesLong(timedelta(0))

    step, told = await _step(at), Done()
    for _ in range(MAX_ATTEMPTS - 1):
        await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 1, holder=A_WORKER))
    worker = OutboxWorker(
        at.store, at.clock, {StepKind.FILE: Endless()}, OutboxSettings(), given_up={StepKind.FILE: told}
    )
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(_SOON):
        await told.done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert step.attempts == 0


async def test_step_that_takes_a_while_gives_its_place_to_another(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.services.outbox.worker._LONG", timedelta(milliseconds=1))
    waiting = Waiting()
    for _ in range(2):
        await _step(at)
    async with _working(at, (StepKind.FILE, waiting), settings=OutboxSettings(at_once=1)):
        for _ in range(2):
            await waiting.begun.acquire()


async def test_one_long_filing_holds_up_no_other_once_intake_is_quiet(at: StoreAt) -> None:
    waiting, load = Waiting(), IntakeLoad()
    for _ in range(2):
        await _step(at)
    settings = OutboxSettings(leisure=timedelta(0))
    async with _working(at, (StepKind.FILE, waiting), settings=settings, load=load):
        with load.message():
            await waiting.begun.acquire()
        await waiting.begun.acquire()


async def test_notice_waits_for_messages_that_come_together_and_then_goes(at: StoreAt) -> None:
    notice = Done()
    await _step(at, StepKind.NOTIFY)
    settings = OutboxSettings(notice_pause=timedelta(seconds=2))
    async with _working(at, (StepKind.NOTIFY, notice), settings=settings):
        for _ in range(20):
            await at.store.read(earliest_due)
        assert not notice.done.is_set()
        at.clock.advance(timedelta(seconds=2))
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await notice.done.wait()


async def test_news_of_no_step_cost_one_look_for_all_lanes(at: StoreAt, monkeypatch: pytest.MonkeyPatch) -> None:
    read, looks, done = at.store.read, 0, Done()

    async def counted(fn: Callable[[Tx], T]) -> T:
        nonlocal looks
        looks += 1
        return await read(fn)

    async with _working(at, (StepKind.CODE, done)):
        await _step(at, StepKind.CODE)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await done.done.wait()
        while await read(earliest_due):
            await asyncio.sleep(0)
        monkeypatch.setattr(at.store, "read", counted)
        for news in range(1, 11):
            await at.store.write(lambda tx: tx.changed(OPERATOR))
            while looks < news:
                await asyncio.sleep(0)
        for _ in range(20):
            await read(earliest_due)
        # The lane that has just done a step may look once more.
        assert looks <= 11
