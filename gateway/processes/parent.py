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
from typing import Final, Protocol

import structlog

from gateway.domain.errors import ServingFailed
from gateway.processes.births import Births, BirthStage, Child
from gateway.processes.child import ParentLine, Said
from gateway.processes.commit_watch import turns_held
from gateway.processes.ends import news_of_child, signals_heard
from gateway.processes.liveness import HaltedWatch, StillWatch
from gateway.processes.nursery import NOT_BEGUN
from gateway.processes.serving_place import ServingPlace
from gateway.shared_memory import Total

_log = structlog.get_logger("pli.serve")
_LOOK_SECONDS: Final = 1.0
_HELD_LOOKS: Final = 10
"""Looks, a second apart, after which a process is ended that holds the lock of commits, or that somebody halted."""
_STILL_LOOKS: Final = 30
"""Looks after which a process is ended whose loop has not turned."""
_START_LOOKS: Final = 120
"""Looks after which a process is ended that was begun and does not serve."""
_WELL_SECONDS: Final = 2.0
"""Whoever has served for so long has begun well."""
_IN_A_ROW: Final = 6
"""So often in a row may one process begin badly before nobody tries again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 4.0
_DRAIN_SECONDS: Final = 45.0
"""How long the children may take to finish what is under way."""
_TOLD_TO_END: Final = frozenset(
    status for number in (signal.SIGTERM, signal.SIGINT) for status in (128 + number, -number)
)
"""How a child ends that was told to before it had ways of its own; a terminal tells it itself."""
_KILLED: Final = 1
"""Exit status when a child had to be killed, or was."""


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
        self._telling = telling
        self._selector = selectors.DefaultSelector()
        self._births = Births(load, lambda number, parent: serve(place.of(number), parent), self._selector)
        self._children = self._births.children
        self._bad_starts = [0] * place.count
        self._held = StillWatch(lambda: turns_held(place.memory), _HELD_LOOKS)
        self._halted = HaltedWatch(_HELD_LOOKS)
        self._still = StillWatch(place.memory.total(Total.BEATS).of_all, _STILL_LOOKS)
        self._starting = StillWatch(lambda: self._births.starting(place.count), _START_LOOKS)
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
            while self._children or self._births.due or self._births.nursery:
                self._births.begin_due(() if self._served_once else range(self._place.count))
                self._wait(signals)
                self._reap(signals)
                if time.monotonic() >= look_at:
                    look_at = time.monotonic() + _LOOK_SECONDS
                    self._look()
        self._selector.close()
        if self._failed is not None:
            raise self._failed
        return self._status

    # ------------------------------------------------------------ children

    def _wait(self, signals: socket.socket) -> None:
        for key, _ in self._selector.select(min(_LOOK_SECONDS, self._births.seconds_to_next)):
            if key.fileobj is signals:
                self._take(signals)
            else:
                self._heard(key.data)

    def _take(self, signals: socket.socket) -> None:
        with suppress(BlockingIOError):
            if {signal.SIGTERM, signal.SIGINT} & set(signals.recv(64)):
                self._stop()

    def _heard(self, number: int) -> None:
        said = self._births.heard(number)
        if said is BirthStage.SERVES:
            if not self._served_once and number == 0:
                # The others begin once the first serves: what keeps all of them from serving is said once.
                self._births.due.update(dict.fromkeys(range(1, self._place.count), 0.0))
            if self._served_once:
                _log.info("serve.process_begun", process=number)
            self._tell()
        elif said is BirthStage.BORN and self._stop_by is not None:
            self._send(signal.SIGTERM, [number])
        elif said is Said.ENDED and self._births.nursery is None and self._children[number].stage is BirthStage.ASKED:
            self._never_born(number)

    def _reap(self, signals: socket.socket) -> None:
        news = list(iter(news_of_child, None))
        self._take(signals)  # whoever ended because all were told to: this process was, too, and stops
        for pid, how in news:
            if not self._halted.has_ended(pid, how):
                continue
            status = os.waitstatus_to_exitcode(how)
            if has_borne := pid == self._births.nursery:
                self._births.end_of_nursery(status)
            for number in self._births.asked:
                self._heard(number)  # whoever was born has said so before it ended, and before its nursery did
            if has_borne:
                self._tell()
            for number in [number for number, child in self._children.items() if child.pid == pid]:
                self._ended(number, status)

    def _tell(self) -> None:
        are_all = self._births.nursery is None and len(self._children) == self._place.count
        if are_all and all(one.stage is BirthStage.SERVES for one in self._children.values()):
            self._served_once = True
            self._telling.all_serve([self._children[place].pid for place in sorted(self._children)])

    def _forget(self, number: int) -> Child:
        self._place.forget(number)
        return self._births.forget(number)

    def _never_born(self, number: int) -> None:
        some_serve = any(one.stage is BirthStage.SERVES for one in self._children.values())
        if self._stop_by is not None:
            self._forget(number)
        elif self._births.status == NOT_BEGUN or some_serve:
            # Whatever is on the disk now, or the system lacks: those that serve go on.
            self._forget(number)
            self._births.not_begun([number])
        else:
            self._ended(number, self._births.status or _KILLED)

    def _ended(self, number: int, status: int) -> None:
        child = self._forget(number)
        if self._stop_by is not None or not self._served_once:
            was_told = self._stop_by is not None and status in _TOLD_TO_END
            self._status = self._status or (0 if was_told else status if status >= 0 else _KILLED)
            self._stop()
            return
        _log.error("serve.process_ended", process=number, status=status)
        self._begin_again(number, child, status)

    def _begin_again(self, number: int, child: Child, status: int) -> None:
        now = time.monotonic()
        if child.stage is BirthStage.SERVES and now - child.ready_at >= _WELL_SECONDS:
            self._bad_starts[number] = 0
        self._bad_starts[number] += 1
        if self._bad_starts[number] > _IN_A_ROW:
            self._failed = ServingFailed(
                f"process {number} of this gateway ended {_IN_A_ROW} times in a row before it had served for "
                f"{_WELL_SECONDS:g} seconds (last status {status}): read its lines in the log, above, then start again"
            )
            self._stop()
            return
        self._births.due[number] = now + min(_FIRST_PAUSE * 2 ** (self._bad_starts[number] - 1), _LONGEST_PAUSE)

    # ------------------------------------------------------------ end

    def _stop(self) -> None:
        """Tell every child to end; those that take too long are killed."""
        if self._stop_by is not None:
            return
        self._stop_by = time.monotonic() + _DRAIN_SECONDS
        self._births.due.clear()
        self._births.close()
        self._place.close()
        self._send(signal.SIGTERM, self._children)
        if self._served_once:
            self._telling.all_end()

    def _look(self) -> None:
        for number in filter(self._children.__contains__, self._held.look()):
            _log.error("serve.lock_held", process=number)
            self._births.kill(number)
        for number in filter(self._children.__contains__, {*self._still.look(), *self._starting.look()}):
            _log.error("serve.process_hung", process=number)
            self._births.kill(number)
        for pid in self._halted.look():
            numbers = [number for number, child in self._children.items() if child.pid == pid]
            _log.error("serve.process_halted", pid=pid, process=next(iter(numbers), None))
            os.kill(pid, signal.SIGKILL)  # its clients and its steps wait; it goes on by itself never
        if self._stop_by is not None and time.monotonic() >= self._stop_by:
            _log.error("serve.drain_cut", processes=len(self._children))
            self._send(signal.SIGKILL, self._children)
            self._births.kill_nursery()

    def _send(self, what: signal.Signals, numbers: Iterable[int]) -> None:
        for number in numbers:
            if pid := self._children[number].pid:
                os.kill(pid, what)  # not reaped yet, so the number is still its own
