"""Results of large documents, read one document at a time: a store has few readers, and others need one meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from gateway.ports.store import Store, Tx

T = TypeVar("T")
_MANY_RESULTS = 300


class LongReads:
    """Reads of which those that take long wait for each other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def read(self, results: int, look: Callable[[Tx], T]) -> T:
        """Look into the store for so many results."""
        if results <= _MANY_RESULTS:
            return await self._store.read(look)
        async with self._turn:
            return await self._store.read(look)
