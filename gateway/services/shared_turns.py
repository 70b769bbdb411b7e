"""Turns at something of which all processes of a gateway together may do so many at once: what takes much memory.

Whoever waits in this process waits in order. Whether another process has a place is looked at again and again; places
of a process that ends are free as soon as its row is cleared.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.shared_memory import SharedTotal

_LOOK_SECONDS: Final = 0.02


class SharedTurns:
    """Gives turns; belongs to the event loop."""

    def __init__(self, at_once: int, taken: SharedTotal) -> None:
        self._at_once = at_once
        self._taken = taken
        self._first = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it."""
        async with self._first:
            while not self._takes():  # noqa: ASYNC110 - nobody can tell: it is another process that leaves
                await asyncio.sleep(_LOOK_SECONDS)
        try:
            yield
        finally:
            self._taken.own -= 1

    def _takes(self) -> bool:
        # Said first and looked at then: of two at the same instant both may step back, never both go on.
        self._taken.own += 1
        if sum(self._taken.of_all()) <= self._at_once:
            return True
        self._taken.own -= 1
        return False
