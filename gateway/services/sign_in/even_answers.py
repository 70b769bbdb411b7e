"""Answers that come at even steps of time: how long the work took tells nothing of who is there.

The work itself is nearly the same whoever is there; some rows more are read and written for whoever is. That is less
than a millisecond, and a step hides it. What takes longer than a step, in a flood of guesses, ends with a later one.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")
STEP = timedelta(milliseconds=25)


class EvenAnswers:
    """Holds answers back to the next step since they were asked for; a step of zero holds none back."""

    def __init__(self, step: timedelta = STEP) -> None:
        self._step = step.total_seconds()

    async def of(self, work: Awaitable[T]) -> T:
        """Give what work gives, at the end of a step; what it raises comes at once: it says nothing of anybody."""
        clock = asyncio.get_running_loop()
        begun = clock.time()
        done = await work
        if self._step:
            await asyncio.sleep(self._step - (clock.time() - begun) % self._step)
        return done
