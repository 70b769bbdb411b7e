"""A whole store: engine, keys and news of one gateway, bound together behind `gateway.ports.store.Store`.

How one is made and opened stands in `opening`.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Delete

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import ERASURES, OPERATOR, VaultId
from gateway.ports.news import News, Subscription
from gateway.ports.store import Cost, Preparation, Priority, Tx
from gateway.store.rows import destruction
from gateway.store.rows.transaction import SqlTx
from gateway.store.seal.keys import KeyStore
from gateway.store.seal.sealer import Sealer
from gateway.store.thread_choice import needs_worker

_PAUSES = tuple(0.01 * 2**tries for tries in range(9))
"""Seconds between tries to cut off the log of keys, some five in all."""
T = TypeVar("T")
U = TypeVar("U")


class StoreEngine(Protocol):
    """What runs the functions of a store in transactions; as `gateway.ports.store.Store` says of each."""

    async def write(self, fn: Callable[[SqlTx], T], priority: Priority, *, waits_for_disk: bool = True) -> T:
        """Run `fn` in a transaction; return after its commit."""
        ...

    async def write_prepared(
        self,
        work: Callable[[], Sequence[Callable[[SqlTx], T]]],
        durable: Callable[[], None],
        workers: Executor | None,
        priority: Priority,
    ) -> list[T]:
        """Run `work` and `durable` off the loop, then what `work` gives in transactions."""
        ...

    async def read(self, fn: Callable[[SqlTx], T]) -> T:
        """Run `fn` on one snapshot."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of deleted rows in the files of the log, as far as the database can."""
        ...

    async def close(self) -> None:
        """Commit what waits, and end."""
        ...


def random_id() -> int:
    """Give a random positive 62-bit number, for anything that is stored."""
    return secrets.randbits(62) | 1 << 61


class SqlStore:
    """Implements `gateway.ports.store.Store`."""

    def __init__(
        self,
        engine: StoreEngine,
        keys: KeyStore,
        sealer: Sealer,
        changes: News,
        workers: Executor,
        *,
        blobs_wait: bool,
        is_shared: bool,
        is_on_server: bool,
    ) -> None:
        self._is_shared = is_shared or is_on_server
        self._is_on_server = is_on_server
        self._blobs_wait = blobs_wait
        self._engine = engine
        self._workers = workers
        self._keys = keys
        self._sealer = sealer
        self._changes = changes

    @property
    def is_shared(self) -> bool:
        """Say whether other processes that serve may write to it as well."""
        return self._is_shared

    @property
    def is_on_server(self) -> bool:
        """Say whether other gateways may serve from it; a file is one gateway's alone."""
        return self._is_on_server

    async def write(
        self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL, waits_for_disk: bool = True
    ) -> T:
        """Run `fn` in a write transaction; return after it is durable."""
        return await self._engine.write(fn, priority, waits_for_disk=waits_for_disk)

    async def write_prepared(self, preparation: Preparation[T], *, priority: Priority = Priority.MAIL) -> list[T]:
        """Prepare off the loop, then write; return after the last transaction is durable."""
        workers = self._workers if needs_worker(preparation.cost, blobs_wait=self._blobs_wait) else None
        return await self._engine.write_prepared(preparation.work, preparation.durable, workers, priority)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on one consistent snapshot."""
        return await self._engine.read(fn)

    async def read_then(
        self, fn: Callable[[Tx], T], work: Callable[[T], U], cost: Callable[[T], Cost]
    ) -> tuple[T, U]:
        """Read, then do blocking work on what was read, in the reader's thread when it is short."""

        def look(tx: Tx) -> tuple[T, tuple[U] | None]:
            found = fn(tx)
            is_long = needs_worker(cost(found), blobs_wait=self._blobs_wait)
            return found, None if is_long else (work(found),)

        found, done = await self._engine.read(look)
        return found, done[0] if done else await self.aside(lambda: work(found))

    async def aside(self, work: Callable[[], T]) -> T:
        """Do blocking work in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    async def new_vault(self) -> VaultId:
        """Make a vault number whose key is durable."""
        return (await self.new_vaults(1))[0]

    async def new_vaults(self, count: int) -> list[VaultId]:
        """Make several at the cost of one commit; they are neighbours, so that their rows share pages."""
        if count <= 0:
            return []
        last = random_id()
        vaults = [VaultId(number) for number in range(last - count + 1, last + 1)]
        await asyncio.to_thread(self._keys.create, vaults)
        return vaults

    async def destroy_vault(self, vault: VaultId) -> None:
        """End a vault for good: key, caches and rows.

        Raises:
            StoreUnavailable: the log of keys still holds the key, because another process reads it for long; ask again.
        """
        if vault == OPERATOR:
            raise ValueError("the operator's vault is never destroyed")
        await asyncio.to_thread(self._destroy_key, vault)
        # From now on nobody can read the key again: whoever has it in memory is told at once.
        await self._engine.write(lambda tx: tx.changed(ERASURES), Priority.BULK)
        # Again until nothing is found: what was under way while the rows went may have added some.
        while await self._some_rows_deleted(vault):
            pass
        await self._engine.write(lambda tx: tx.changed(vault), Priority.BULK)
        await self._engine.scrub()
        await self._cut_log_of_keys()

    def forget(self, vault: VaultId) -> None:
        """Drop what this process has cached of a vault that was destroyed, in another process perhaps."""
        self._keys.forget(vault)
        self._sealer.forget(vault)

    def _destroy_key(self, vault: VaultId) -> None:
        self._keys.destroy(vault)
        self._sealer.forget(vault)

    async def _cut_log_of_keys(self) -> None:
        for pause in _PAUSES:
            if await asyncio.to_thread(self._keys.cut_log):
                return
            await asyncio.sleep(pause)
        raise StoreUnavailable("another process holds the log of keys: what it holds of a destroyed key is left")

    async def _some_rows_deleted(self, vault: VaultId) -> bool:
        found = False
        for statement in destruction.DELETIONS:
            run = partial(_run, statement, vault)
            while await self._engine.write(run, Priority.BULK):
                found = True
        return found

    def subscribe(self, vault: VaultId) -> AbstractContextManager[Subscription]:
        """Subscribe before reading the snapshot that the changes apply to."""
        return self._changes.subscribe(vault)

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Key a digest with the operator's index key."""
        return self._sealer.digest(purpose, *parts)


def _run(statement: Delete, vault: VaultId, tx: SqlTx) -> int:
    return tx.runner.run(statement, vault=vault)
