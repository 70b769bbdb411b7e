"""What a process does first when it was forked, and its line to its parent: it ends when the parent does."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final, NoReturn, Protocol

from gateway.domain.errors import StoreUnavailable

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
_PR_SET_PDEATHSIG: Final = 1
_READY: Final = b"ready"
_ADOPTED: Final = b"adopted"
_MOST: Final = 32
"""Octets of a message at most."""
_FAULT: Final = 5
"""Exit status of a fault of ours, as commands have it."""


@dataclass(frozen=True, slots=True)
class Born:
    """A child is there; `pid` is its number in the system."""

    pid: int


class Said(Enum):
    """What else the parent hears of a child over its line."""

    NOTHING = "nothing now"
    SERVES = "it serves"
    ENDED = "nobody holds the other end: it has ended, or never was"


class Closable(Protocol):
    """What the parent has open, and a child must not keep."""

    def close(self) -> None:
        """Close it in this process."""


class ParentLine:
    """A child's end of the line: it says that it was born and that it serves, and hears the parent's end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def fileno(self) -> int:
        """Give what becomes readable when the parent has ended."""
        return self._line.fileno()

    def born(self) -> None:
        """Say that this process is there, and its number in the system."""
        self._say(str(os.getpid()).encode())

    def ready(self) -> None:
        """Say that this process serves."""
        self._say(_READY)

    def has_ended(self) -> bool:
        """Hear what the parent says; say whether it has ended. The system ends this process with one that adopts it."""
        try:
            said = self._line.recv(_MOST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        if said == _ADOPTED:
            _end_with_parent()
        return not said

    def _say(self, what: bytes) -> None:
        with suppress(OSError):
            self._line.send(what)


class ChildLine:
    """The parent's end of the line."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def fileno(self) -> int:
        """Give what becomes readable when the child has said something, or has ended."""
        return self._line.fileno()

    def heard(self) -> Born | Said:
        """Take the next that the child has said; whoever was born says so first."""
        try:
            said = self._line.recv(_MOST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return Said.NOTHING
        except OSError:
            return Said.ENDED
        if not said:
            return Said.ENDED
        return Said.SERVES if said == _READY else Born(int(said))

    def adopt(self) -> None:
        """Tell a child that this process is its parent from now on."""
        with suppress(OSError):
            self._line.send(_ADOPTED, socket.MSG_DONTWAIT)

    def close(self) -> None:
        """Close it: the child ends."""
        self._line.close()


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold signals back, so that none meets a child that has still its parent's ways."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*_STOPPING, signal.SIGCHLD))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forked(work: Callable[[], int], closing: Iterable[Closable] = (), *, orphan: bool = False) -> int:
    """Fork a process that does `work` and ends with the status that it gives; give its number.

    It ends with this one, unless it is to be an `orphan`, and at SIGTERM and SIGINT, until it makes ways of its own.
    `closing` is what the parent has open and it must not keep. The caller has one thread.
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
        if not orphan:
            _end_with_parent()
            if os.getppid() != parent:
                os._exit(_FAULT)
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


def _end_with_parent() -> None:
    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        os._exit(_FAULT)


def _end(number: int, _frame: object) -> None:
    os._exit(128 + number)


def done_aside(work: Callable[[], int]) -> int:
    """Do what opens databases or keys in a process that ends with it; give its exit status."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1])
    except OSError as error:
        raise StoreUnavailable(f"no process can be begun now: {error.strerror}") from error
