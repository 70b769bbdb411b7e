"""One writer among all processes of a database file: a lock of the system, taken before each transaction that writes.

SQLite makes whoever finds another writer sleep and try again, so that under load somebody waits for a second. The
system wakes who waits as soon as the lock is free. Each process opens the file for itself: what a fork inherits is the
same lock. The end of a process lets go of it.
"""

import ctypes
import errno
import fcntl
import os
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from gateway.domain.errors import StoreUnavailable
from gateway.store.backend.sqlite.lock_holder import holder_of

_FILE: Final = "commit.lock"
_NUDGE: Final = signal.SIGURG
"""Ends a wait in the system that has lasted too long; the system ignores it where nobody listens to it."""
_NUDGE_SECONDS: Final = 0.1
_system = ctypes.CDLL(None, use_errno=True)


class CommitLockHeld(StoreUnavailable):
    """Another process has held the lock for longer than anybody waits.

    Attributes:
        pid: of the process, 0 when the system does not tell.
        is_halted: somebody has stopped it.
    """

    def __init__(self, file: int) -> None:
        holder = holder_of(file)
        self.pid, self.is_halted = (holder.pid, holder.is_halted) if holder else (0, False)
        who = f"process {self.pid}" if holder else "another process"
        advice = f": {holder.advice}" if holder else ""
        super().__init__(f"{who} has been writing to the database for too long{advice}")


class CommitNotes(Protocol):
    """Told of each turn of this process, for whoever looks after the processes."""

    def taken(self, waited_seconds: float) -> None:
        """Note that the lock is held now."""

    def left(self) -> None:
        """Note that it is not any more."""


class NoNotes:
    """Notes of a process that nobody looks after."""

    def taken(self, waited_seconds: float) -> None:
        """Keep nothing."""

    def left(self) -> None:
        """Keep nothing."""


NO_NOTES: Final = NoNotes()


class CommitLock:
    """The lock of one process; taken and left by one thread, looked after by another."""

    def __init__(self, database: Path, patience: timedelta, notes: CommitNotes = NO_NOTES) -> None:
        """Open the file beside the database. Raises `OSError` when the folder does not allow it."""
        self._notes = notes
        self._patience = patience.total_seconds()
        self._file = os.open(database.with_name(_FILE), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._state = threading.Lock()
        self._waiting: tuple[int, float] | None = None
        # Only there can it be done; elsewhere a wait lasts until the lock is free.
        if threading.current_thread() is threading.main_thread():
            signal.signal(_NUDGE, _nothing)

    def take(self) -> None:
        """Wait until no other process writes. Raises `CommitLockHeld` when that takes too long."""
        began = time.perf_counter()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(began + self._patience)
        self._notes.taken(time.perf_counter() - began)

    def is_elsewhere(self) -> bool:
        """Say whether another process writes now."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return False

    def leave(self) -> None:
        """Let the next process write."""
        self._notes.left()
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def nudge(self) -> None:
        """End a wait that has lasted too long; to be called again and again, for it may come a moment too early."""
        with self._state:
            if self._waiting is not None and time.perf_counter() >= self._waiting[1]:
                signal.pthread_kill(self._waiting[0], _NUDGE)

    def close(self) -> None:
        """Let go of it for good."""
        os.close(self._file)

    def _wait(self, until: float) -> None:
        with self._state:
            self._waiting = threading.get_ident(), until
        try:
            # Not by `fcntl.flock`, which waits again after a signal.
            while _system.flock(self._file, fcntl.LOCK_EX):
                if ctypes.get_errno() != errno.EINTR:
                    raise StoreUnavailable("the lock of the database cannot be taken")
                if time.perf_counter() >= until:
                    raise CommitLockHeld(self._file)
        finally:
            with self._state:
                self._waiting = None


def require_commits(database: Path, patience: timedelta) -> None:
    """Look whether somebody can write now; to be called by the first thread.

    Raises:
        CommitLockHeld: another process holds the lock for so long.
        OSError: the file cannot be opened.
    """
    lock, done = CommitLock(database, patience), threading.Event()

    def nudge() -> None:
        while not done.wait(_NUDGE_SECONDS):
            lock.nudge()

    nudging = threading.Thread(target=nudge, name="pli-nudge")
    nudging.start()
    try:
        lock.take()
        lock.leave()
    finally:
        done.set()
        nudging.join()
        lock.close()


def _nothing(_number: int, _frame: object) -> None:
    """Do nothing: the wait has ended."""
