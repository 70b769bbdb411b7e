"""Which process holds which steps, and what becomes of those whose holder is gone.

A lease bears the name of its holder. The processes of one gateway on one file know each other's names by the memory
that they share, from which the parent takes the name of one that has ended: every other holder is gone. On a server
each process says every few seconds that it is there, and is gone when it has not for a while: its clock must agree with
theirs to some seconds. A step of one that was only slow is done twice, which is safe.
"""

import asyncio
from collections.abc import Container
from contextlib import suppress
from datetime import timedelta

import structlog

from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.outbox import WorkerId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.random_numbers import random_number
from gateway.shared_memory import SharedMemory, SharedTotal, Total

_log = structlog.get_logger("pli.outbox")
LOOK_EVERY = timedelta(seconds=1)
"""How often the names in shared memory are looked at."""
BEAT = timedelta(seconds=5)
BELIEVED = timedelta(seconds=15)
"""How long a process is taken for living after its last word."""
_LAST_WORDS_SECONDS = 2.0


class Presence:
    """One serving process among those that take steps from a store."""

    def __init__(self, store: Store, clock: Clock, names: SharedTotal | None = None) -> None:
        """`names` are those of all processes; without them a shared store is asked, any other is served alone."""
        self._store = store
        self._clock = clock
        if names is None and not store.is_shared:
            names = SharedMemory().total(Total.WORKER)
        self._names = names
        self.id = WorkerId(random_number())

    async def arrive(self) -> None:
        """Say that this process is there, and take up at once what those that are gone had in hand."""
        now = self._clock.now()

        if self._names is not None:
            self._names.own = self.id

        def arrive(tx: Tx) -> int:
            # Asked here: whoever has leased something before this transaction had said its name before that.
            known = self._known()
            if known is None:
                tx.outbox.stay(self.id, now, now + BELIEVED)
            recalled = tx.outbox.recall_from_gone(now, self.id, known)
            if recalled or known is not None:
                # Whoever hears it finds steps, and who is gone: its last commit may have been told to nobody.
                tx.changed(OPERATOR)
            return recalled

        _tell(await self._store.write(arrive))

    async def recall(self, held: Container[tuple[VaultId, int]]) -> None:
        """Take up at once what was leased without this process learning it."""
        now = self._clock.now()
        _tell(await self._store.write(lambda tx: tx.outbox.recall(now, self.id, held)))

    async def stay(self) -> None:
        """Keep saying so until cancelled, and look for others that are gone."""
        await (self._keep_saying() if self._names is None else self._keep_looking(self._names))

    async def _keep_looking(self, names: SharedTotal) -> None:
        answered = set(names.of_all())
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY.total_seconds())
                if answered - set(names.of_all()):
                    with suppress(StoreUnavailable):
                        await self.arrive()
                        answered = set(names.of_all())
                answered |= set(names.of_all())
        finally:
            names.own = 0

    async def _keep_saying(self) -> None:
        try:
            while True:
                await asyncio.sleep(BEAT.total_seconds())
                with suppress(StoreUnavailable):
                    await self.arrive()
        finally:
            with suppress(PliError, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self._store.write(lambda tx: tx.outbox.leave(self.id))

    def _known(self) -> frozenset[WorkerId] | None:
        """Give who is there, where the processes know each other."""
        return None if self._names is None else frozenset(map(WorkerId, self._names.of_all()))


def _tell(recalled: int) -> None:
    if recalled:
        _log.info("outbox.recalled", steps=recalled)
