"""Which processor core the threads of the interpreter keep to, and how all else goes on using every core.

Threads of Python share one interpreter. On two cores they wake each other at every call into C, and each takes it
from the other; on one core the thread that has it goes on. So the loop and the threads of the store keep to one
core. What works beside the interpreter (hashes, readers, programs) leaves it.
"""

import os
from functools import cache
from pathlib import Path

_PLACE_OF_CORE = 36
"""Where the core that a process ran on last stands in its state, after its name (proc(5), field 39)."""


@cache
def given_cores() -> frozenset[int]:
    """Give the cores that the system lets this process use; the first call must come before `keep_to_a_core`."""
    return frozenset(os.sched_getaffinity(0))


def keep_to_a_core(number: int | None) -> None:
    """Keep this thread, and those that it starts, to one core.

    Args:
        number: of this process among those of the gateway, so that each has its own; None for the core it runs on.
    """
    cores = sorted(given_cores())
    os.sched_setaffinity(0, {_current_core() if number is None else cores[number % len(cores)]})


def leave_the_core() -> None:
    """Let this thread use every core that the process was given; as the first thing that it does."""
    os.sched_setaffinity(0, given_cores())


def _current_core() -> int:
    return int(Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()[_PLACE_OF_CORE])
