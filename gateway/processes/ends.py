"""What the parent hears from the system: signals that tell it to end, and children that have ended or were halted."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager


def news_of_child() -> tuple[int, int] | None:
    """Give the number of a child that has ended, was halted or goes on, and the system's status of it, or None."""
    try:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None


@contextmanager
def signals_heard() -> Iterator[socket.socket]:
    """Give what becomes readable when a signal comes, and has its number as an octet."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, _heard_elsewhere)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(-1)
        reading.close()
        writing.close()


def _heard_elsewhere(_number: int, _frame: object) -> None:
    """Do nothing: the number is read from the socket."""
