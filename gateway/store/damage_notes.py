"""Notes what does not open when somebody reads it: a line in the log, and one in a file that ``pli doctor`` reads.

The reader gets a stand-in and goes on. One thing is noted once in the life of a process.
"""

import threading
from contextlib import suppress
from pathlib import Path

import structlog

from gateway.domain.mailbox import VaultId

FILE = "damaged"
_log = structlog.get_logger("pli.store")
_NOTED = 10_000
"""Things that one process notes at most: beyond them, nobody needs to be told that something is wrong."""


class DamageNotes:
    """Writes to one file; safe for use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._noted: set[tuple[VaultId, str, int]] = set()

    def note(self, vault: VaultId, what: str, number: int) -> None:
        """Tell of one thing, unless it was told."""
        place = (vault, what, number)
        with self._lock:
            if place in self._noted or len(self._noted) >= _NOTED:
                return
            self._noted.add(place)
        _log.error("store.damaged", vault=f"{vault:x}", what=what, number=f"{number:x}")
        # A disk that is full as well must not cost the reader the rest of the page.
        with suppress(OSError), self._path.open("a", encoding="ascii") as file:
            file.write(f"{what} {number:x} {vault:x}\n")
