"""A folder with a file a month, and an address that takes each by PUT."""

import asyncio
import fcntl
import os
import ssl
from collections.abc import Callable
from pathlib import Path

import aiohttp

from gateway.domain.checkpoint import checkpoint_of
from gateway.domain.errors import StoreUnavailable

_SECONDS = 20


class FolderAndUrl:
    """Implements `gateway.ports.checkpoints.CheckpointPlaces`."""

    def __init__(self, folder: Path, url: str, token: str, context: Callable[[], ssl.SSLContext]) -> None:
        self._folder = folder
        self._url = url
        self._token = token
        self._context = context

    async def publish(self, note: str) -> None:
        """Append to the file of its month, then send."""
        try:
            await asyncio.to_thread(_append, self._folder, note)
        except OSError as error:
            raise StoreUnavailable(f"{self._folder} takes no checkpoint ({error.strerror}): mend it") from error
        if self._url:
            await self._send(note)

    async def _send(self, note: str) -> None:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            context = await asyncio.to_thread(self._context)  # reads the authorities of the system
            async with (
                asyncio.timeout(_SECONDS),
                aiohttp.ClientSession() as session,
                session.put(
                    self._url, data=note.encode(), headers=headers, ssl=context, allow_redirects=False
                ) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            raise StoreUnavailable(f"log.url takes no checkpoint ({type(error).__name__}): look at it") from error
        if not 200 <= status < 300:
            raise StoreUnavailable(f"log.url takes no checkpoint (HTTP {status}): look at it")


def _append(folder: Path, note: str) -> None:
    """Write behind what is there, durably, unless it is the last there: it is tried again while an address is down."""
    folder.mkdir(mode=0o700, exist_ok=True)
    octets = (note + "\n").encode()
    file = folder / f"{checkpoint_of(note).at:%Y-%m}.txt"
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        behind = max(os.fstat(handle).st_size - len(octets), 0)
        if os.pread(handle, len(octets), behind) != octets:
            os.write(handle, octets)
        os.fsync(handle)
    finally:
        os.close(handle)
