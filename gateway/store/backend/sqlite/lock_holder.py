"""Who holds a lock of the system (`flock`): for whoever waits for it in vain. Costs nothing until then."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LOCKS: Final = Path("/proc/locks")
_STOPPED: Final = frozenset("Tt")


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A process that holds a lock.

    Attributes:
        pid: its number in the system.
        is_halted: somebody has stopped it (SIGSTOP, Ctrl-Z in a terminal), so that it lets go of nothing.
    """

    pid: int
    is_halted: bool

    @property
    def advice(self) -> str:
        """Say what to do about it."""
        if self.is_halted:
            return f"it was halted: let it go on (kill -CONT {self.pid}), or end it (kill -KILL {self.pid})"
        return "wait until it has finished, or end it"


def holder_of(file: int) -> LockHolder | None:
    """Give who holds the lock of an open file (proc_locks(5)); None when nobody does, or it is not told here."""
    status = os.fstat(file)
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    try:
        lines = [line.split() for line in _LOCKS.read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return None
    for words in lines:
        # A line of somebody who waits has an arrow before its kind.
        if len(words) > 5 and words[1] == "FLOCK" and words[5] == f"{device}:{status.st_ino}" and int(words[4]) > 0:
            pid = int(words[4])
            return LockHolder(pid, _state(pid) in _STOPPED)
    return None


def _state(pid: int) -> str:
    try:
        # The name of the program stands before it in brackets, and may have any signs.
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1].decode("ascii", "replace")
    except OSError:
        return ""
