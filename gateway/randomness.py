"""Random octets from the system, drawn in larger pieces than they are used in.

Every call to the system for a few octets lets other threads take the interpreter; a message needs some thirty.
Give no octet twice, from whatever thread; a process that forks must not go on with its parent's pool, and none
here forks.
"""

import os
import threading

_DRAWN = 4096


class RandomPool:
    """Octets nobody can foresee; safe for use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn = b""
        self._at = 0

    def octets(self, count: int) -> bytes:
        """Give `count` random octets, at most 4,096."""
        with self._lock:
            start, end = self._at, self._at + count
            if end > len(self._drawn):
                self._drawn = os.urandom(_DRAWN)
                start, end = 0, count
            self._at = end
            return self._drawn[start:end]
