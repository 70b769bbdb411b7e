"""Pages that take long to make, made beside the loop, so that nobody waits for somebody else's.

A document of thousands of values takes a second. Small pages are made at once: a thread costs more than they do.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from webmail.account_turns import AccountTurns

T = TypeVar("T")
_MANY_VALUES = 300
_AT_ONCE = 1


class LargePages:
    """Makes what is large in a worker thread, accounts in turn: whoever opens several waits for themselves."""

    def __init__(self, closing: asyncio.Event | None = None) -> None:
        """`closing` is set when the program ends: whoever waits for a turn then is sent away."""
        self._turns = AccountTurns(_AT_ONCE)
        self._closing = closing

    async def made(self, account: str, values: int, make: Callable[[], T]) -> T:
        """Give what `make` makes of so many values; it must touch nothing that the loop changes.

        Raises `TimeoutError` when the program ends meanwhile.
        """
        if values <= _MANY_VALUES:
            return make()
        async with self._turns.turn(account):
            if self._closing is not None and self._closing.is_set():
                raise TimeoutError("the program ends")
            return await asyncio.to_thread(make)
