"""The parent of the processes that serve: begins them, begins those again that end, ends all of them together.

It serves nothing: it has no key, no database, no thread and no loop, and has not loaded what serves. They are born in
a `Nursery`, and are its own once that has ended. When it ends, however it comes, the system ends them.
"""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from gateway.domain.errors import ServingFailed
from gateway.processes.child import ChildLine, Closable, ParentLine
from gateway.processes.commit_watch import turns_held
from gateway.processes.ends import news_of_child, signals_heard
from gateway.processes.liveness import HaltedWatch, StillWatch
from gateway.processes.nursery import NOT_BEGUN, Nursery, take_orphans
from gateway.processes.serving_place import ServingPlace
from gateway.shared_memory import Total

_log = structlog.get_logger("pli.serve")
_LOOK_SECONDS: Final = 1.0
_HELD_LOOKS: Final = 10
"""Looks, a second apart, after which a process is ended that holds the lock of commits, or that somebody halted."""
_STILL_LOOKS: Final = 30
"""Looks after which a process is ended whose loop has not turned."""
_WELL_SECONDS: Final = 2.0
"""Whoever has served for so long has begun well."""
_OTHERS_FIRST: Final = 0.1
"""Seconds after which one is looked at again that is due while others are being born."""
_IN_A_ROW: Final = 6
"""So often in a row may one process begin badly before nobody tries again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 4.0
_DRAIN_SECONDS: Final = 45.0
"""How long the children may take to finish what is under way."""
_TOLD_TO_END: Final = 128 + signal.SIGTERM
"""Exit status of a child that was told to end before it served."""
_KILLED: Final = 1
"""Exit status when a child had to be killed, or was."""


@dataclass(slots=True)
class _Child:
    """A process that was begun; `pid` is 0 until it has said that it was born."""

    line: ChildLine
    pid: int = 0
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
        load: Callable[[], int],
        serve: Callable[[ServingPlace, ParentLine], int],
        telling: ParentTelling,
    ) -> None:
        """Prepare.

        Args:
            place: of the first; all others' are made of it.
            load: loads what all of them share; gives an exit status, 0 when they may begin.
            serve: what a child does, from its beginning to its end; gives its exit status.
            telling: tells the world.
        """
        self._place = place
        self._load = load
        self._serve = serve
        self._telling = telling
        self._nursery: Nursery | None = None
        self._lines: dict[int, ChildLine] = {}
        self._children: dict[int, _Child] = {}
        self._due = {0: 0.0}
        self._bad_starts = [0] * place.count
        self._held = StillWatch(lambda: turns_held(place.memory), _HELD_LOOKS)
        self._halted = HaltedWatch(_HELD_LOOKS)
        self._still = StillWatch(place.memory.total(Total.BEATS).of_all, _STILL_LOOKS)
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
        with signals_heard() as signals:
            self._selector.register(signals, selectors.EVENT_READ)
            look_at = time.monotonic() + _LOOK_SECONDS
            while self._children or self._due or self._nursery:
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
        due = [number for number, at in self._due.items() if at <= now]
        if due and self._nursery is None:
            all_of_them = range(self._place.count)
            self._open_nursery(due if self._served_once else [one for one in all_of_them if one not in self._children])
        for number in due:
            if self._nursery is None or number not in self._nursery.unborn:
                self._due[number] = max(self._due[number], now + _OTHERS_FIRST)
                continue
            del self._due[number]
            child = self._children[number] = _Child(self._lines.pop(number))
            self._selector.register(child.line, selectors.EVENT_READ, number)
            self._nursery.begin(number)

    def _open_nursery(self, numbers: Iterable[int]) -> None:
        pairs = {number: socket.socketpair(type=socket.SOCK_SEQPACKET) for number in numbers}
        self._lines = {number: ChildLine(here) for number, (here, _) in pairs.items()}
        mine: list[Closable] = [self._selector, *self._lines.values(), *(one.line for one in self._children.values())]
        lines = {number: there for number, (_, there) in pairs.items()}
        try:
            self._nursery = Nursery(self._load, self._served_by, lines, mine)
        except OSError as error:
            for line in self._lines.values():
                line.close()
            self._lines.clear()
            self._not_begun([number for number in numbers if number in self._due], error.errno)

    def _served_by(self, number: int, parent: ParentLine) -> int:
        return self._serve(self._place.of(number), parent)

    def _not_begun(self, numbers: Iterable[int], errno: int | None = None) -> None:
        for number in numbers:
            _log.error("serve.not_begun", process=number, errno=errno)
            self._due[number] = time.monotonic() + _LONGEST_PAUSE

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
        said = child.line.heard()
        if said is None:
            self._selector.unregister(child.line)  # its end has come, or comes
            self._close_nursery()  # whose child it may be
        elif said is True:
            self._is_ready(number, child)
        else:
            child.pid = said
            if self._stop_by is not None:
                self._send(signal.SIGTERM, [number])
        if self._nursery and not self._nursery.unborn and all(one.pid for one in self._children.values()):
            self._close_nursery()

    def _is_ready(self, number: int, child: _Child) -> None:
        child.ready_at = time.monotonic()
        if not self._served_once and number == 0:
            # The others begin once the first serves: what keeps all of them from serving is said once.
            self._due.update(dict.fromkeys(range(1, self._place.count), 0.0))
        self._tell()

    def _close_nursery(self) -> None:
        """Have it end; whoever was born there is ours then."""
        if self._nursery is not None:
            self._nursery.close()

    def _reap(self) -> None:
        while (found := news_of_child()) is not None:
            pid, status = found
            if not self._halted.has_ended(pid, status):
                continue
            status = os.waitstatus_to_exitcode(status)
            if self._nursery is not None and pid == self._nursery.pid:
                self._nursery_ended(status)
            for number in [number for number, child in self._children.items() if child.pid == pid]:
                self._ended(number, self._children[number], status)

    def _nursery_ended(self, status: int) -> None:
        self._close_nursery()
        self._nursery = None
        take_orphans(wanted=False)
        for line in self._lines.values():
            line.close()
        self._lines.clear()
        some_serve = any(one.ready_at for one in self._children.values())  # and go on, whatever is on the disk now
        for number, child in list(self._children.items()):
            if child.pid:
                child.line.adopt()
            elif self._stop_by is None and (status == NOT_BEGUN or some_serve):
                self._forget(number, child)
                self._not_begun([number])
            else:
                self._ended(number, child, status)
        self._tell()

    def _tell(self) -> None:
        are_all = self._nursery is None and len(self._children) == self._place.count
        if are_all and all(one.ready_at for one in self._children.values()):
            self._served_once = True
            self._telling.all_serve([self._children[place].pid for place in sorted(self._children)])

    def _forget(self, number: int, child: _Child) -> None:
        del self._children[number]
        with suppress(KeyError):
            self._selector.unregister(child.line)
        child.line.close()
        self._place.forget(number)

    def _ended(self, number: int, child: _Child, status: int) -> None:
        self._forget(number, child)
        if self._stop_by is not None or not self._served_once:
            was_told = self._served_once and child.ready_at is None and status == _TOLD_TO_END
            self._status = self._status or (0 if was_told else status if status >= 0 else _KILLED)
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
        self._close_nursery()
        self._place.close()
        self._send(signal.SIGTERM, self._children)
        if self._served_once:
            self._telling.all_end()

    def _look(self) -> None:
        for number in filter(self._children.__contains__, self._held.look()):
            _log.error("serve.lock_held", process=number)
            self._send(signal.SIGKILL, [number])
        for number in filter(self._children.__contains__, self._still.look()):
            _log.error("serve.process_hung", process=number)
            self._send(signal.SIGKILL, [number])
        for pid in self._halted.look():
            _log.error("serve.process_halted", pid=pid)
            os.kill(pid, signal.SIGKILL)  # its clients and its steps wait; it goes on by itself never
        if self._stop_by is not None and time.monotonic() >= self._stop_by:
            _log.error("serve.drain_cut", processes=len(self._children))
            self._send(signal.SIGKILL, self._children)
            if self._nursery is not None:
                os.kill(self._nursery.pid, signal.SIGKILL)

    def _send(self, what: signal.Signals, numbers: Iterable[int]) -> None:
        for number in numbers:
            if pid := self._children[number].pid:
                os.kill(pid, what)  # not reaped yet, so the number is still its own
