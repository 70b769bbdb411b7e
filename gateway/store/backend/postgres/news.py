"""News of committed changes between the processes of one PostgreSQL database: hints by LISTEN and NOTIFY, and polling.

NOTIFY is sent after the commit, by a connection of its own: within the transaction it would make all commits of the
server wait for each other. What is told meanwhile goes together. A hint may be lost with its sender or with a
connection; therefore everybody is told to look when a connection is made again, and every half minute.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from datetime import timedelta

import psycopg

from gateway.domain.mailbox import VaultId
from gateway.store.backend.changes import Changes, VaultNews
from gateway.store.backend.postgres.connection import CONNECT_SECONDS

POLL = timedelta(seconds=30)
_PAUSE = timedelta(seconds=1)
_LAST_WORDS = timedelta(seconds=2)
"""How long the end waits for hints that are not sent yet."""
_PER_HINT = 400
"""Vaults of one hint: a payload takes fewer than 8,000 octets."""
_LISTEN, _NOTIFY = "LISTEN pli_news", "SELECT pg_notify('pli_news', %s)"


class ServerNews:
    """Subscribers here, and hints to and from the others; used from the event loop only."""

    def __init__(self, url: str, poll: timedelta = POLL) -> None:
        self._url = url
        self._poll = poll
        self._here = Changes()
        self._name = secrets.token_hex(8)
        self._unsent: set[VaultId] = set()
        self._to_send, self._sent, self._tried = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._sent.set()

    def subscribe(self, vault: VaultId) -> AbstractContextManager[VaultNews]:
        """Subscribe for as long as the context lasts."""
        return self._here.subscribe(vault)

    def publish(self, vaults: set[VaultId]) -> None:
        """Tell the subscribers of each vault here, and soon those of other processes."""
        self._here.publish(vaults)
        self._unsent |= vaults
        self._sent.clear()
        self._to_send.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen and send until the block ends, from its beginning on; what is not sent by then goes last."""
        # No task group: it would wrap what the block raises.
        running = [asyncio.ensure_future(work) for work in (self._listen(), self._send())]
        try:
            await self._tried.wait()
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS.total_seconds()):
                    await self._sent.wait()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                async with await self._connected() as db:
                    await db.execute(_LISTEN)
                    if self._tried.is_set():
                        self._here.publish_to_all()
                    self._tried.set()
                    while True:
                        async for hint in db.notifies(timeout=self._poll.total_seconds()):
                            self._heard(hint.payload)
                        self._here.publish_to_all()
            self._tried.set()
            await asyncio.sleep(_PAUSE.total_seconds())

    def _heard(self, hint: str) -> None:
        sender, _, vaults = hint.partition(" ")
        if sender != self._name:
            self._here.publish(VaultId(int(vault, 16)) for vault in vaults.split())

    async def _send(self) -> None:
        await self._to_send.wait()
        while True:
            with suppress(psycopg.Error, OSError):
                async with await self._connected() as db:
                    while True:
                        await self._to_send.wait()
                        await self._tell(db)
            await asyncio.sleep(_PAUSE.total_seconds())

    async def _tell(self, db: psycopg.AsyncConnection) -> None:
        while self._unsent:
            hint = [self._unsent.pop() for _ in range(min(len(self._unsent), _PER_HINT))]
            try:
                await db.execute(_NOTIFY, (" ".join([self._name, *(f"{vault:x}" for vault in hint)]),))
            except psycopg.Error:
                self._unsent.update(hint)
                raise
        self._to_send.clear()
        self._sent.set()

    async def _connected(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="pli-news"
        )
