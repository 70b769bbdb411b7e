"""Whether a process still goes on: its loop beats, and the parent finds who has stood still for too long.

Looks of the parent are counted, one a second, and not seconds: where the whole machine was halted for a while, nobody
has stood still for too long.
"""

import asyncio
import faulthandler
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from gateway.shared_memory import SharedTotal

_BEAT_SECONDS: Final = 1.0
_WRITTEN_DOWN_AFTER: Final = 25.0
"""Seconds without a beat after which each thread's path through the code is written to stderr: the end comes soon."""


@contextmanager
def beating(beats: SharedTotal) -> Iterator[None]:
    """Have the running loop say every second that it turns; at the end it says that it need not any more.

    Where it stands when it does not is written to stderr: names of files and functions, and no value.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def beat() -> None:
        nonlocal timer
        beats.own += 1
        if sys.stderr:  # closed for some who are started by hand
            faulthandler.dump_traceback_later(_WRITTEN_DOWN_AFTER, file=sys.stderr)
        timer = loop.call_later(_BEAT_SECONDS, beat)

    beat()
    try:
        yield
    finally:
        timer.cancel()
        faulthandler.cancel_dump_traceback_later()
        beats.own = 0


class StillWatch:
    """Tells whose number has stayed the same, and not 0, through so many looks."""

    def __init__(self, numbers: Callable[[], list[int]], looks: int) -> None:
        """`numbers` gives the number of each process now."""
        self._numbers = numbers
        self._looks = looks
        self._seen: dict[int, tuple[int, int]] = {}

    def look(self) -> list[int]:
        """Look once, and give the places of those that have stood still for too long."""
        late = []
        for place, number in enumerate(self._numbers()):
            before, looks = self._seen.get(place, (0, 0))
            looks = looks + 1 if number and number == before else 0
            self._seen[place] = number, looks
            if looks >= self._looks:
                late.append(place)
        return late


class HaltedWatch:
    """Tells which children were halted (SIGSTOP) for more than so many looks."""

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._halted: dict[int, int] = {}

    def has_ended(self, pid: int, status: int) -> bool:
        """Take what the system says of a child; say whether it has ended."""
        if os.WIFSTOPPED(status):
            self._halted[pid] = 0
            return False
        self._halted.pop(pid, None)
        return not os.WIFCONTINUED(status)

    def look(self) -> list[int]:
        """Look once, and give the numbers in the system of those that were halted for too long, each once."""
        for pid in self._halted:
            self._halted[pid] += 1
        return [pid for pid, looks in self._halted.items() if looks == self._looks + 1]
