"""The parent of the processes that serve: begins them, begins those again that end, ends all of them together.

It serves nothing: it has no key, no database, no thread and no loop. What it has loaded its children have as well, in
the same memory. When it ends, however it comes, the system ends them.
"""

import gc
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from gateway.domain.errors import ServingFailed
from gateway.processes.child import Closable, ParentLine, forked, said_ready
from gateway.processes.commit_watch import HolderWatch
from gateway.processes.serving_place import ServingPlace

_log = structlog.get_logger("pli.serve")
_LOOK_SECONDS: Final = 1.0
_HELD_LOOKS: Final = 10
"""Looks, a second apart, after which a process that holds the lock of commits is ended."""
_WELL_SECONDS: Final = 2.0
"""Whoever has served for so long has begun well."""
_IN_A_ROW: Final = 6
"""So often in a row may one process begin badly before nobody tries again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 4.0
_DRAIN_SECONDS: Final = 45.0
"""How long the children may take to finish what is under way."""
_KILLED: Final = 1
"""Exit status when a child had to be killed, or was."""


@dataclass(slots=True)
class _Child:
    """A process that was begun; `line` is the parent's end of the line to it."""

    pid: int
    line: socket.socket
    ready_at: float | None = None


class ParentTelling(Protocol):
    """Tells the world what has become of the processes."""

    def all_serve(self, processes: Sequence[int]) -> None:
        """Say that all serve, now or again, and give their numbers in the system."""

    def all_end(self) -> None:
        """Say that they were told to end."""


class Parent:
    """Looks after the processes of one gateway, on one thread."""

    def __init__(
        self,
        place: ServingPlace,
        serve: Callable[[ServingPlace, ParentLine], int],
        telling: ParentTelling,
    ) -> None:
        """Prepare.

        Args:
            place: of the first; all others' are made of it.
            serve: what a child does, from its beginning to its end; gives its exit status.
            telling: tells the world.
        """
        self._place = place
        self._serve = serve
        self._telling = telling
        self._children: dict[int, _Child] = {}
        self._due = {0: 0.0}
        self._bad_starts = [0] * place.count
        self._watch = HolderWatch(place.commits, _HELD_LOOKS)
        self._selector = selectors.DefaultSelector()
        self._served_once = False
        self._failed: ServingFailed | None = None
        self._stop_by: float | None = None
        self._status = 0

    def run(self) -> int:
        """Have all of them serve until SIGTERM or SIGINT, then wait for their end; give the exit status.

        A process that ends before all have served once ends them all, with its status.

        Raises:
            ServingFailed: one of them ended again and again.
        """
        gc.collect()
        gc.freeze()
        with _signals() as signals:
            self._selector.register(signals, selectors.EVENT_READ)
            look_at = time.monotonic() + _LOOK_SECONDS
            while self._children or self._due:
                self._begin_due()
                self._wait(signals)
                self._reap()
                if time.monotonic() >= look_at:
                    look_at = time.monotonic() + _LOOK_SECONDS
                    self._look()
        self._selector.close()
        if self._failed is not None:
            raise self._failed
        return self._status

    # ------------------------------------------------------------ children

    def _begin_due(self) -> None:
        now = time.monotonic()
        for number in [number for number, at in self._due.items() if at <= now]:
            del self._due[number]
            self._begin(number)

    def _begin(self, number: int) -> None:
        here, there = socket.socketpair()
        place = self._place.of(number)
        mine: list[Closable] = [self._selector, here, *(child.line for child in self._children.values())]
        try:
            pid = forked(lambda: self._serve(place, ParentLine(there)), mine)
        except OSError as error:
            _log.error("serve.not_begun", process=number, errno=error.errno)
            here.close()
            self._due[number] = time.monotonic() + _LONGEST_PAUSE
        else:
            self._children[number] = _Child(pid, here)
            self._selector.register(here, selectors.EVENT_READ, number)
        there.close()

    def _wait(self, signals: socket.socket) -> None:
        pause = min([_LOOK_SECONDS, *(max(0.0, at - time.monotonic()) for at in self._due.values())])
        for key, _ in self._selector.select(pause):
            if key.fileobj is signals:
                if {signal.SIGTERM, signal.SIGINT} & set(signals.recv(64)):
                    self._stop()
            else:
                self._heard(key.data)

    def _heard(self, number: int) -> None:
        child = self._children[number]
        if not said_ready(child.line):
            self._selector.unregister(child.line)  # its end has come, or comes
            return
        child.ready_at = time.monotonic()
        if not self._served_once and number == 0:
            # The others begin once the first serves: what keeps all of them from serving is said once.
            self._due.update(dict.fromkeys(range(1, self._place.count), 0.0))
        if len(self._children) == self._place.count and all(one.ready_at for one in self._children.values()):
            self._served_once = True
            self._telling.all_serve([self._children[place].pid for place in sorted(self._children)])

    def _reap(self) -> None:
        for number, child in list(self._children.items()):
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._ended(number, child, os.waitstatus_to_exitcode(status))

    def _ended(self, number: int, child: _Child, status: int) -> None:
        del self._children[number]
        with suppress(KeyError):
            self._selector.unregister(child.line)
        child.line.close()
        self._place.forget(number)
        if self._stop_by is not None or not self._served_once:
            self._status = self._status or (status if status >= 0 else _KILLED)
            self._stop()
            return
        _log.error("serve.process_ended", process=number, status=status)
        self._begin_again(number, child, status)

    def _begin_again(self, number: int, child: _Child, status: int) -> None:
        now = time.monotonic()
        if child.ready_at is not None and now - child.ready_at >= _WELL_SECONDS:
            self._bad_starts[number] = 0
        self._bad_starts[number] += 1
        if self._bad_starts[number] > _IN_A_ROW:
            self._failed = ServingFailed(
                f"process {number} of this gateway ended {_IN_A_ROW} times in a row before it had served for "
                f"{_WELL_SECONDS:g} seconds (last status {status}): read its lines in the log, above, then start again"
            )
            self._stop()
            return
        self._due[number] = now + min(_FIRST_PAUSE * 2 ** (self._bad_starts[number] - 1), _LONGEST_PAUSE)

    # ------------------------------------------------------------ end

    def _stop(self) -> None:
        """Tell every child to end; those that take too long are killed."""
        if self._stop_by is not None:
            return
        self._stop_by = time.monotonic() + _DRAIN_SECONDS
        self._due.clear()
        self._place.close()
        if self._served_once:
            self._telling.all_end()
        self._send(signal.SIGTERM, self._children)

    def _look(self) -> None:
        for number in self._watch.look():
            if number in self._children:
                _log.error("serve.lock_held", process=number)
                self._send(signal.SIGKILL, [number])
        if self._stop_by is not None and time.monotonic() >= self._stop_by:
            _log.error("serve.drain_cut", processes=len(self._children))
            self._send(signal.SIGKILL, self._children)

    def _send(self, what: signal.Signals, numbers: Iterable[int]) -> None:
        for number in numbers:
            os.kill(self._children[number].pid, what)  # not reaped yet, so the number is still its own


@contextmanager
def _signals() -> Iterator[socket.socket]:
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
