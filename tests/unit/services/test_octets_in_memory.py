"""Room for octets: shared, waited for, given back, and never a dead end."""

import asyncio

import pytest

from gateway.services.outbox.octets_in_memory import Room


async def _holding(room: Room, octets: int, until: asyncio.Event, held: list[int]) -> None:
    async with room.of(octets):
        held.append(octets)
        await until.wait()


async def test_what_fits_is_held_together_and_the_next_waits_for_room() -> None:
    room, first, rest, held = Room(100), asyncio.Event(), asyncio.Event(), list[int]()
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
        one = tasks.create_task(_holding(room, 60, first, held))
        tasks.create_task(_holding(room, 40, rest, held))
        tasks.create_task(_holding(room, 50, rest, held))
        while len(held) < 2:
            await asyncio.sleep(0)
        assert held == [60, 40]
        first.set()
        await one
        while len(held) < 3:
            await asyncio.sleep(0)
        rest.set()
    assert held == [60, 40, 50]


async def test_what_is_larger_than_all_the_room_has_it_alone() -> None:
    async with asyncio.timeout(5), Room(100).of(1_000):
        pass


async def test_room_comes_back_after_a_failure() -> None:
    room = Room(100)
    with pytest.raises(ConnectionResetError):
        async with room.of(100):
            raise ConnectionResetError
    async with asyncio.timeout(5), room.of(100):
        pass
