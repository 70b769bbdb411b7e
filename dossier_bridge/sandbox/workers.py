"""Reader processes kept ready, and the asynchronous call that has one of them read a message.

Foreign files are opened there and nowhere else: a file that crashes, exhausts or takes over its reader
harms one job. Each worker does one job at a time; a job that fails costs its worker, and the next job
gets a new one. Nothing is decided or stored here.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from dossier_bridge.request import ReadOutcome, ReadRequest
from dossier_bridge.sandbox.frames import LENGTHS, decode_outcome, encode_request
from gateway.domain.errors import LimitExceeded, MalformedContent, ReaderBusy, ReaderFailed

_LONG_HEAD = 64 * 1024
"""A longer outcome is decoded off the event loop."""

DEFAULT_ENTRY = "dossier_bridge.reading:read_attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    """How many workers, what each may use, and how many jobs may wait for one."""

    count: int = 2
    max_memory_bytes: int = 512 * 1024 * 1024
    cpu_limit: timedelta = timedelta(seconds=10)
    wall_limit: timedelta = timedelta(seconds=30)
    max_bytes: int = 64 * 1024 * 1024
    max_outcome_bytes: int = 192 * 1024 * 1024
    max_head_bytes: int = 16 * 1024 * 1024
    max_waiting: int = 256


@dataclass(slots=True)
class _Worker:
    process: asyncio.subprocess.Process
    link: socket.socket = field(repr=False)

    async def stop(self) -> None:
        """Kill the process and wait until it is gone."""
        self.link.close()
        if self.process.returncode is None:
            self.process.kill()
        async with asyncio.timeout(5):
            await self.process.wait()


class ReaderPool:
    """A fixed number of reader processes: ``async with ReaderPool() as pool: await pool.read(request)``."""

    def __init__(self, settings: ReaderSettings | None = None, entry: str = DEFAULT_ENTRY) -> None:
        """Take the settings and the dotted name of the function that workers run (another one in tests)."""
        self._settings = settings or ReaderSettings()
        self._entry = entry
        # A slot is a place for a worker; None stands for one that must be started before its next job.
        self._slots: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()
        self._waiting = 0

    async def __aenter__(self) -> Self:
        """Start every worker and have it answer once; raise `ReaderFailed` when one does not."""
        for _ in range(self._settings.count):
            self._slots.put_nowait(None)
        try:
            await asyncio.gather(*(self.read(ReadRequest(())) for _ in range(self._settings.count)))
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for running jobs, then stop every worker."""
        await self._stop()

    async def _stop(self) -> None:
        for _ in range(self._settings.count):
            worker = await self._slots.get()
            if worker is not None:
                await worker.stop()

    async def read(self, request: ReadRequest) -> ReadOutcome:
        """Have a worker read the attachments of a message.

        Raises `LimitExceeded` for more bytes than a job may have, `ReaderBusy` when too many jobs wait,
        `ReaderFailed` when the worker crashed, ran out of a limit, took too long or answered nonsense.
        """
        settings = self._settings
        if sum(len(attachment.data) for attachment in request.attachments) > settings.max_bytes:
            raise LimitExceeded("attachments are larger than a reader may be given")
        async with self._worker() as worker:
            try:
                async with asyncio.timeout(settings.wall_limit.total_seconds()):
                    head, body = await self._exchange(worker.link, request)
                if len(head) > _LONG_HEAD:
                    return await asyncio.to_thread(decode_outcome, head, body, request)
                return decode_outcome(head, body, request)
            except TimeoutError as error:
                raise ReaderFailed("the reader took too long") from error
            except MalformedContent as error:
                raise ReaderFailed("the reader's answer makes no sense") from error
            except (OSError, EOFError) as error:
                raise ReaderFailed("the reader stopped: a crash, or a limit of memory or time") from error

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """Lend a worker, started if need be; one whose job did not end well is stopped and replaced."""
        if self._waiting >= self._settings.max_waiting:
            raise ReaderBusy("too many documents wait to be read")
        self._waiting += 1
        try:
            worker = await self._slots.get()
        finally:
            self._waiting -= 1
        try:
            worker = worker or await self._start()
            yield worker
        except BaseException:
            # Also when the job is cancelled: half an answer may still come through the link.
            broken, worker = worker, None
            if broken is not None:
                await broken.stop()
            raise
        finally:
            self._slots.put_nowait(worker)

    async def _exchange(self, link: socket.socket, request: ReadRequest) -> tuple[memoryview, memoryview]:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(link, b"".join(encode_request(request)))
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
        limits = (str(settings.max_memory_bytes), str(int(settings.cpu_limit.total_seconds())))
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "dossier_bridge.sandbox.worker_main", self._entry, *limits,
            stdin=link,
            # Tracebacks would carry what was being read.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of the server's environment but where its modules are.
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            cwd="/",
        )  # fmt: skip
