"""Work that comes before transactions: done off the loop, made durable before the first of them, in order."""

import asyncio
from collections.abc import Callable, Sequence
from threading import get_ident

import pytest

from gateway.domain.errors import Conflict, StoreUnavailable
from gateway.domain.mailbox import FolderId, VaultId
from gateway.ports.store import LITTLE, Cost, Preparation, Tx
from gateway.store.backend import jobs
from tests.builders.store import StoreAt, a_content, a_mailbox, inbox_of, shown
from tests.contract.test_store_writes import Gate


@pytest.fixture(params=[LITTLE, Cost(waits=True)], ids=["the store's own thread", "a worker"])
def cost(request: pytest.FixtureRequest) -> Cost:
    """Give what decides who prepares."""
    found: Cost = request.param
    return found


async def _mailbox(at: StoreAt) -> tuple[VaultId, FolderId]:
    vault = await a_mailbox(at.store)
    return vault, await inbox_of(at.store, vault)


async def _count(at: StoreAt, vault: VaultId, inbox: FolderId) -> int:
    return len(await at.store.read(lambda tx: tx.mail.uids(vault, inbox)))


def _showing(vault: VaultId) -> Callable[[Tx], int]:
    content = a_content()
    return lambda tx: shown(tx, vault, content).uid


def _failing(_: Tx) -> int:
    raise Conflict("no")


async def test_results_come_in_order_after_the_commit(at: StoreAt, cost: Cost) -> None:
    vault, inbox = await _mailbox(at)
    prepared = Preparation(lambda: [_showing(vault) for _ in range(3)], cost=cost)
    assert await at.store.write_prepared(prepared) == [1, 2, 3]
    assert await _count(at, vault, inbox) == 3


async def test_work_is_done_off_the_loop_and_made_durable_before_the_transaction(
    at: StoreAt, cost: Cost
) -> None:
    order: list[str] = []

    def work() -> Sequence[Callable[[Tx], None]]:
        assert get_ident() != here
        order.append("work")
        return [lambda _: order.append("write")]

    here = get_ident()
    await at.store.write_prepared(Preparation(work, lambda: order.append("durable"), cost))
    assert order == ["work", "durable", "write"]


async def test_nothing_to_write_is_no_result(at: StoreAt, cost: Cost) -> None:
    nothing: Preparation[int] = Preparation(list, cost=cost)
    assert await at.store.write_prepared(nothing) == []


async def test_work_that_fails_is_told_and_harms_nobody(in_turn: StoreAt, cost: Cost) -> None:
    vault, inbox = await _mailbox(in_turn)

    def work() -> Sequence[Callable[[Tx], int]]:
        raise StopIteration

    async with Gate(in_turn.store):
        bad = asyncio.ensure_future(in_turn.store.write_prepared(Preparation(work, cost=cost)))
        good = asyncio.ensure_future(in_turn.store.write_prepared(Preparation(lambda: [_showing(vault)], cost=cost)))
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        await bad
    assert await good == [1]
    assert await _count(in_turn, vault, inbox) == 1


async def test_what_cannot_be_made_durable_is_not_written(at: StoreAt, cost: Cost) -> None:
    vault, inbox = await _mailbox(at)

    def fail() -> None:
        raise StoreUnavailable("no room")

    with pytest.raises(StoreUnavailable):
        await at.store.write_prepared(Preparation(lambda: [_showing(vault)], fail, cost))
    assert await _count(at, vault, inbox) == 0


async def test_what_comes_after_a_failure_is_not_run_and_what_was_before_stays(
    at: StoreAt, cost: Cost
) -> None:
    vault, inbox = await _mailbox(at)
    prepared = Preparation(lambda: [_showing(vault), _failing, _showing(vault)], cost=cost)
    with pytest.raises(Conflict):
        await at.store.write_prepared(prepared)
    assert await _count(at, vault, inbox) == 1


async def test_failure_of_one_caller_leaves_the_others_of_its_group_whole(in_turn: StoreAt) -> None:
    vault, inbox = await _mailbox(in_turn)
    works: list[list[Callable[[Tx], int]]] = [
        [_showing(vault), _showing(vault)],
        [_failing, _showing(vault)],
        [_showing(vault)],
    ]
    async with Gate(in_turn.store):
        tasks = [
            asyncio.ensure_future(in_turn.store.write_prepared(Preparation(lambda fns=fns: fns)))  # type: ignore[misc]
            for fns in works
        ]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(outcome, Conflict) for outcome in outcomes] == [False, True, False]
    assert await _count(in_turn, vault, inbox) == 3


async def test_more_preparations_than_a_group_holds_are_all_done(in_turn: StoreAt) -> None:
    vault = await a_mailbox(in_turn.store)
    async with Gate(in_turn.store):
        writing = (in_turn.store.write_prepared(Preparation(lambda: [_showing(vault)])) for _ in range(30))
        tasks = [asyncio.ensure_future(write) for write in writing]
        await asyncio.sleep(0)
    assert [uid for result in await asyncio.gather(*tasks) for uid in result] == list(range(1, 31))


async def test_caller_that_leaves_changes_nothing_about_its_writes(in_turn: StoreAt, cost: Cost) -> None:
    vault, inbox = await _mailbox(in_turn)
    async with Gate(in_turn.store):
        task = asyncio.ensure_future(in_turn.store.write_prepared(Preparation(lambda: [_showing(vault)], cost=cost)))
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(10):
        while not await _count(in_turn, vault, inbox):
            await in_turn.store.write(lambda _: None)
    assert await _count(in_turn, vault, inbox) == 1


async def test_store_that_takes_no_writes_says_so_to_whoever_prepares(
    in_turn: StoreAt, cost: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, inbox = await _mailbox(in_turn)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "MAX_WAITING", 0)
        with pytest.raises(StoreUnavailable):
            await in_turn.store.write_prepared(Preparation(lambda: [_showing(vault)], cost=cost))
    assert await _count(in_turn, vault, inbox) == 0


MIB = 1024 * 1024
SHORT = [LITTLE, Cost(parsed=MIB // 4), Cost(written=MIB), Cost(parsed=MIB // 8, written=MIB // 2)]
LONG = [Cost(parsed=MIB // 4 + 1), Cost(written=MIB + 1), Cost(parsed=MIB // 8, written=MIB), Cost(waits=True)]


@pytest.mark.parametrize(("cost", "aside"), [*((cost, False) for cost in SHORT), *((cost, True) for cost in LONG)])
async def test_long_work_is_done_aside_and_short_work_by_whoever_reads_or_writes(
    in_turn: StoreAt, cost: Cost, aside: bool
) -> None:
    writer = await in_turn.store.write(lambda _: get_ident())

    def work() -> Sequence[Callable[[Tx], int]]:
        who = get_ident()
        return [lambda _: who]

    preparation = Preparation(work, cost=cost)
    assert (await in_turn.store.write_prepared(preparation) != [writer]) is aside
    reader, worked = await in_turn.store.read_then(lambda _: get_ident(), lambda _: get_ident(), lambda _: cost)
    assert (reader != worked) is aside


async def test_work_on_what_was_read_takes_it_and_its_failure_is_told(at: StoreAt) -> None:
    assert await at.store.read_then(lambda _: 20, lambda found: found + 1, lambda _: LITTLE) == (20, 21)
    with pytest.raises(ZeroDivisionError):
        await at.store.read_then(lambda _: 0, lambda found: 1 // found, lambda _: LITTLE)
    with pytest.raises(ZeroDivisionError):
        await at.store.read_then(lambda _: 0, lambda found: 1 // found, lambda _: Cost(waits=True))


async def test_work_aside_is_done_off_the_loop(at: StoreAt) -> None:
    assert await at.store.aside(get_ident) != get_ident()
