"""How busy intake is: what follows an acknowledgement gives way to those that wait for one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

_LULL = timedelta(milliseconds=50).total_seconds()
"""Without a message in hand for so long, intake is quiet: between two messages of one sender there is less."""


class IntakeLoad:
    """Counts the messages that are being judged and stored now; belongs to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._in_hand = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._ended = 0.0
        self._looking = False

    @property
    def is_busy(self) -> bool:
        """Say whether a sender waits for the answer to a message, or did a moment ago."""
        return not self._quiet.is_set()

    @contextmanager
    def message(self) -> Iterator[None]:
        """Count one message while it is in hand."""
        self._in_hand += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            self._ended = self._loop.time()
            if not self._looking:
                self._looking = True
                self._loop.call_later(_LULL, self._look)

    async def until_quiet(self) -> None:
        """Return when intake is quiet."""
        await self._quiet.wait()

    def _look(self) -> None:
        # One timer for all messages: a timer for each would cost more than what it is for.
        left = self._ended + _LULL - self._loop.time()
        if self._in_hand or left > 0:
            self._loop.call_later(max(left, 0.001) if not self._in_hand else _LULL, self._look)
            return
        self._looking = False
        self._quiet.set()
