"""Reader processes kept ready, and the asynchronous call that has one of them read a message.

Foreign files are opened there and nowhere else: a file that crashes, exhausts or takes over its reader harms one
job. Nobody's documents hold all readers, and what takes long has a place of its own, with the least priority. Nothing
is decided or stored here.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from dossier_bridge.request import ReadOutcome, ReadRequest
from dossier_bridge.sandbox.frames import decode_outcome, encode_request
from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings

_LEAST_PRIORITY = 19

DEFAULT_ENTRY = "dossier_bridge.reading:read_attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    """How many workers, what each may use, and how many jobs may wait for one.

    Attributes:
        count: how many workers one sender may hold.
        spare: how many more there are for other senders; started when they are first needed.
        patience: how long a document waits behind slow ones of its sender.
        leisure_limit: the limit of time in the place of what takes long.
    """

    count: int = 2
    spare: int = 1
    max_memory_bytes: int = 512 * 1024 * 1024
    cpu_limit: timedelta = timedelta(seconds=10)
    wall_limit: timedelta = timedelta(seconds=30)
    leisure_limit: timedelta = timedelta(minutes=10)
    patience: timedelta = timedelta(milliseconds=500)
    max_bytes: int = 64 * 1024 * 1024
    max_outcome_bytes: int = 192 * 1024 * 1024
    max_waiting: int = 256


class ReaderPool:
    """Reader processes: ``async with ReaderPool() as pool: await pool.read(request)``."""

    def __init__(self, settings: ReaderSettings | None = None, entry: str = DEFAULT_ENTRY) -> None:
        """Take the settings and the dotted name of the function that workers run (another one in tests)."""
        self._settings = settings = settings or ReaderSettings()
        processes = ProcessSettings(
            places=PlaceSettings(
                count=settings.count + settings.spare,
                of_a_sender=settings.count,
                max_waiting=settings.max_waiting,
                patience=settings.patience,
            ),
            frames="dossier_bridge.sandbox.frames:reading",
            entry=entry,
            max_memory_bytes=settings.max_memory_bytes,
            cpu_limit=settings.cpu_limit,
            wall_limit=settings.wall_limit,
            max_bytes=settings.max_bytes,
            max_outcome_bytes=settings.max_outcome_bytes,
        )
        alone = PlaceSettings(count=1, of_a_sender=1, max_waiting=settings.max_waiting)
        self._at_once = ProcessPool(processes)
        self._at_leisure = ProcessPool(
            replace(processes, places=alone, wall_limit=settings.leisure_limit, niceness=_LEAST_PRIORITY)
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start every worker and have it answer once; raise `ReaderFailed` when one does not."""
        async with AsyncExitStack() as stack:
            for pool in (self._at_leisure, self._at_once):
                await stack.enter_async_context(pool)
            first = (self.read(ReadRequest(())) for _ in range(self._settings.count))
            for answer in await asyncio.gather(*first, return_exceptions=True):
                if isinstance(answer, BaseException):
                    raise answer
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every worker; a document that is being read is not read to its end."""
        await self._stack.aclose()

    async def read(self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False) -> ReadOutcome:
        """Have a worker read the attachments of a message.

        Args:
            request: what is to be read.
            sender: who sent it; one sender never holds all readers.
            at_leisure: read it in the place of what takes long.

        Raises what `ProcessPool.exchange` does.
        """
        pool = self._at_leisure if at_leisure else self._at_once
        return await pool.exchange(
            encode_request(request), lambda head, body: decode_outcome(head, body, request), sender
        )
