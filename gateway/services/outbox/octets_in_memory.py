"""Room for octets: how much of what waits may be in memory at once, however many things are done at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """A number of octets that several tasks share; belongs to the event loop."""

    def __init__(self, octets: int) -> None:
        self._limit = octets
        self._held = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def of(self, octets: int) -> AsyncIterator[None]:
        """Wait for room and hold it; what is larger than all the room has it alone."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._held or self._held + octets <= self._limit)
            self._held += octets
        try:
            yield
        finally:
            self._held -= octets
            async with self._changed:
                self._changed.notify_all()
