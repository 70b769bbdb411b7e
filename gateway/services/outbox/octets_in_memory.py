"""Room for octets: how much of what waits may be in memory at once, however many things are done at once."""

import asyncio
from types import TracebackType


class Room:
    """A number of octets that several tasks share; belongs to the event loop."""

    def __init__(self, octets: int) -> None:
        self._limit = octets
        self._held = 0
        self._freed = asyncio.Event()

    def of(self, octets: int) -> "RoomHeld":
        """Wait for room and hold it, in ``async with``; what is larger than all the room has it alone."""
        return RoomHeld(self, octets)

    async def take(self, octets: int) -> None:
        """Wait for room and hold it."""
        while self._held and self._held + octets > self._limit:
            self._freed.clear()
            await self._freed.wait()
        self._held += octets

    def give_back(self, octets: int) -> None:
        """Hold so many no more."""
        self._held -= octets
        self._freed.set()


class RoomHeld:
    """Room that is held inside ``async with``; a class of its own, since a generator costs three times as much."""

    __slots__ = ("_octets", "_room")

    def __init__(self, room: Room, octets: int) -> None:
        self._room = room
        self._octets = octets

    async def __aenter__(self) -> None:
        """Wait for it."""
        await self._room.take(self._octets)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self._room.give_back(self._octets)
