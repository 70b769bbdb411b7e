"""The embedded store: everything of one gateway in one folder, bound together behind `gateway.ports.store.Store`."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from gateway.domain.errors import ConfigurationError
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Preparation, Priority, Tx
from gateway.store.backend.changes import Changes, VaultNews
from gateway.store.backend.sqlite.engine import LOCK_TIMEOUT, SqliteEngine
from gateway.store.backend.sqlite.migrate import migrate
from gateway.store.folder_sync import sync_folder
from gateway.store.rows.transaction import SqlTx
from gateway.store.seal.keys import KeyStore, create_kek, read_kek
from gateway.store.seal.sealer import Sealer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StorePaths:
    """Where the parts of a store are; keys may be on another volume."""

    database: Path
    blobs: Path
    key_store: Path
    kek: Path

    @classmethod
    def below(cls, root: Path) -> "StorePaths":
        """Give the usual places below one folder."""
        return cls(root / "data" / "pli.sqlite", root / "blobs", root / "keys" / "keys.sqlite", root / "keys" / "kek")


def random_id() -> int:
    """Give a random positive 62-bit number, for anything that is stored."""
    return secrets.randbits(62) | 1 << 61


class SqliteStore:
    """Implements `gateway.ports.store.Store`."""

    def __init__(self, engine: SqliteEngine[SqlTx], keys: KeyStore, sealer: Sealer, changes: Changes) -> None:
        self._engine = engine
        self._keys = keys
        self._sealer = sealer
        self._changes = changes

    async def write(self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL) -> T:
        """Run `fn` in a write transaction; return after it is durable."""
        return await self._engine.write(fn, priority)

    async def write_prepared(
        self, preparation: Preparation[T], workers: Executor | None = None, *, priority: Priority = Priority.MAIL
    ) -> list[T]:
        """Prepare off the loop, then write; return after the last transaction is durable."""
        return await self._engine.write_prepared(preparation.work, preparation.durable, workers, priority)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on one consistent snapshot."""
        return await self._engine.read(fn)

    async def new_vault(self) -> VaultId:
        """Make a vault number whose key is durable."""
        return (await self.new_vaults(1))[0]

    async def new_vaults(self, count: int) -> list[VaultId]:
        """Make several at the cost of one commit."""
        vaults = [VaultId(random_id()) for _ in range(count)]
        await asyncio.to_thread(self._keys.create, vaults)
        return vaults

    def subscribe(self, vault: VaultId) -> AbstractContextManager[VaultNews]:
        """Subscribe before reading the snapshot that the changes apply to."""
        return self._changes.subscribe(vault)

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Key a digest with the operator's index key."""
        return self._sealer.digest(purpose, *parts)


def create_store(paths: StorePaths) -> None:
    """Make folders, key-encryption key, key store and database; what exists is kept."""
    for folder in (paths.database.parent, paths.blobs, paths.key_store.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not paths.kek.exists():
        if paths.database.exists():
            raise ConfigurationError(f"{paths.kek} is missing but the database exists: restore it from your key backup")
        create_kek(paths.kek)
    keys = KeyStore(paths.key_store, read_kek(paths.kek))
    keys.create([OPERATOR])
    keys.close()
    migrate(paths.database)
    for folder in {paths.database.parent, paths.key_store.parent, paths.kek.parent}:
        sync_folder(folder)
        sync_folder(folder.parent)


@asynccontextmanager
async def open_store(
    paths: StorePaths,
    clock: Clock,
    *,
    readers: int = 2,
    lock_timeout: timedelta = LOCK_TIMEOUT,
    connection: type[sqlite3.Connection] = sqlite3.Connection,
) -> AsyncIterator[SqliteStore]:
    """Open a store that `create_store` made, for the running loop; on exit what waits is committed.

    Args:
        paths: where its parts are.
        clock: dates what the store itself makes.
        readers: threads for reading.
        lock_timeout: how long a write waits for another process.
        connection: class of the database connections; tests of disk failures give their own.
    """
    if not paths.database.exists():
        raise ConfigurationError(f"there is no database at {paths.database}: run pli init first")
    keys = KeyStore(paths.key_store, read_kek(paths.kek))
    try:
        keys.key(OPERATOR)
        sealer, changes = Sealer(keys), Changes()
        engine = SqliteEngine[SqlTx](
            paths.database,
            lambda runner: SqlTx(runner, sealer, clock),
            changes.publish,
            readers=readers,
            lock_timeout=lock_timeout,
            connection=connection,
        )
        try:
            yield SqliteStore(engine, keys, sealer, changes)
        finally:
            await engine.close()
    finally:
        keys.close()
