"""Loaded into ``pli serve`` before it starts: one of its processes does what it never should, as `ODDITY` says."""

import asyncio
import errno
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import gateway.app
from gateway.cli import serving
from gateway.config import Settings
from gateway.processes import births, liveness, parent
from gateway.processes.child import ParentLine
from gateway.processes.nursery import Nursery
from gateway.processes.program_files import ProgramFiles
from gateway.processes.serving_place import ServingPlace
from gateway.running import Running
from gateway.store.backend.sqlite.commit_lock import CommitLock

ODDITY, WHEN = "PLI_TESTS_ODDITY", "PLI_TESTS_ODD_WHEN"
"""In the environment: which of `ODDITIES`, and the file that has it happen once it is there."""


def halts_with_the_lock() -> None:
    """Halt one process while it holds the lock of commits; it is found after two looks instead of ten."""
    take, when = CommitLock.take, Path(os.environ[WHEN])

    def halted(self: CommitLock) -> None:
        take(self)
        if when.exists():
            when.unlink()
            os.kill(os.getpid(), signal.SIGSTOP)

    setattr(CommitLock, "take", halted)  # noqa: B010 - as above
    setattr(parent, "_HELD_LOOKS", 2)  # noqa: B010 - as above


def is_halted() -> None:
    """Have whoever is halted found after three looks instead of eleven."""
    setattr(parent, "_HELD_LOOKS", 2)  # noqa: B010 - as above


def loops_for_ever() -> None:
    """Have the loop of the second process turn no more from the moment on; it is found after six looks."""
    setattr(parent, "_STILL_LOOKS", 6)  # noqa: B010 - as above
    setattr(liveness, "_WRITTEN_DOWN_AFTER", 1.5)  # noqa: B010 - as above
    serve, when = gateway.app.serve, Path(os.environ[WHEN])

    def forever(loop: asyncio.AbstractEventLoop) -> None:
        while when.exists():
            pass
        loop.call_later(0.01, forever, loop)

    @asynccontextmanager
    async def looping(settings: Settings, place: ServingPlace) -> AsyncIterator[Running]:
        async with serve(settings, place) as running:
            if place.number == 1 and not when.exists():
                forever(asyncio.get_running_loop())
            yield running

    setattr(gateway.app, "serve", looping)  # noqa: B010 - as above


def hangs_at_its_start() -> None:
    """Have the second process hang before it serves, while the file is there; it is found after four seconds."""
    setattr(parent, "_LOOK_SECONDS", 0.5)  # noqa: B010 - as above
    setattr(parent, "_START_LOOKS", 8)  # noqa: B010 - as above
    serve, when = gateway.app.serve, Path(os.environ[WHEN])

    @asynccontextmanager
    async def hanging(settings: Settings, place: ServingPlace) -> AsyncIterator[Running]:
        while place.number == 1 and when.exists():
            os.sched_yield()
        async with serve(settings, place) as running:
            yield running

    setattr(gateway.app, "serve", hanging)  # noqa: B010 - as above


def never_serves() -> None:
    """Have the second process end as soon as it serves; after two ends in a row nobody tries again, not after six."""
    setattr(parent, "_IN_A_ROW", 2)  # noqa: B010 - mypy would not have it replaced
    serve = gateway.app.serve

    @asynccontextmanager
    async def ended(settings: Settings, place: ServingPlace) -> AsyncIterator[Running]:
        async with serve(settings, place) as running:
            if place.number == 1 and Path(os.environ[WHEN]).exists():
                os.kill(os.getpid(), signal.SIGKILL)
            yield running

    setattr(gateway.app, "serve", ended)  # noqa: B010 - as above


def disk_fails() -> None:
    """Have one synchronisation of a file fail, once."""
    synchronise, when = os.fdatasync, Path(os.environ[WHEN])

    def failing(handle: int) -> None:
        if when.exists():
            when.unlink()
            raise OSError(errno.EIO, "no such sector")
        synchronise(handle)

    setattr(os, "fdatasync", failing)  # noqa: B010 - as above


def loads_no_more() -> None:
    """Have the program load no more from the moment on, as halfway through an upgrade."""
    load = serving._load

    def broken(program: ProgramFiles) -> None:
        if Path(os.environ[WHEN]).exists():
            raise ImportError("half of another version")
        load(program)

    setattr(serving, "_load", broken)  # noqa: B010 - as above


def has_other_files() -> None:
    """Have the files of the program stand where `WHEN` says, for it to be changed there; tried twice, not six times."""
    setattr(serving, "ProgramFiles", partial(ProgramFiles, Path(os.environ[WHEN])))  # noqa: B010 - as above
    setattr(parent, "_IN_A_ROW", 2)  # noqa: B010 - as above


def is_born_late() -> None:
    """Have a process say only after the moment, which is when the file is gone, that it was born."""
    born, when = ParentLine.born, Path(os.environ[WHEN])

    def late(self: ParentLine) -> None:
        while when.exists():
            os.sched_yield()
        born(self)

    setattr(ParentLine, "born", late)  # noqa: B010 - as above


def loses_a_nursery() -> None:
    """Kill a nursery at the moment, before it is told whom to bear; who is not begun is tried again at once."""
    setattr(births, "_NEXT_TRY", 0.1)  # noqa: B010 - as above
    begin, when = Nursery.begin, Path(os.environ[WHEN])

    def lost(self: Nursery, number: int) -> None:
        if when.exists():
            when.unlink()
            os.kill(self.pid, signal.SIGKILL)
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        begin(self, number)

    setattr(Nursery, "begin", lost)  # noqa: B010 - as above


_ALL = (
    halts_with_the_lock, is_halted, loops_for_ever, never_serves, loads_no_more, has_other_files, disk_fails,
    is_born_late, hangs_at_its_start, loses_a_nursery,
)  # fmt: skip
ODDITIES = {work.__name__: work for work in _ALL}
if ODDITY in os.environ:
    ODDITIES[os.environ[ODDITY]]()
