"""Making and opening a store: where its parts are, which database it stands on, and what is refused."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.domain.access_settings import NOTHING_CHOSEN, AccessSettings
from gateway.domain.errors import ConfigurationError
from gateway.domain.mailbox import OPERATOR
from gateway.ports.clock import Clock
from gateway.ports.news import News
from gateway.store.backend.sql import Runner
from gateway.store.backend.sqlite.commit_lock import NO_NOTES, CommitNotes
from gateway.store.backend.sqlite.engine import LOCK_TIMEOUT, SqliteEngine
from gateway.store.backend.sqlite.news import FolderNews
from gateway.store.backend.sqlite.soundness import check_database, check_key_store
from gateway.store.damage_notes import FILE, DamageNotes
from gateway.store.disk_failure import DiskFailure
from gateway.store.folder_sync import sync_folder
from gateway.store.rows.transaction import SqlTx
from gateway.store.seal.key_rotation import keks_in_use
from gateway.store.seal.keys import KeyStore, create_kek
from gateway.store.seal.sealer import Sealer
from gateway.store.sql_store import SqlStore, StoreEngine


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
    kek, earlier = keks_in_use(paths.kek)
    keys = KeyStore(paths.key_store, kek, earlier=earlier)
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
    is_shared: bool = False,
    commit_notes: CommitNotes = NO_NOTES,
    disk: DiskFailure | None = None,
    access_settings: AccessSettings = NOTHING_CHOSEN,
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
        is_shared: whether other processes of one gateway serve from it as well; on a server they may always.
        commit_notes: told of this process's turns at writing to SQLite.
        disk: whose failure stops SQLite, in any process that shares it; its own when there is none.
        access_settings: what each transaction decides on access by.
    """
    require_made(paths)
    with _opened_keys(paths) as keys:
        sealer = Sealer(keys, damaged=DamageNotes(paths.database.with_name(FILE)).note)

        def make(runner: Runner) -> SqlTx:
            return SqlTx(runner, sealer, clock, access_settings)

        if paths.server:
            backend = _on_server(paths.server, make, readers, writers, lock_timeout)
        else:
            backend = _on_file(paths.database, make, readers, lock_timeout, connection, commit_notes, disk)
        async with backend.listening:
            try:
                with ThreadPoolExecutor(2, "pli-work") if workers is None else nullcontext(workers) as pool:
                    yield SqlStore(
                        backend.engine, keys, sealer, backend.news, pool, blobs_wait=blobs_wait,
                        is_shared=is_shared, is_on_server=bool(paths.server),
                    )  # fmt: skip
            finally:
                await backend.engine.close()


@contextmanager
def _opened_keys(paths: StorePaths) -> Iterator[KeyStore]:
    kek, earlier = keks_in_use(paths.kek)
    check_key_store(paths.key_store)
    keys = KeyStore(paths.key_store, kek, earlier=earlier)
    try:
        keys.key(OPERATOR)
        yield keys
    finally:
        keys.close()


@dataclass(frozen=True, slots=True)
class _Backend:
    """A database that takes functions; `listening` hears what other processes have changed."""

    engine: StoreEngine
    news: News
    listening: AbstractAsyncContextManager[object]


def _on_file(
    database: Path,
    make: Callable[[Runner], SqlTx],
    readers: int,
    lock_timeout: timedelta,
    connection: type[sqlite3.Connection],
    commit_notes: CommitNotes,
    disk: DiskFailure | None,
) -> _Backend:
    news = FolderNews(database)
    engine = SqliteEngine[SqlTx](
        database, make, news.publish, readers=readers, lock_timeout=lock_timeout, connection=connection,
        commit_notes=commit_notes, disk=disk,
    )  # fmt: skip
    return _Backend(engine, news, news.running())


def _on_server(
    server: str, make: Callable[[Runner], SqlTx], readers: int, writers: int, lock_timeout: timedelta
) -> _Backend:
    # Imported here: its library takes memory that a gateway on SQLite need not have.
    from gateway.store.backend.postgres.engine import PostgresEngine
    from gateway.store.backend.postgres.news import ServerNews

    news = ServerNews(server)
    engine = PostgresEngine[SqlTx](
        server, make, news.publish, readers=readers, writers=writers, lock_timeout=lock_timeout
    )
    return _Backend(engine, news, news.running())


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
