"""Which process holds which steps, and what becomes of those whose holder is gone.

A lease bears the name of its holder. The processes of one gateway know each other's names by the memory that they
share, from which the parent takes the name of one that has ended. On one file every other holder is gone. On a server
there may be other gateways. So each process says every few seconds that it is there, and one of another gateway is gone
when it has not for a while: its clock must agree with theirs to some seconds. A step of one that was only slow is done
twice, which is safe.
"""

import asyncio
from collections.abc import Container
from contextlib import suppress
from datetime import timedelta
from hashlib import blake2b

import structlog

from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.outbox import WorkerId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.random_numbers import random_number
from gateway.shared_memory import SharedMemory, Total

_log = structlog.get_logger("pli.outbox")
LOOK_EVERY = timedelta(seconds=1)
"""How often the names in shared memory are looked at."""
BEAT = timedelta(seconds=5)
BELIEVED = timedelta(seconds=15)
"""How long a process is taken for living after its last word."""
_LAST_WORDS_SECONDS = 2.0
_OF_ONE = (1 << 32) - 1
"""The part of a name that is one process's own; the rest is its gateway's."""


class Presence:
    """One serving process among those that take steps from a store."""

    def __init__(self, store: Store, clock: Clock, memory: SharedMemory | None = None) -> None:
        """`memory` is what the processes of this gateway share; one that has none serves alone."""
        memory = memory or SharedMemory()
        self._store = store
        self._clock = clock
        self._names = memory.total(Total.WORKER)
        self._gateway = _gateway_of(memory)
        self.id = WorkerId(self._gateway | random_number() & _OF_ONE)

    async def arrive(self) -> None:
        """Say that this process is there, and take up at once what those that are gone had in hand."""
        await self._arrive(anew=True)

    async def _arrive(self, *, anew: bool) -> None:
        now = self._clock.now()
        self._names.own = self.id

        def arrive(tx: Tx) -> int:
            # Asked here: whoever has leased something before this transaction had said its name before that.
            known = frozenset(map(WorkerId, self._names.of_all()))
            if self._store.is_on_server:
                tx.outbox.stay(self.id, now, now + BELIEVED)
                for one in tx.outbox.staying(now):
                    if one & ~_OF_ONE == self._gateway and one not in known:
                        tx.outbox.leave(one)
            recalled = tx.outbox.recall_from_gone(now, self.id, None if self._store.is_on_server else known)
            if recalled or anew:
                # Whoever hears it finds steps, and who is gone: its last commit may have been told to nobody.
                tx.changed(OPERATOR)
            return recalled

        _tell(await self._store.write(arrive))

    async def recall(self, held: Container[tuple[VaultId, int]]) -> None:
        """Take up at once what was leased without this process learning it."""
        now = self._clock.now()
        _tell(await self._store.write(lambda tx: tx.outbox.recall(now, self.id, held)))

    async def stay(self) -> None:
        """Look for others that are gone, and on a server keep saying that this one is there, until cancelled."""
        loop, seen = asyncio.get_running_loop(), set(self._names.of_all())
        said, pause = loop.time(), min(LOOK_EVERY, BEAT).total_seconds()
        try:
            while True:
                await asyncio.sleep(pause)
                there = set(self._names.of_all())
                some_are_gone = bool(seen - there)
                if some_are_gone or (self._store.is_on_server and loop.time() >= said + BEAT.total_seconds()):
                    said = loop.time()
                    with suppress(StoreUnavailable):
                        await self._arrive(anew=some_are_gone)
                        seen = there
                seen |= there
        finally:
            self._names.own = 0
            if self._store.is_on_server:
                await self._leave()

    async def _leave(self) -> None:
        with suppress(PliError, TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._store.write(lambda tx: tx.outbox.leave(self.id))


def _gateway_of(memory: SharedMemory) -> int:
    """Give what the names of all workers of one gateway have in common, and those of no other have."""
    mark = int.from_bytes(blake2b(memory.key, digest_size=4, person=b"worker").digest(), "big")
    return 1 << 61 | mark >> 3 << 32


def _tell(recalled: int) -> None:
    if recalled:
        _log.info("outbox.recalled", steps=recalled)
