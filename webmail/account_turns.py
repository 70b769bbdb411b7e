"""Who may have something large done now, a form with files read or a long page made: few at once, one an account."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class AccountTurns:
    """What one account has done waits for itself, and leaves the others their places."""

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._turns: dict[str, asyncio.Lock] = {}
        self._here: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, account: str) -> AsyncIterator[None]:
        """Wait for the account's turn, then for a place."""
        self._here[account] += 1
        try:
            async with self._turns.setdefault(account, asyncio.Lock()), self._places:
                yield
        finally:
            self._here[account] -= 1
            if not self._here[account]:
                del self._here[account], self._turns[account]
