"""Random octets from the system, drawn in larger pieces than they are used in.

Every call to the system for a few octets lets other threads take the interpreter; a message needs some thirty.
Give no octet twice, from whatever thread. A process that is forked begins with an empty pool, never with its parent's:
the octets are nonces, of which none may come twice under a key.
"""

import os
import threading
from weakref import WeakSet

_DRAWN = 4096


class RandomPool:
    """Octets nobody can foresee; safe for use from several threads."""

    def __init__(self) -> None:
        self.empty()
        _pools.add(self)

    def empty(self) -> None:
        """Forget what was drawn; for a new process, in which no other thread uses it yet."""
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


_pools: WeakSet[RandomPool] = WeakSet()


def _empty_all() -> None:
    for pool in list(_pools):
        pool.empty()


os.register_at_fork(after_in_child=_empty_all)
