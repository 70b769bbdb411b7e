"""The outbox worker on the real store: what was begun is taken up, and what failed is tried again soon."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from gateway.domain.errors import ReaderFailed, StoreUnavailable
from gateway.domain.outbox import Step, StepKind, retry_delay
from gateway.ports import Tx
from gateway.services.outbox import Finish, OutboxSettings, OutboxWorker, nothing
from tests.builders.store import NOON, StoreAt, a_mailbox, a_number

T = TypeVar("T")
LEASE = OutboxSettings().lease
_SOON = 10.0
"""Seconds: far below the end of a lease and the worker's longest rest."""


async def _step(at: StoreAt) -> Step:
    step = Step(await a_mailbox(at.store), a_number(), StepKind.FILE, {}, NOON)
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


@asynccontextmanager
async def _working(at: StoreAt, handler: Handler) -> AsyncIterator[None]:
    with ThreadPoolExecutor(1) as workers:
        worker = OutboxWorker(at.store, at.clock, {StepKind.FILE: handler}, workers, OutboxSettings())
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
    async with _working(at, handler):
        await handler.done.wait()


async def test_step_that_failed_is_tried_again_before_the_worker_has_rested_its_longest(at: StoreAt) -> None:
    await _step(at)
    handler = Handler(at, failures=1)
    async with _working(at, handler):
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
    async with _working(at, handler):
        await handler.done.wait()
    assert refused
