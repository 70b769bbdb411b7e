"""Where processes that serve are born: a process that loads the program, forks whoever it is told to, and ends.

They share what it has loaded. Then it ends: a parent that had loaded it and stayed would keep a copy of each page that
they write to. The system makes them children of the gateway's parent, which takes whoever has lost theirs.
"""

import ctypes
import gc
import socket
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from gateway.processes.child import Closable, ParentLine, forked

NOT_BEGUN: Final = 64
"""Exit status when the system gave no process."""
_PR_SET_CHILD_SUBREAPER: Final = 36


class Nursery:
    """One nursery as the parent sees it.

    Attributes:
        pid: its number in the system.
        unborn: numbers of those that it may still be told to begin.
    """

    def __init__(
        self,
        load: Callable[[], int],
        serve: Callable[[int, ParentLine], int],
        lines: Mapping[int, socket.socket],
        closing: Iterable[Closable],
    ) -> None:
        """Begin it.

        Args:
            load: loads what all of them share; gives an exit status, 0 when they may begin.
            serve: what a child does, by its number, from its beginning to its end; gives its exit status.
            lines: each child's end of its line to the parent; closed here.
            closing: what the parent has open and none of them may keep.

        Raises:
            OSError: the system gives no process or no line now.
        """
        self._line, orders = socket.socketpair(type=socket.SOCK_SEQPACKET)
        self.unborn = set(lines)
        take_orphans(True)
        try:
            self.pid = forked(lambda: _nurse(orders, dict(lines), load, serve), (*closing, self._line))
        except OSError:
            self.close()
            raise
        finally:
            for kept in (orders, *lines.values()):
                kept.close()

    def begin(self, number: int) -> None:
        """Have it begin one of the unborn, once it has loaded.

        Raises:
            OSError: it has ended.
        """
        self.unborn.discard(number)
        self._line.send(bytes([number]))

    def close(self) -> None:
        """Have it end, once it has begun whom it was told to; whoever was born there is the caller's child then."""
        self.unborn.clear()
        self._line.close()


def take_orphans(wanted: bool) -> None:
    """Have the system give children to this process whose own parent has ended; or no more."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _nurse(
    orders: socket.socket,
    lines: dict[int, socket.socket],
    load: Callable[[], int],
    serve: Callable[[int, ParentLine], int],
) -> int:
    if status := load():
        return status
    gc.collect()
    gc.freeze()
    while order := orders.recv(1):
        number, line = order[0], lines.pop(order[0])
        try:
            forked(partial(_born, number, ParentLine(line), serve), (orders, *lines.values()), orphan=True)
        except OSError:
            return NOT_BEGUN
        line.close()
    return 0


def _born(number: int, parent: ParentLine, serve: Callable[[int, ParentLine], int]) -> int:
    parent.born()
    return serve(number, parent)
