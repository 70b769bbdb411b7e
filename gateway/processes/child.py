"""What a process does first when it was forked, and its line to its parent: it ends when the parent does."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn, Protocol

from gateway.domain.errors import StoreUnavailable

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
_PR_SET_PDEATHSIG: Final = 1
_READY: Final = b"r"
_FAULT: Final = 5
"""Exit status of a fault of ours, as commands have it."""


class Closable(Protocol):
    """What the parent has open, and a child must not keep."""

    def close(self) -> None:
        """Close it in this process."""


class ParentLine:
    """A child's end of the line: it says that it serves, and hears the parent's end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def fileno(self) -> int:
        """Give what becomes readable when the parent has ended."""
        return self._line.fileno()

    def ready(self) -> None:
        """Say that this process serves."""
        with suppress(OSError):
            self._line.send(_READY)


def said_ready(line: socket.socket) -> bool:
    """Say whether the child at the other end has just said that it serves; for the parent."""
    try:
        return bool(line.recv(16, socket.MSG_DONTWAIT))
    except OSError:
        return False


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold signals back, so that none meets a child that has still its parent's ways."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*_STOPPING, signal.SIGCHLD))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forked(work: Callable[[], int], closing: Iterable[Closable] = ()) -> int:
    """Fork a process that does `work` and ends with the status that it gives; give its number.

    It ends with this one, and at SIGTERM and SIGINT, until it makes ways of its own. `closing` is what the
    parent has open and it must not keep. The caller has one thread.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    with _held_back():
        if number := os.fork():
            return number
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for stopping in _STOPPING:
            signal.signal(stopping, _end)
        _end_with(parent)
        for kept in closing:
            kept.close()
    return _do(work)


def _do(work: Callable[[], int]) -> NoReturn:
    status = _FAULT
    try:
        status = work()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)  # what the parent has opened is the parent's to leave in order


def _end_with(parent: int) -> None:
    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) or os.getppid() != parent:
        os._exit(_FAULT)


def _end(number: int, _frame: object) -> None:
    os._exit(128 + number)


def done_aside(work: Callable[[], int]) -> int:
    """Do what opens databases or keys in a process that ends with it; give its exit status."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1])
    except OSError as error:
        raise StoreUnavailable(f"no process can be begun now: {error.strerror}") from error
