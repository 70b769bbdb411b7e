"""Births of the processes that serve: who is to begin when, the nursery that bears them, and how far each has come.

A nursery is opened when somebody is due, and has ended before the next is opened. Nothing here ends a process that
serves: where nobody can be born now, that is said, and tried again.
"""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import structlog

from gateway.processes.child import Born, ChildLine, Closable, ParentLine, Said
from gateway.processes.nursery import Nursery, take_orphans

_log = structlog.get_logger("pli.serve")
_OTHERS_FIRST: Final = 0.1
"""Seconds after which one is looked at again that is due while others are being born."""
_NEXT_TRY: Final = 4.0
"""Seconds after which is tried again what the system, or the program on the disk, did not let begin."""


class BirthStage(Enum):
    """How far a process has come; one that has ended has none."""

    ASKED = "the nursery was told to begin it; it may never be"
    BORN = "it is there and starts; its number is known"
    SERVES = "it serves"


@dataclass(slots=True)
class Child:
    """A process that was asked for.

    Attributes:
        line: the parent's end of the line to it.
        birth: which of all births it is, from 1.
        stage: how far it has come. It is the nursery's child at each, and the parent's once that has ended.
        pid: its number in the system, once it is born.
        ready_at: since when it serves, on the clock that never goes back.
    """

    line: ChildLine
    birth: int
    stage: BirthStage = BirthStage.ASKED
    pid: int = 0
    ready_at: float = 0.0


class Births:
    """Begins processes that are due, and follows them until they serve.

    Attributes:
        children: all who were asked for and have not ended, by number.
        due: when each who is to begin is to, on the clock that never goes back.
        status: exit status of the nursery that ended last.
    """

    def __init__(
        self,
        load: Callable[[], int],
        serve: Callable[[int, ParentLine], int],
        selector: selectors.BaseSelector,
    ) -> None:
        """Prepare.

        Args:
            load: as a `Nursery` has it.
            serve: as a `Nursery` has it.
            selector: where each child's line is registered, with its number, until its end is heard.
        """
        self._load = load
        self._serve = serve
        self._selector = selector
        self._nursery: Nursery | None = None
        self._lines: dict[int, ChildLine] = {}
        self._births = 0
        self.children: dict[int, Child] = {}
        self.due = {0: 0.0}
        self.status = 0

    @property
    def nursery(self) -> int | None:
        """Give the number in the system of the nursery that there is."""
        return self._nursery.pid if self._nursery else None

    @property
    def seconds_to_next(self) -> float:
        """Give in how many seconds the next is due; infinite when nobody is."""
        return max(0.0, min(self.due.values(), default=float("inf")) - time.monotonic())

    @property
    def asked(self) -> list[int]:
        """Give those who have not said yet that they were born."""
        return [number for number, child in self.children.items() if child.stage is BirthStage.ASKED]

    def starting(self, places: int) -> list[int]:
        """Give, for each of so many places, which birth of all is under way there; 0 where none is."""
        births = {number: one.birth for number, one in self.children.items() if one.stage is not BirthStage.SERVES}
        return [births.get(number, 0) for number in range(places)]

    def begin_due(self, places: Iterable[int]) -> None:
        """Begin whoever is due. A nursery that is opened for them may be told later to bear others of `places`, too."""
        now = time.monotonic()
        due = [number for number, at in self.due.items() if at <= now]
        if due and self._nursery is None:
            self._open(sorted({*due, *places} - set(self.children)))
        for number in due:
            if self._nursery is not None and number in self._nursery.unborn:
                self._begin(number, self._nursery)
            else:
                self.due[number] = max(self.due[number], now + _OTHERS_FIRST)

    def not_begun(self, numbers: Iterable[int], errno: int | None = None) -> None:
        """Say that they could not be begun, and try again later."""
        for number in numbers:
            _log.error("serve.not_begun", process=number, errno=errno)
            self.due[number] = time.monotonic() + _NEXT_TRY

    def _open(self, numbers: Iterable[int]) -> None:
        pairs: dict[int, tuple[socket.socket, socket.socket]] = {}
        try:
            for number in numbers:
                pairs[number] = socket.socketpair(type=socket.SOCK_SEQPACKET)
            lines = {number: ChildLine(here) for number, (here, _) in pairs.items()}
            theirs = {number: there for number, (_, there) in pairs.items()}
            mine: list[Closable] = [self._selector, *lines.values(), *(one.line for one in self.children.values())]
            self._nursery = Nursery(self._load, self._serve, theirs, mine)
        except OSError as error:
            for end in (end for pair in pairs.values() for end in pair):
                end.close()
            self.not_begun([number for number in numbers if number in self.due], error.errno)
        else:
            self._lines = lines

    def _begin(self, number: int, nursery: Nursery) -> None:
        try:
            nursery.begin(number)
        except OSError as error:
            nursery.close()
            self.not_begun([number], error.errno)
            return
        del self.due[number]
        self._births += 1
        child = self.children[number] = Child(self._lines.pop(number), self._births)
        self._selector.register(child.line, selectors.EVENT_READ, number)

    def heard(self, number: int) -> BirthStage | Said:
        """Take what a child has said; give its new stage, or `Said.NOTHING`, or `Said.ENDED`."""
        child = self.children[number]
        said = child.line.heard()
        if isinstance(said, Born):
            child.stage, child.pid = BirthStage.BORN, said.pid
            if self._nursery is None:
                child.line.adopt()
        elif said is Said.SERVES:
            child.stage, child.ready_at = BirthStage.SERVES, time.monotonic()
        elif said is Said.ENDED:
            self._unregister(child)  # its end has come, or comes
            self.close()  # whose child it may be
        if self._nursery and not self._nursery.unborn and all(one.pid for one in self.children.values()):
            self.close()
        return said if said in (Said.NOTHING, Said.ENDED) else child.stage

    def end_of_nursery(self, status: int) -> None:
        """Take its end: whoever was born there is this process's child from now on."""
        self.close()
        self._nursery, self.status = None, status
        take_orphans(wanted=False)
        for line in self._lines.values():
            line.close()
        self._lines.clear()
        for child in self.children.values():
            if child.stage is not BirthStage.ASKED:
                child.line.adopt()

    def forget(self, number: int) -> Child:
        """Take a child out that has ended, or never was."""
        child = self.children.pop(number)
        self._unregister(child)
        child.line.close()
        return child

    def _unregister(self, child: Child) -> None:
        if child.line in self._selector.get_map():
            self._selector.unregister(child.line)

    def close(self) -> None:
        """Have the nursery end, once it has begun whom it was told to; whoever was born there is ours then."""
        if self._nursery is not None:
            self._nursery.close()

    def kill(self, number: int) -> None:
        """End a child at once; with one that may not be born yet, its nursery."""
        if pid := self.children[number].pid:
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
        else:
            self.kill_nursery()

    def kill_nursery(self) -> None:
        """End it at once."""
        if self._nursery is not None:
            os.kill(self._nursery.pid, signal.SIGKILL)  # as above
