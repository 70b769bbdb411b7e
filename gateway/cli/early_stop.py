"""Stopped before there is anything to finish: a program that is told to end ends at once, and says nothing.

From the first moment of ``pli serve`` to the moment when its loop listens to signals. What was being written is undone
by its own transaction, as after a kill.
"""

import os
import signal
from types import FrameType

from gateway.cli.failures import Exit

_QUIET = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
"""Exit codes as a shell gives them to what a signal has ended."""


def end_quietly_when_told() -> None:
    """End without a word at SIGTERM or SIGINT from now on; for the main thread, before it does anything."""
    for number in _QUIET:
        signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    # Nothing is unwound: an exception could be raised anywhere, also where it would be caught or told.
    os._exit(_QUIET[signal.Signals(number)])
