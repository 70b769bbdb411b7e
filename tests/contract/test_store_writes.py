"""How writes are run: in groups, replayed apart when one fails, by priority, answered after the commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.domain.errors import Conflict, StoreUnavailable
from gateway.domain.mailbox import FolderId, VaultId
from gateway.ports.store import Priority, Store, Tx
from gateway.store.backend import jobs
from gateway.store.backend.sqlite.engine import MAX_GROUP
from gateway.store.opening import StorePaths, create_store, open_store
from tests.builders.store import ManualClock, StoreAt, a_content, a_mailbox, inbox_of, shown


class Gate:
    """A write that holds the writer until it is opened, so that those behind it form one group."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._reached, self._opened = asyncio.Event(), threading.Event()

    async def __aenter__(self) -> "Gate":
        self._task = asyncio.ensure_future(self._store.write(self._hold))
        await self._reached.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._opened.set()
        await self._task

    def _hold(self, _: Tx) -> None:
        self._loop.call_soon_threadsafe(self._reached.set)
        self._opened.wait()


def _queued(at: StoreAt, fn: Callable[[Tx], object], priority: Priority = Priority.MAIL) -> "asyncio.Task[object]":
    return asyncio.ensure_future(at.store.write(fn, priority=priority))


async def _mailbox(at: StoreAt) -> tuple[VaultId, FolderId]:
    vault = await a_mailbox(at.store)
    return vault, await inbox_of(at.store, vault)


async def _count(at: StoreAt, vault: VaultId, inbox: FolderId) -> int:
    return len(await at.store.read(lambda tx: tx.mail.uids(vault, inbox)))


async def test_result_of_the_function_is_given_back(at: StoreAt) -> None:
    assert await at.store.write(lambda _: 42) == 42
    assert await at.store.read(lambda _: 43) == 43


async def test_failing_write_changes_nothing(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)

    def fail(tx: Tx) -> None:
        shown(tx, vault, a_content())
        raise Conflict("no")

    with pytest.raises(Conflict):
        await at.store.write(fail)
    assert await _count(at, vault, inbox) == 0


async def test_one_failing_write_of_a_group_fails_alone_and_others_are_committed_once(in_turn: StoreAt) -> None:
    vault, inbox = await _mailbox(in_turn)

    def write(number: int) -> Callable[[Tx], int]:
        content = a_content()

        def fn(tx: Tx) -> int:
            shown(tx, vault, content)
            if number == 7:
                raise Conflict("the seventh")
            return number

        return fn

    async with Gate(in_turn.store):
        tasks = [_queued(in_turn, write(number)) for number in range(20)]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Conflict)] == [7]
    assert [outcome for outcome in outcomes if not isinstance(outcome, Conflict)] == [*range(7), *range(8, 20)]
    assert await _count(in_turn, vault, inbox) == 19


async def test_writes_of_a_group_see_those_before_them(in_turn: StoreAt) -> None:
    vault, _ = await _mailbox(in_turn)
    async with Gate(in_turn.store):
        tasks = [_queued(in_turn, lambda tx: shown(tx, vault, a_content()).uid) for _ in range(5)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("error", [StopIteration, asyncio.CancelledError])
async def test_write_that_raises_anything_leaves_no_other_without_an_answer(
    in_turn: StoreAt, error: type[BaseException]
) -> None:
    def fail(_: Tx) -> None:
        raise error

    async with Gate(in_turn.store):
        bad, good = _queued(in_turn, fail), _queued(in_turn, lambda _: 1)
        await asyncio.sleep(0)
    assert await good == 1
    assert (await asyncio.gather(bad, return_exceptions=True))[0] is not None


async def test_write_returns_only_what_another_connection_can_see(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    async with open_store(at.paths, at.clock) as other:
        for number in range(1, 11):
            await at.store.write(lambda tx: shown(tx, vault, a_content()))
            assert len(await other.read(lambda tx: tx.mail.uids(vault, inbox))) == number


async def test_cancelled_caller_does_not_stop_the_commit(in_turn: StoreAt) -> None:
    vault, inbox = await _mailbox(in_turn)
    async with Gate(in_turn.store):
        task = _queued(in_turn, lambda tx: shown(tx, vault, a_content()))
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await in_turn.store.write(lambda _: None)
    assert await _count(in_turn, vault, inbox) == 1


async def test_reads_go_on_while_a_write_lasts(in_turn: StoreAt) -> None:
    vault, inbox = await _mailbox(in_turn)
    async with Gate(in_turn.store):
        assert await _count(in_turn, vault, inbox) == 0


async def test_read_cannot_write(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    with pytest.raises(StoreUnavailable):
        await at.store.read(lambda tx: shown(tx, vault, a_content()))
    assert await _count(at, vault, inbox) == 0


async def test_read_sees_one_snapshot(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    loop, first, written = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def read(tx: Tx) -> tuple[int, int]:
        before = len(tx.mail.uids(vault, inbox))
        loop.call_soon_threadsafe(first.set)
        written.wait()
        return before, len(tx.mail.uids(vault, inbox))

    reading = asyncio.ensure_future(at.store.read(read))
    await first.wait()
    await at.store.write(lambda tx: shown(tx, vault, a_content()))
    written.set()
    assert await reading == (0, 0)


async def test_writes_that_wait_for_sqlite_share_one_durable_commit(ram: Path) -> None:
    class Traced(sqlite3.Connection):
        statements: ClassVar[list[str]] = []
        settings: ClassVar[set[object]] = set()

        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            self.statements.append(sql)
            if sql == "COMMIT":
                self.settings.add(super().execute("PRAGMA synchronous").fetchone()[0])
            return super().execute(sql, *parameters)  # type: ignore[arg-type]  # passed through as they came

    paths = StorePaths.below(ram)
    create_store(paths)
    async with open_store(paths, ManualClock(), connection=Traced) as other:
        Traced.statements.clear()
        async with Gate(other):
            tasks = [asyncio.ensure_future(other.write(lambda _: None)) for _ in range(MAX_GROUP)]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert Traced.statements == ["BEGIN IMMEDIATE", "COMMIT"] * 2  # the gate's and the group's
        assert Traced.settings == {2}  # FULL: the log is synchronised at every commit


async def test_queue_that_is_full_defers(in_turn: StoreAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MAX_WAITING", 3)
    async with Gate(in_turn.store):
        tasks = [_queued(in_turn, lambda _: 1) for _ in range(5)]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, int, int, StoreUnavailable, StoreUnavailable]


# ---------------------------------------------------------------- priorities


async def _order(in_turn: StoreAt, bulk: int, mail: int) -> list[str]:
    order: list[str] = []
    async with Gate(in_turn.store):
        tasks = [_queued(in_turn, lambda _: order.append("bulk"), Priority.BULK) for _ in range(bulk)]
        tasks += [_queued(in_turn, lambda _: order.append("mail")) for _ in range(mail)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return order


async def test_mail_that_came_after_bulk_work_goes_before_it(in_turn: StoreAt) -> None:
    order = await _order(in_turn, bulk=50, mail=10)
    assert order[:10] == ["mail"] * 10


async def test_bulk_work_advances_while_mail_never_ends(in_turn: StoreAt) -> None:
    order = await _order(in_turn, bulk=3, mail=400)
    assert max(place for place, what in enumerate(order) if what == "bulk") < 400


# ---------------------------------------------------------------- closing


async def test_what_waits_is_committed_on_closing(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    async with open_store(at.paths, at.clock, lock_timeout=timedelta(seconds=5)) as other:
        tasks = [asyncio.ensure_future(other.write(lambda tx: shown(tx, vault, a_content()))) for _ in range(100)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert await _count(at, vault, inbox) == 100


async def test_closed_store_is_unavailable(at: StoreAt) -> None:
    async with open_store(at.paths, at.clock) as other:
        pass
    with pytest.raises(StoreUnavailable):
        await other.write(lambda _: None)
    with pytest.raises(StoreUnavailable):
        await other.read(lambda _: None)
