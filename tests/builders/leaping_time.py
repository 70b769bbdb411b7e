"""A loop whose time leaps to the next timer whenever nothing else is left to do: hours of waiting take an instant.

For coroutines that wait for timers and for each other alone. Threads, processes and sockets are not waited for: the
loop never sleeps.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.builders.store import NOON

T = TypeVar("T")


class LeapingLoop(asyncio.SelectorEventLoop):
    """Implements `gateway.ports.clock.Clock` too: the clock and the timers of a test are one."""

    def __init__(self) -> None:
        self._leapt = 0.0
        super().__init__(_NeverWaiting(self._leap))

    def time(self) -> float:
        """Give the seconds since the loop was made."""
        return self._leapt

    def now(self) -> datetime:
        """Give the instant."""
        return NOON + timedelta(seconds=self._leapt)

    def _leap(self, seconds: float) -> None:
        self._leapt += seconds


class _NeverWaiting(selectors.DefaultSelector):
    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Look once; where others would wait, leap."""
        found = super().select(0)
        if not found:
            assert timeout is not None, "nothing is left that could happen"
            self._leap(timeout)
        return found


def in_leaping_time(work: Callable[[LeapingLoop], Coroutine[Any, Any, T]]) -> T:  # Any: what a coroutine is sent
    """Run a coroutine to its end in such a loop, which it is given as its clock."""
    loop = LeapingLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))


async def passed(time: timedelta) -> None:
    """Let so much of the loop's time pass."""
    await asyncio.sleep(time.total_seconds())
