"""Worker processes kept ready, and the asynchronous call that has one of them do a job of octets.

Each worker does one job at a time; a job that fails costs its worker, and the next job gets a new one. What a job
is, its frames say (`frames` for documents); nothing of it is known here.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

from dossier_bridge.sandbox.octets import LENGTHS
from dossier_bridge.sandbox.places import PlaceSettings, SenderPlaces
from gateway.domain.errors import LimitExceeded, MalformedContent, ReaderFailed, ReaderSlow, ReaderSpent
from gateway.processor_cores import given_cores

_T = TypeVar("_T")
_LONG_HEAD = 64 * 1024
"""A longer answer is decoded off the event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """Who may have how many workers, and what each job may use.

    Attributes:
        frames, entry: names of the functions that are the job, see `worker_main`.
        cpu_limit: a job that goes past it would do so again.
        wall_limit: a job may also go past it because the machine is busy.
        niceness: 0 for the priority of the server, 19 for the least.
    """

    places: PlaceSettings
    frames: str
    entry: str
    max_memory_bytes: int = 512 * 1024 * 1024
    cpu_limit: timedelta = timedelta(seconds=10)
    wall_limit: timedelta = timedelta(seconds=30)
    niceness: int = 0
    max_bytes: int = 64 * 1024 * 1024
    max_outcome_bytes: int = 192 * 1024 * 1024
    max_head_bytes: int = 16 * 1024 * 1024


@dataclass(slots=True, eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    link: socket.socket = field(repr=False)

    async def stop(self) -> None:
        """Kill the process and wait until it is gone; whoever reads from it sees the link end."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
        async with asyncio.timeout(5):
            await self.process.wait()

    async def used_its_time(self) -> bool:
        """Say whether a worker that closed its link was ended by the limit of processor time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                return await self.process.wait() == -signal.SIGXCPU
        return False


class ProcessPool:
    """Worker processes of one kind, started as they are needed: ``async with ProcessPool(settings) as pool``."""

    def __init__(self, settings: ProcessSettings) -> None:
        self._settings = settings
        self._places = SenderPlaces(settings.places)
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._is_closed = False

    async def __aenter__(self) -> Self:
        """Open the pool; nothing is started yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every worker at once; a job under way fails."""
        self._is_closed = True
        for worker in [*self._busy, *self._idle]:
            await worker.stop()
        for worker in self._idle:
            worker.link.close()

    async def exchange(
        self, request: Sequence[bytes], decode: Callable[[memoryview, memoryview], _T], sender: str = ""
    ) -> _T:
        """Have a worker do a job, and give its answer.

        Args:
            request: the buffers of a frame.
            decode: makes the answer of head and body; raises `MalformedContent` when they are none.
            sender: whose job it is; nobody holds all places. Empty for nobody's.

        Raises `LimitExceeded` for more bytes than a job may have, `ReaderBusy` or `SenderBusy` when it may not wait,
        `ReaderSpent` past the limit of processor time, `ReaderSlow` past that of time, `ReaderFailed` when the
        worker crashed, ran out of memory or answered nonsense.
        """
        if sum(map(len, request)) > self._settings.max_bytes:
            raise LimitExceeded("attachments are larger than a reader may be given")
        async with self._places.of(sender), self._worker() as worker:
            try:
                async with asyncio.timeout(self._settings.wall_limit.total_seconds()):
                    head, body = await self._talk(worker.link, request)
                if len(head) > _LONG_HEAD:
                    return await asyncio.to_thread(decode, head, body)
                return decode(head, body)
            except TimeoutError as error:
                raise ReaderSlow("the reader took too long") from error
            except MalformedContent as error:
                raise ReaderFailed("the reader's answer makes no sense") from error
            except (OSError, EOFError) as error:
                if await worker.used_its_time():
                    raise ReaderSpent("the reader used all its processor time") from error
                raise ReaderFailed("the reader stopped: a crash, or a limit of memory") from error

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """Lend a worker, started if need be; one whose job did not end well is stopped."""
        worker = self._idle.pop() if self._idle else await self._start()
        self._busy.append(worker)
        try:
            if self._is_closed:
                raise ReaderFailed("the readers are being stopped")
            yield worker
        except BaseException:
            # Also when the job is cancelled: half an answer may still come through the link.
            worker.link.close()
            await worker.stop()
            raise
        else:
            self._idle.append(worker)
        finally:
            self._busy.remove(worker)

    async def _talk(self, link: socket.socket, request: Sequence[bytes]) -> tuple[memoryview, memoryview]:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(link, b"".join(request))
        head_length, body_length = LENGTHS.unpack(await self._received(link, LENGTHS.size))
        settings = self._settings
        if head_length > settings.max_head_bytes or head_length + body_length > settings.max_outcome_bytes:
            raise MalformedContent("an outcome larger than the limit")
        frame = await self._received(link, head_length + body_length)
        return frame[:head_length], frame[head_length:]

    async def _received(self, link: socket.socket, size: int) -> memoryview:
        loop = asyncio.get_running_loop()
        view = memoryview(bytearray(size))
        got = 0
        while got < size:
            count = await loop.sock_recv_into(link, view[got:])
            if not count:
                raise EOFError
            got += count
        return view

    async def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                return _Worker(await self._spawn(theirs.fileno()), ours)
        except BaseException:
            ours.close()
            raise

    async def _spawn(self, link: int) -> asyncio.subprocess.Process:
        settings = self._settings
        limits = (settings.max_memory_bytes, int(settings.cpu_limit.total_seconds()), settings.niceness)
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "dossier_bridge.sandbox.worker_main",
            settings.frames, settings.entry, *map(str, limits), ",".join(map(str, given_cores())),
            stdin=link,
            # Tracebacks would carry what was being read.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of the server's environment but where its modules are.
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            cwd="/",
            # A terminal interrupts all of a group: the server ends its readers itself.
            start_new_session=True,
        )  # fmt: skip
