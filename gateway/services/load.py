"""How busy intake is: what follows an acknowledgement gives way to those that wait for one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class IntakeLoad:
    """Counts the messages that are being judged and stored now; belongs to the event loop."""

    def __init__(self) -> None:
        self._in_hand = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def is_busy(self) -> bool:
        """Say whether a sender waits for the answer to a message now."""
        return self._in_hand > 0

    @contextmanager
    def message(self) -> Iterator[None]:
        """Count one message while it is in hand."""
        self._in_hand += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._quiet.set()

    async def until_quiet(self) -> None:
        """Return when no message is in hand."""
        await self._quiet.wait()
