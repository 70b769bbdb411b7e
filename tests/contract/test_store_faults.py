"""Disks that are full, disks that fail, a database that another process holds: defer, lose nothing, recover.

The faults are SQLite's own (`max_page_count`, a real lock) or enter below the engine, in the driver's connection.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.domain.errors import DatabaseDamaged, StoreUnavailable
from gateway.domain.mailbox import Entry, FolderId, VaultId
from gateway.ports.store import Store
from gateway.processes.shared_disk_failure import SharedDiskFailure
from gateway.shared_memory import SharedMemory
from gateway.store.opening import StorePaths, create_store, open_store
from gateway.store.sql_store import SqlStore
from tests.builders.store import ManualClock, a_content, a_mailbox, inbox_of, shown

NO_WAIT = timedelta(0)


class Disk(sqlite3.Connection):
    """A connection whose COMMIT can be made to fail as the disk would make it fail."""

    opened: ClassVar[list["Disk"]] = []
    failing: ClassVar[int | None] = None

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # passed through as they came
        self.opened.append(self)

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if sql == "COMMIT" and self.failing is not None and self is self.opened[0]:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode, error.sqlite_errorname = self.failing, "SQLITE_IOERR_FSYNC"
            raise error
        return super().execute(sql, *parameters)  # type: ignore[arg-type]  # passed through as they came


@pytest.fixture(autouse=True)
def disk() -> Iterator[type[Disk]]:
    """The disk below the store of a test, sound at first."""
    yield Disk
    Disk.opened.clear()
    Disk.failing = None


@pytest.fixture
def paths(ram: Path) -> StorePaths:
    """Places of a store that was made."""
    places = StorePaths.below(ram)
    create_store(places)
    return places


@pytest.fixture
async def store(paths: StorePaths) -> AsyncIterator[SqlStore]:
    """A store on that disk, which waits for no lock."""
    async with open_store(paths, ManualClock(), lock_timeout=NO_WAIT, connection=Disk) as opened:
        yield opened


async def _mailbox(store: Store) -> tuple[VaultId, FolderId]:
    vault = await a_mailbox(store)
    return vault, await inbox_of(store, vault)


async def _deliver(store: Store, vault: VaultId, size: int = 100) -> Entry:
    content = a_content(extract="x" * size)
    return await store.write(lambda tx: shown(tx, vault, content))


async def _uids(store: Store, vault: VaultId, inbox: FolderId) -> list[int]:
    return list(await store.read(lambda tx: tx.mail.uids(vault, inbox)))


# ---------------------------------------------------------------- full disk


def _pages(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


@contextmanager
def _full(pages_left: int) -> Iterator[None]:
    writer = Disk.opened[0]
    before = _pages(writer, "max_page_count")
    _pages(writer, f"max_page_count={_pages(writer, 'page_count') + pages_left}")
    try:
        yield
    finally:
        _pages(writer, f"max_page_count={before}")


async def test_full_disk_defers_keeps_what_was_acknowledged_and_recovers(store: SqlStore) -> None:
    vault, inbox = await _mailbox(store)
    with _full(pages_left=20):
        outcomes = await asyncio.gather(*(_deliver(store, vault) for _ in range(1000)), return_exceptions=True)
    deferred = [outcome for outcome in outcomes if isinstance(outcome, StoreUnavailable)]
    kept = [outcome.uid for outcome in outcomes if isinstance(outcome, Entry)]
    assert deferred
    assert len(deferred) + len(kept) == 1000
    assert await _uids(store, vault, inbox) == kept
    assert (await _deliver(store, vault)).uid == len(kept) + 1


async def test_message_that_finds_no_room_leaves_no_half(store: SqlStore) -> None:
    vault, inbox = await _mailbox(store)
    with _full(pages_left=2), pytest.raises(StoreUnavailable):
        await _deliver(store, vault, 100_000)
    content = a_content(extract="x" * 100_000)
    assert (await store.write(lambda tx: shown(tx, vault, content))).uid == 1
    assert await _uids(store, vault, inbox) == [1]


async def test_reads_go_on_while_the_disk_is_full(store: SqlStore) -> None:
    vault, inbox = await _mailbox(store)
    await _deliver(store, vault)
    with _full(pages_left=0):
        assert await _uids(store, vault, inbox) == [1]


# ---------------------------------------------------------------- failing disk


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
async def test_failure_of_the_disk_defers_and_stops_every_further_write(
    store: SqlStore, disk: type[Disk], code: int
) -> None:
    vault, inbox = await _mailbox(store)
    disk.failing = code
    with pytest.raises(StoreUnavailable):
        await _deliver(store, vault)
    disk.failing = None
    with pytest.raises(StoreUnavailable):
        await _deliver(store, vault)
    assert await _uids(store, vault, inbox) == []


async def test_failed_fsync_defers_the_whole_group_that_waited_for_it(
    store: SqlStore, disk: type[Disk]
) -> None:
    vault, inbox = await _mailbox(store)
    disk.failing = sqlite3.SQLITE_IOERR_FSYNC
    outcomes = await asyncio.gather(*(_deliver(store, vault) for _ in range(50)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert await _uids(store, vault, inbox) == []


async def test_store_opened_again_after_a_failed_fsync_takes_writes(paths: StorePaths, disk: type[Disk]) -> None:
    async with open_store(paths, ManualClock(), connection=Disk) as broken:
        vault, inbox = await _mailbox(broken)
        await _deliver(broken, vault)
        disk.failing = sqlite3.SQLITE_IOERR_FSYNC
        with pytest.raises(StoreUnavailable):
            await _deliver(broken, vault)
        disk.failing = None
    async with open_store(paths, ManualClock()) as again:
        assert (await _deliver(again, vault)).uid == 2
        assert await _uids(again, vault, inbox) == [1, 2]


async def test_failure_under_one_process_stops_the_others_and_whoever_is_begun_in_its_place(
    paths: StorePaths, disk: type[Disk]
) -> None:
    memory = SharedMemory(2)

    def store_of(number: int) -> AbstractAsyncContextManager[SqlStore]:
        disk = SharedDiskFailure(memory.of(number))
        return open_store(paths, ManualClock(), connection=Disk, is_shared=True, disk=disk)

    async with store_of(0) as first, store_of(1) as second:
        vault, inbox = await _mailbox(first)
        await _deliver(second, vault)
        disk.failing = sqlite3.SQLITE_IOERR_FSYNC
        for store in (first, second):
            with pytest.raises(StoreUnavailable):
                await _deliver(store, vault)
        disk.failing = None
    memory.of(0).clear()
    async with store_of(0) as heir:
        with pytest.raises(StoreUnavailable):
            await _deliver(heir, vault)
        assert await _uids(heir, vault, inbox) == [1]


async def test_passing_refusal_of_the_disk_does_not_stop_the_store(store: SqlStore, disk: type[Disk]) -> None:
    vault, _ = await _mailbox(store)
    disk.failing = sqlite3.SQLITE_FULL
    with pytest.raises(StoreUnavailable):
        await _deliver(store, vault)
    disk.failing = None
    assert (await _deliver(store, vault)).uid == 1


# ---------------------------------------------------------------- locked database


async def test_erasure_while_somebody_reads_for_long_holds_no_writer_up(paths: StorePaths) -> None:
    impatient = timedelta(milliseconds=200)
    async with open_store(paths, ManualClock()) as erasing, open_store(
        paths, ManualClock(), is_shared=True, lock_timeout=impatient
    ) as serving:
        gone, _ = await _mailbox(erasing)
        vault, inbox = await _mailbox(serving)
        backup = sqlite3.connect(paths.database, isolation_level=None)
        backup.execute("BEGIN")
        backup.execute("SELECT count(*) FROM sqlite_master").fetchall()
        erasure = asyncio.ensure_future(erasing.destroy_vault(gone))
        delivered = 0
        while not erasure.done():
            await _deliver(serving, vault)  # would be put off after a fifth of a second
            delivered += 1
            if delivered == 100:
                backup.close()
        await erasure
        assert await _uids(serving, vault, inbox) == list(range(1, delivered + 1))


@contextmanager
def _locked(paths: StorePaths) -> Iterator[None]:
    other = sqlite3.connect(paths.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_locked_database_defers_and_recovers(store: SqlStore, paths: StorePaths) -> None:
    vault, inbox = await _mailbox(store)
    with _locked(paths):
        outcomes = await asyncio.gather(*(_deliver(store, vault) for _ in range(1000)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert (await _deliver(store, vault)).uid == 1
    assert await _uids(store, vault, inbox) == [1]


async def test_lock_makes_a_group_wait_once_and_not_for_each_of_its_writes(paths: StorePaths) -> None:
    attempts: list[str] = []

    class Counting(Disk):
        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            attempts.append(sql)
            return super().execute(sql, *parameters)

    async with open_store(paths, ManualClock(), lock_timeout=NO_WAIT, connection=Counting) as store:
        vault, _ = await _mailbox(store)
        attempts.clear()
        with _locked(paths):
            await asyncio.gather(*(_deliver(store, vault) for _ in range(60)), return_exceptions=True)
        assert attempts.count("BEGIN IMMEDIATE") <= 10


async def test_reads_go_on_while_the_database_is_locked(store: SqlStore, paths: StorePaths) -> None:
    vault, inbox = await _mailbox(store)
    await _deliver(store, vault)
    with _locked(paths):
        assert await _uids(store, vault, inbox) == [1]


async def test_two_processes_take_turns(store: SqlStore, paths: StorePaths) -> None:
    # `pli patients import` writes beside the serving process.
    vault, inbox = await _mailbox(store)
    async with (
        open_store(paths, ManualClock()) as importing,
        open_store(paths, ManualClock()) as serving,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(50):
            group.create_task(_deliver(importing, vault))
            group.create_task(_deliver(serving, vault))
    assert await _uids(store, vault, inbox) == list(range(1, 101))


# ---------------------------------------------------------------- a database that is gone for a while


async def test_database_that_is_gone_defers_and_goes_on_when_it_is_back(store: SqlStore, paths: StorePaths) -> None:
    vault, inbox = await _mailbox(store)
    await _deliver(store, vault)
    away = paths.database.parent.rename(paths.database.parent.with_name("away"))
    with pytest.raises(StoreUnavailable, match="is gone from its folder"):
        await _deliver(store, vault)
    away.rename(paths.database.parent)
    assert (await _deliver(store, vault)).uid == 2
    assert await _uids(store, vault, inbox) == [1, 2]


async def test_nothing_is_written_when_another_file_stands_in_its_place(
    store: SqlStore, paths: StorePaths
) -> None:
    vault, _ = await _mailbox(store)
    kept = paths.database.rename(paths.database.with_name("kept"))
    paths.database.write_bytes(b"another")
    with pytest.raises(StoreUnavailable):
        await _deliver(store, vault)
    assert paths.database.read_bytes() == b"another"
    kept.replace(paths.database)
    assert (await _deliver(store, vault)).uid == 1


async def test_no_database_is_made_where_one_was(paths: StorePaths) -> None:
    async with open_store(paths, ManualClock(), readers=1) as store:
        kept = paths.database.rename(paths.database.with_name("kept"))
        # The reader connects now, for the first time.
        with pytest.raises(StoreUnavailable):
            await store.read(lambda tx: tx.audit.vaults())
        assert not paths.database.exists()
        kept.rename(paths.database)
        assert await store.read(lambda tx: tx.audit.vaults()) == []


async def test_damage_that_is_met_while_serving_bears_the_code_of_damage(paths: StorePaths) -> None:
    async with open_store(paths, ManualClock(), readers=1) as store:
        with paths.database.open("r+b") as file:
            file.write(bytes(4096))
        with pytest.raises(DatabaseDamaged) as caught:
            await store.read(lambda tx: tx.audit.vaults())
        assert caught.value.code == "PLI-203"
