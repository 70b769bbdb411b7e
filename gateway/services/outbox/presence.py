"""Which process holds which steps, and what becomes of those whose holder is gone.

A lease bears the name of its holder. Where one process serves alone, every other holder was an earlier life of it.
Where several may serve, each says every few seconds that it is there, and is gone when it has not for a while: its
clock must agree with theirs to some seconds. A step of one that was only slow is done twice, which is safe.
"""

import asyncio
from collections.abc import Container
from contextlib import suppress
from datetime import timedelta

import structlog

from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import WorkerId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.random_numbers import random_number

_log = structlog.get_logger("pli.outbox")
BEAT = timedelta(seconds=5)
BELIEVED = timedelta(seconds=15)
"""How long a process is taken for living after its last word."""
_LAST_WORDS_SECONDS = 2.0


class Presence:
    """One serving process among those that take steps from a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.id = WorkerId(random_number())

    async def arrive(self) -> None:
        """Say that this process is there, and take up at once what those that are gone had in hand."""
        now = self._clock.now()

        def arrive(tx: Tx) -> int:
            if self._store.is_shared:
                tx.outbox.stay(self.id, now, now + BELIEVED)
            return tx.outbox.recall_from_gone(now, self.id, alone=not self._store.is_shared)

        _tell(await self._store.write(arrive))

    async def recall(self, held: Container[tuple[VaultId, int]]) -> None:
        """Take up at once what was leased without this process learning it."""
        now = self._clock.now()
        _tell(await self._store.write(lambda tx: tx.outbox.recall(now, self.id, held)))

    async def stay(self) -> None:
        """Keep saying so until cancelled, and look for others that are gone; nothing to do where there are none."""
        if not self._store.is_shared:
            return
        try:
            while True:
                await asyncio.sleep(BEAT.total_seconds())
                with suppress(StoreUnavailable):
                    await self.arrive()
        finally:
            with suppress(PliError, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self._store.write(lambda tx: tx.outbox.leave(self.id))


def _tell(recalled: int) -> None:
    if recalled:
        _log.info("outbox.recalled", steps=recalled)
