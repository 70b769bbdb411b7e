"""A whole store: engine, keys and news of one gateway, bound together behind `gateway.ports.store.Store`."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Delete

from gateway.domain.errors import ConfigurationError
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.clock import Clock
from gateway.ports.news import News, Subscription
from gateway.ports.store import Cost, Preparation, Priority, Tx
from gateway.store.backend.changes import Changes
from gateway.store.backend.sql import Runner
from gateway.store.backend.sqlite.engine import LOCK_TIMEOUT, SqliteEngine
from gateway.store.backend.sqlite.soundness import check_database, check_key_store
from gateway.store.damage_notes import FILE, DamageNotes
from gateway.store.folder_sync import sync_folder
from gateway.store.rows import destruction
from gateway.store.rows.transaction import SqlTx
from gateway.store.seal.keys import KeyStore, create_kek, read_kek
from gateway.store.seal.sealer import Sealer

T = TypeVar("T")
U = TypeVar("U")
_SHORT = 1024 * 1024
"""Octets to seal and write that the thread of a reader or writer takes upon itself."""
_PARSING = 4
"""How much longer it takes to parse an octet and write what is kept of it than only to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePaths:
    """Where the parts of a store are; keys may be on another volume.

    Attributes:
        database: the file of SQLite.
        server: address of a PostgreSQL database, which takes the place of that file.
    """

    database: Path
    blobs: Path
    key_store: Path
    kek: Path
    server: str = ""

    @classmethod
    def below(cls, root: Path, server: str = "") -> "StorePaths":
        """Give the usual places below one folder."""
        return cls(
            database=root / "data" / "pli.sqlite",
            blobs=root / "blobs",
            key_store=root / "keys" / "keys.sqlite",
            kek=root / "keys" / "kek",
            server=server,
        )


class StoreEngine(Protocol):
    """What runs the functions of a store in transactions; as `gateway.ports.store.Store` says of each."""

    async def write(self, fn: Callable[[SqlTx], T], priority: Priority) -> T:
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
    ) -> None:
        self._blobs_wait = blobs_wait
        self._engine = engine
        self._workers = workers
        self._keys = keys
        self._sealer = sealer
        self._changes = changes

    async def write(self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL) -> T:
        """Run `fn` in a write transaction; return after it is durable."""
        return await self._engine.write(fn, priority)

    async def write_prepared(self, preparation: Preparation[T], *, priority: Priority = Priority.MAIL) -> list[T]:
        """Prepare off the loop, then write; return after the last transaction is durable."""
        workers = None if self._is_short(preparation.cost) else self._workers
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
            return found, (work(found),) if self._is_short(cost(found)) else None

        found, done = await self._engine.read(look)
        return found, done[0] if done else await self.aside(lambda: work(found))

    def _is_short(self, cost: Cost) -> bool:
        """Say whether work takes some milliseconds at most: a longer one would hold up those behind it."""
        waits = cost.waits or (self._blobs_wait and (cost.parsed or cost.written))
        return not waits and _PARSING * cost.parsed + cost.written <= _SHORT

    async def aside(self, work: Callable[[], T]) -> T:
        """Do blocking work in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    async def new_vault(self) -> VaultId:
        """Make a vault number whose key is durable."""
        return (await self.new_vaults(1))[0]

    async def new_vaults(self, count: int) -> list[VaultId]:
        """Make several at the cost of one commit."""
        vaults = [VaultId(random_id()) for _ in range(count)]
        await asyncio.to_thread(self._keys.create, vaults)
        return vaults

    async def destroy_vault(self, vault: VaultId) -> None:
        """End a vault for good: key, caches and rows."""
        if vault == OPERATOR:
            raise ValueError("the operator's vault is never destroyed")
        await asyncio.to_thread(self._destroy_key, vault)
        # Again until nothing is found: what was under way while the rows went may have added some.
        while await self._some_rows_deleted(vault):
            pass
        await self._engine.write(lambda tx: tx.changed(vault), Priority.BULK)

    def _destroy_key(self, vault: VaultId) -> None:
        self._keys.destroy(vault)
        self._sealer.forget(vault)

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


def create_store(paths: StorePaths) -> None:
    """Make folders, key-encryption key, key store and database; what exists is kept."""
    # Imported here: Alembic takes memory that whoever only serves need not have.
    from gateway.store.backend.migrate import is_made, migrate

    for folder in (paths.database.parent, paths.blobs, paths.key_store.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not paths.kek.exists():
        if is_made(paths.server or paths.database):
            raise ConfigurationError(f"{paths.kek} is missing but the database exists: restore it from your key backup")
        create_kek(paths.kek)
    keys = KeyStore(paths.key_store, read_kek(paths.kek))
    keys.create([OPERATOR])
    keys.close()
    migrate(paths.server or paths.database)
    for folder in {paths.database.parent, paths.key_store.parent, paths.kek.parent}:
        sync_folder(folder)
        sync_folder(folder.parent)


@asynccontextmanager
async def open_store(
    paths: StorePaths,
    clock: Clock,
    *,
    readers: int = 2,
    writers: int = 4,
    lock_timeout: timedelta = LOCK_TIMEOUT,
    connection: type[sqlite3.Connection] = sqlite3.Connection,
    workers: Executor | None = None,
    blobs_wait: bool = False,
) -> AsyncIterator[SqlStore]:
    """Open a store that `create_store` made, for the running loop; on exit what waits is committed.

    Args:
        paths: where its parts are.
        clock: dates what the store itself makes.
        readers: threads for reading.
        writers: threads for writing, on PostgreSQL.
        lock_timeout: how long a write waits for another process.
        connection: class of the connections to SQLite; tests of disk failures give their own.
        workers: threads for long work; without any it has two of its own.
        blobs_wait: whether blobs are behind a network, so that work on them is long.
    """
    require_made(paths)
    kek = read_kek(paths.kek)
    check_key_store(paths.key_store)
    keys = KeyStore(paths.key_store, kek)
    try:
        keys.key(OPERATOR)
        sealer = Sealer(keys, damaged=DamageNotes(paths.database.with_name(FILE)).note)

        def make(runner: Runner) -> SqlTx:
            return SqlTx(runner, sealer, clock)

        news: News
        engine: StoreEngine
        if paths.server:
            # Imported here: its library takes memory that a gateway on SQLite need not have.
            from gateway.store.backend.postgres.engine import PostgresEngine
            from gateway.store.backend.postgres.news import ServerNews

            news = told = ServerNews(paths.server)
            listening: AbstractAsyncContextManager[object] = told.running()
            engine = PostgresEngine[SqlTx](
                paths.server, make, news.publish, readers=readers, writers=writers, lock_timeout=lock_timeout
            )
        else:
            news, listening = Changes(), nullcontext()
            engine = SqliteEngine[SqlTx](
                paths.database,
                make,
                news.publish,
                readers=readers,
                lock_timeout=lock_timeout,
                connection=connection,
            )
        async with listening:
            try:
                with ThreadPoolExecutor(2, "pli-work") if workers is None else nullcontext(workers) as pool:
                    yield SqlStore(engine, keys, sealer, news, pool, blobs_wait=blobs_wait)
            finally:
                await engine.close()
    finally:
        keys.close()


def require_made(paths: StorePaths, *, for_upgrade: bool = False) -> bool:
    """Refuse a store that `create_store` did not make, and say whether its schema is today's, as it must be for use.

    Raises:
        ConfigurationError: there is no database, or it is of another program or version, or would lose what it commits.
        DatabaseDamaged: it is no database any more.
        StoreUnavailable: its server cannot be reached, or its file not read now.
    """
    if paths.server:
        from gateway.store.backend.postgres.soundness import check_server

        return check_server(paths.server, LOCK_TIMEOUT, for_upgrade=for_upgrade)
    if not paths.database.exists():
        raise ConfigurationError(f"there is no database at {paths.database}: run pli init first")
    return check_database(paths.database, for_upgrade=for_upgrade)
