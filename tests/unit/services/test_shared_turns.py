"""Turns that all processes of a gateway share."""

import asyncio

from gateway.services.shared_turns import SharedTurns
from gateway.shared_memory import SharedMemory, Total

PROCESSES = 3


async def test_never_more_than_may_be_have_a_turn_over_all_processes_and_everybody_has_one() -> None:
    memory, here, most, done = SharedMemory(PROCESSES), 0, 0, 0
    processes = [SharedTurns(2, memory.of(number).total(Total.PICTURES)) for number in range(PROCESSES)]

    async def work(turns: SharedTurns) -> None:
        nonlocal here, most, done
        async with turns.turn():
            here += 1
            most = max(most, here)
            for _ in range(3):
                await asyncio.sleep(0)
            here, done = here - 1, done + 1

    async with asyncio.timeout(10):
        await asyncio.gather(*(work(turns) for turns in processes for _ in range(5)))
    assert (most, done) == (2, 15)
    assert sum(memory.total(Total.PICTURES).of_all()) == 0


async def test_turns_of_a_process_that_ended_are_free() -> None:
    memory = SharedMemory(2)
    memory.of(1).total(Total.PICTURES).own = 2
    turns = SharedTurns(2, memory.total(Total.PICTURES))
    waiting = asyncio.ensure_future(turns.turn().__aenter__())
    await asyncio.sleep(0)
    assert not waiting.done()
    memory.of(1).clear()
    async with asyncio.timeout(10):
        await waiting


async def test_whoever_gives_up_waiting_leaves_nothing_behind() -> None:
    memory = SharedMemory()
    turns = SharedTurns(1, memory.total(Total.PDF_FILES))
    async with turns.turn():
        waiting = asyncio.ensure_future(turns.turn().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert memory.total(Total.PDF_FILES).own == 0
    async with asyncio.timeout(10), turns.turn():
        assert memory.total(Total.PDF_FILES).own == 1
