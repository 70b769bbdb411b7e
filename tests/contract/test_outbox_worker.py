"""The outbox worker on the real store: what was begun is taken up, and what failed is tried again soon."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from gateway.domain.errors import ReaderFailed, StoreUnavailable
from gateway.domain.mailbox import OPERATOR
from gateway.domain.outbox import Step, StepKind, retry_delay
from gateway.ports import Tx
from gateway.services.load import IntakeLoad
from gateway.services.outbox import Finish, OutboxSettings, OutboxWorker, nothing
from gateway.services.outbox import Handler as OutboxHandler
from tests.builders.store import NOON, StoreAt, a_mailbox, a_number

T = TypeVar("T")
LEASE = OutboxSettings().lease
_SOON = 10.0
"""Seconds: far below the end of a lease and the worker's longest rest."""


async def _step(at: StoreAt, kind: StepKind = StepKind.FILE) -> Step:
    step = Step(await a_mailbox(at.store), a_number(), kind, {}, NOON)
    await at.store.write(lambda tx: tx.outbox.add(step))
    return step


class Handler:
    """Fails as often as it is told to, once the worker rests; then does its step."""

    def __init__(self, at: StoreAt, failures: int = 0) -> None:
        self.at = at
        self.failures = failures
        self.done = asyncio.Event()

    async def __call__(self, step: Step) -> Finish:
        if not self.failures:
            self.done.set()
            return nothing
        self.failures -= 1
        # Nothing tells that the worker rests, after two reads; were it not at rest, the test would only be easier.
        for _ in range(10):
            await self.at.store.read(lambda tx: tx.outbox.next_due())
        later = retry_delay(step.attempts) + timedelta(seconds=1)
        asyncio.get_running_loop().call_later(0.2, self.at.clock.advance, later)
        raise ReaderFailed("crashed")


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
    with ThreadPoolExecutor(1) as workers:
        worker = OutboxWorker(at.store, at.clock, dict(handlers), workers, settings, load)
        task = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(_SOON):
                yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_worker_takes_up_at_its_start_what_a_dead_one_had_leased(at: StoreAt) -> None:
    await _step(at)
    assert len(await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON + LEASE, 10))) == 1
    handler = Handler(at)
    async with _working(at, (StepKind.FILE, handler)):
        await handler.done.wait()


async def test_step_that_failed_is_tried_again_before_the_worker_has_rested_its_longest(at: StoreAt) -> None:
    await _step(at)
    handler = Handler(at, failures=1)
    async with _working(at, (StepKind.FILE, handler)):
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
            asyncio.get_running_loop().call_later(1.2, at.clock.advance, timedelta(seconds=2))
            raise StoreUnavailable("full")
        return await write(fn)

    monkeypatch.setattr(at.store, "write", full_once)
    async with _working(at, (StepKind.FILE, handler)):
        await handler.done.wait()
    assert refused


@pytest.mark.parametrize("slow", [StepKind.DELIVER, StepKind.RECEIPT, StepKind.FILE])
async def test_code_waits_neither_for_a_server_that_does_not_answer_nor_for_a_filing(
    at: StoreAt, slow: StepKind
) -> None:
    waiting, code = Waiting(), Handler(at)
    await _step(at, slow)
    async with _working(at, (slow, waiting), (StepKind.CODE, code), settings=OutboxSettings(at_once=1)):
        await waiting.begun.acquire()
        await _step(at, StepKind.CODE)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await code.done.wait()


async def test_filing_does_not_wait_for_a_server_that_does_not_answer(at: StoreAt) -> None:
    waiting, filing = Waiting(), Handler(at)
    await _step(at, StepKind.DELIVER)
    async with _working(
        at, (StepKind.DELIVER, waiting), (StepKind.FILE, filing), settings=OutboxSettings(at_once=1)
    ):
        await waiting.begun.acquire()
        await _step(at)
        await at.store.write(lambda tx: tx.changed(OPERATOR))
        await filing.done.wait()


async def test_one_long_filing_holds_up_no_other_once_intake_is_quiet(at: StoreAt) -> None:
    waiting, load = Waiting(), IntakeLoad()
    for _ in range(2):
        await _step(at)
    settings = OutboxSettings(leisure=timedelta(0))
    async with _working(at, (StepKind.FILE, waiting), settings=settings, load=load):
        with load.message():
            await waiting.begun.acquire()
        await waiting.begun.acquire()
