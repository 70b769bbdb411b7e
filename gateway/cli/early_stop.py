"""Stopped before there is anything to finish: a program that is told to end ends at once with 0, and says nothing.

From the first moment of ``pli serve`` to the moment when its loop listens to signals. What was being written is undone
by its own transaction, as after a kill.
"""

import os
import signal
from types import FrameType


def end_quietly_when_told() -> None:
    """End without a word at SIGTERM or SIGINT from now on; for the main thread, before it does anything."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    # Nothing is unwound: an exception could be raised anywhere, also where it would be caught or told.
    os._exit(0)
