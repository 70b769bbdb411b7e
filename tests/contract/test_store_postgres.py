"""What is PostgreSQL's own: several writers on one vault, deadlocks, and a server that is gone, full or locked."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import ConfigurationError, StoreUnavailable
from gateway.domain.filing_outcome import SendingOutcome
from gateway.domain.mailbox import BlobKey, VaultId
from gateway.domain.outbox import Step, StepKind
from gateway.ports.store import Store, Tx
from gateway.store.backend.postgres.connection import PostgresConnection
from gateway.store.backend.sql import Cursor
from gateway.store.opening import StorePaths, open_store
from tests.builders.outbox import A_WORKER, a_step
from tests.builders.postgres_server import PostgresServer, postgres_server
from tests.builders.store import NOON, ManualClock, StoreAt, a_content, a_mailbox, inbox_of, shown, store_at


@pytest.fixture
async def at(ram: Path, postgres_url: str) -> AsyncIterator[StoreAt]:
    """A store on PostgreSQL."""
    async with store_at(ram, server=postgres_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    with postgres_server() as server:
        yield server


@pytest.fixture
async def apart(ram: Path, own_server: PostgresServer) -> AsyncIterator[StoreAt]:
    """A store on that server."""
    async with store_at(ram, server=own_server.url(own_server.new_database())) as opened:
        yield opened


def _event(vault: VaultId) -> AuditEvent:
    return AuditEvent(at=NOON, actor="patient", action="document.read", objects=(f"vault:{vault:x}",))


async def _delivered(store: Store, vault: VaultId) -> int:
    content = a_content()
    return await store.write(lambda tx: shown(tx, vault, content).uid)


# ---------------------------------------------------------------- several writers


async def test_two_processes_that_write_one_vault_at_once_take_turns(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)

    def deliver(tx: Tx) -> int:
        tx.audit.append(vault, _event(vault))
        return shown(tx, vault, a_content()).uid

    async with open_store(at.paths, at.clock) as other:
        writes = [store.write(deliver) for _ in range(30) for store in (at.store, other)]
        uids = await asyncio.gather(*writes)
    assert sorted(uids) == [*range(1, 61)]
    assert list(await at.store.read(lambda tx: tx.mail.uids(vault, inbox))) == [*range(1, 61)]
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == 60


async def test_what_a_write_has_read_of_its_vault_holds_until_its_commit(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)

    def count_up(tx: Tx) -> None:
        before = tx.mail.outcome(vault, a_number)
        assert before is None or isinstance(before, SendingOutcome)
        tx.mail.note_outcome(vault, a_number, SendingOutcome(delivered=before.delivered + 1 if before else 1))

    a_number = a_content().mid
    await asyncio.gather(*(at.store.write(count_up) for _ in range(50)))
    assert await at.store.read(lambda tx: tx.mail.outcome(vault, a_number)) == SendingOutcome(delivered=50)


async def test_vaults_that_are_written_crosswise_are_both_written(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    both = threading.Barrier(2)
    waited = threading.local()

    def crosswise(first: VaultId, second: VaultId) -> Callable[[Tx], None]:
        def write(tx: Tx) -> None:
            tx.audit.append(first, _event(first))
            if not getattr(waited, "once", False):
                waited.once = True
                both.wait(10)
            tx.audit.append(second, _event(second))

        return write

    await asyncio.gather(at.store.write(crosswise(one, other)), at.store.write(crosswise(other, one)))
    assert await at.store.read(lambda tx: [tx.audit.verify(vault) for vault in (one, other)]) == [2, 2]


async def test_blobs_of_one_segment_are_taken_hold_of_at_once(at: StoreAt) -> None:
    vaults = [await a_mailbox(at.store) for _ in range(2)]
    blobs = at.blobs.write_many([b"a", b"b"])
    assert blobs[0].ref.id[:8] == blobs[1].ref.id[:8]
    both = threading.Barrier(2)

    def take(vault: VaultId, blob: BlobKey) -> Callable[[Tx], None]:
        def write(tx: Tx) -> None:
            tx.blobs.attach(vault, blob)
            both.wait(10)

        return write

    await asyncio.gather(*(at.store.write(take(vault, blob)) for vault, blob in zip(vaults, blobs, strict=True)))


def _added(step: Step, tx: Tx) -> None:
    tx.outbox.add(step)


async def test_step_is_leased_once_by_workers_of_two_processes(at: StoreAt) -> None:
    async with open_store(at.paths, at.clock) as other:
        vault = await a_mailbox(at.store)
        steps = [a_step(vault, number, StepKind.FILE, NOON) for number in range(1, 41)]
        for step in steps:
            await at.store.write(partial(_added, step))
        until = NOON + timedelta(minutes=1)
        leases = [
            store.write(lambda tx: tx.outbox.lease(NOON, until, 10, holder=A_WORKER))
            for store in (at.store, other) * 2
        ]
        leased = [step.id for taken in await asyncio.gather(*leases) for step in taken]
    assert len(leased) == len(set(leased)) >= 10


# ---------------------------------------------------------------- the server


async def test_server_that_is_gone_defers_and_is_used_again_when_it_is_back(
    apart: StoreAt, own_server: PostgresServer
) -> None:
    vault = await a_mailbox(apart.store)
    own_server.stop()
    with pytest.raises(StoreUnavailable):
        await _delivered(apart.store, vault)
    with pytest.raises(StoreUnavailable):
        await inbox_of(apart.store, vault)
    own_server.start()
    assert await _delivered(apart.store, vault) == 1
    assert await inbox_of(apart.store, vault) == 1


async def test_server_that_was_started_again_meanwhile_is_not_noticed(
    apart: StoreAt, own_server: PostgresServer
) -> None:
    vault = await a_mailbox(apart.store)
    for number in (1, 2, 3):
        own_server.kill()
        own_server.start()
        assert await _delivered(apart.store, vault) == number


async def test_store_is_not_opened_while_its_server_is_gone(apart: StoreAt, own_server: PostgresServer) -> None:
    own_server.stop()
    try:
        with pytest.raises(StoreUnavailable):
            async with open_store(apart.paths, ManualClock()):
                pass
    finally:
        own_server.start()


async def test_server_that_would_lose_commits_is_refused(apart: StoreAt, own_server: PostgresServer) -> None:
    own_server.stop()
    own_server.start("full_page_writes=off")
    try:
        with pytest.raises(ConfigurationError, match="power cut"):
            async with open_store(apart.paths, ManualClock()):
                pass
    finally:
        own_server.stop()
        own_server.start()


async def test_table_that_another_program_has_locked_defers_and_recovers(ram: Path, at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    async with open_store(at.paths, at.clock, lock_timeout=timedelta(milliseconds=50)) as hasty:
        with psycopg.connect(at.paths.server) as other:
            other.execute("LOCK TABLE content IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StoreUnavailable):
                await _delivered(hasty, vault)
        assert await _delivered(hasty, vault) == 1


async def test_server_that_only_lets_read_defers_writes_and_reads_on(apart: StoreAt) -> None:
    vault = await a_mailbox(apart.store)
    _set(apart, "ALTER ROLE pli SET default_transaction_read_only = on")
    try:
        async with open_store(apart.paths, ManualClock()) as limited:
            with pytest.raises(StoreUnavailable):
                await _delivered(limited, vault)
            assert await inbox_of(limited, vault) == 1
    finally:
        _set(apart, "ALTER ROLE pli RESET default_transaction_read_only")


def _set(at: StoreAt, statement: LiteralString) -> None:
    with psycopg.connect(at.paths.server, options="-c default_transaction_read_only=off") as db:
        db.execute(statement)


async def test_server_without_room_defers_leaves_no_half_and_recovers(at: StoreAt) -> None:
    # The server's own error for a full disk (53100), raised where it would be.
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    at.behind_its_back(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
    )
    at.behind_its_back("CREATE TRIGGER full_disk BEFORE INSERT ON entry_wire EXECUTE FUNCTION full_disk()")
    try:
        with pytest.raises(StoreUnavailable):
            await _delivered(at.store, vault)
    finally:
        at.behind_its_back("DROP FUNCTION full_disk CASCADE")
    assert list(await at.store.read(lambda tx: tx.mail.uids(vault, inbox))) == []
    assert await _delivered(at.store, vault) == 1


@pytest.mark.parametrize(("version", "told"), [("9999", "does not know"), (None, "not ours")])
async def test_database_of_another_version_or_program_is_not_opened(
    ram: Path, empty_postgres: str, version: str | None, told: str
) -> None:
    with psycopg.connect(empty_postgres) as db:
        db.execute("CREATE TABLE client (name text)")
        if version:
            db.execute("CREATE TABLE alembic_version (version_num text)")
            db.execute("INSERT INTO alembic_version VALUES (%s)", (version,))
    with pytest.raises(ConfigurationError, match=told):
        async with open_store(StorePaths.below(ram, empty_postgres), ManualClock()):
            pass


# ---------------------------------------------------------------- a COMMIT that is not answered

_SLOW_COMMIT = (
    ("CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_advisory_lock(-7); PERFORM pg_advisory_unlock(-7); RETURN NULL; END $$"),
    ("CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON entry_wire DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION slow_commit()"),
)
_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"


async def test_write_whose_server_dies_before_its_commit_holds_is_done_once(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    for statement in _SLOW_COMMIT:
        at.behind_its_back(statement)
    try:
        with psycopg.connect(at.paths.server, autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(-7)")
            writing = asyncio.ensure_future(_delivered(at.store, vault))
            while not (waiting := await asyncio.to_thread(other.execute(_WAITING).fetchone)):
                await asyncio.sleep(0)
            other.execute("SELECT pg_terminate_backend(%s)", waiting)
        assert await writing == 1
    finally:
        at.behind_its_back("DROP FUNCTION slow_commit CASCADE")
    assert list(await at.store.read(lambda tx: tx.mail.uids(vault, inbox))) == [1]


async def test_write_whose_commit_held_but_was_not_answered_is_done_once_and_put_off(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, cut = PostgresConnection.execute, threading.Event()

    def deaf(self: PostgresConnection, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        done = execute(self, sql, parameters)
        if sql == "COMMIT" and threading.current_thread().name.startswith("pli-write") and not cut.is_set():
            cut.set()
            self.db.close()
            raise psycopg.OperationalError("the connection was lost")
        return done

    vault = await a_mailbox(at.store)
    monkeypatch.setattr(PostgresConnection, "execute", deaf)
    with pytest.raises(StoreUnavailable):
        await _delivered(at.store, vault)
    assert await _delivered(at.store, vault) == 2
