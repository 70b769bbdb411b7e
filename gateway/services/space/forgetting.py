"""What a running process remembers of spaces that were erased is dropped, whichever process erased them.

A process is told as soon as the key is gone (`ERASURES`), and looks by itself every few minutes: who erases may be
killed before anybody is told. It drops what the last hours erased, each time: to forget twice is no error.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

import structlog

from gateway.domain.errors import PliError
from gateway.domain.mailbox import ERASURES, VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store

LOOK_EVERY = timedelta(minutes=5)
"""For how long at most a process remembers what another has erased, which was killed before it could tell."""
_LOOK_BACK = timedelta(hours=2)
_log = structlog.get_logger("pli.space")


class ErasedForgotten:
    """Looks for erased spaces, and has them forgotten."""

    def __init__(
        self, store: Store, clock: Clock, forgetters: Collection[Callable[[Collection[VaultId]], None]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._forgetters = forgetters

    async def run(self) -> None:
        """Look when told, and now and then, until cancelled."""
        with self._store.subscribe(ERASURES) as news:
            while True:
                try:
                    await self.look()
                except PliError as error:
                    _log.warning("space.not_forgotten", reason=error.code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                        await news.wait()

    async def look(self) -> None:
        """Forget what was erased lately."""
        since = self._clock.now() - _LOOK_BACK
        erased = {vault for vault, _ in await self._store.read(lambda tx: tx.erasures.since(since))}
        if not erased:
            return
        for vault in erased:
            self._store.forget(vault)
        for forget in self._forgetters:
            forget(erased)
