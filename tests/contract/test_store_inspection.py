"""Looking through a store: what was altered is found, whose it is, and nothing else."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import NotifyPatient
from gateway.ports.inspection import Damage
from gateway.ports.store import Store, Tx
from gateway.services.upkeep.verification import Verification, remedy_of
from gateway.store import schema
from gateway.store.rows.sealed_columns import SEALED
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, a_number, a_space, shown, store_at

DIGESTS = {
    "account.digest", "address.digest", "audit.hash", "audit_head.hash", "audit_head.mac", "blob.blob", "code.digest",
    "person.digest", "browser.digest", "passkey.digest", "passkey.code",
    "read_mark.profile", "profile_entry.section", "profile_entry.code",
    "measure.series", "measure.code", "care_act.series", "care_act.code",
    "condemned.blob", "content.blob", "document.identity", "document.set_digest", "document.unique_digest",
    "exchange.correspondent", "intake.dedupe", "quarantine.blob", "reference.digest", "replacement.unique_digest",
    "session.digest", "account.code", "address.code", "code.code", "document.code", "exchange.code", "session.code",
    "space.code", "folder.code", "vault.code", "attempt.aim", "attempt.subject",
    "access_code.code", "blob.wrapped", "care_contact.party", "head_hash.hash", "head_leaf.hash", "mandate.code",
    "patient_choice.code", "reader_state.code", "record_opening.code", "record_reading.code", "record_reading.person",
    "representing.digest", "withheld_message.code",
    "agent.code", "reference.code", "erased.code", "erased.digest", "agenda_event.uid",
    "agenda_event.organiser",
}  # fmt: skip
"""Octets that are no sealed records: names, digests, codes."""
OPENED_ELSEWHERE = {"blob.wrapped", "vault_head.record"}
"""Opened with the octets that they are the key of, and with the rows that they list."""


def test_every_sealed_column_of_the_schema_is_looked_at() -> None:
    octets = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    looked_at = {f"{sealed.table.name}.{name}" for sealed in SEALED for name, _ in sealed.columns}
    assert octets == looked_at | DIGESTS | OPENED_ELSEWHERE
    assert not looked_at & DIGESTS


@pytest.fixture
async def at(ram: Path) -> AsyncIterator[StoreAt]:
    async with store_at(ram) as opened:
        yield opened


async def damages(store: Store) -> list[Damage]:
    verification = Verification(store, time.perf_counter)
    found = [damage async for damage in verification.damages(await verification.parts())]
    # A record that was altered makes its row a bent one as well: `test_twenty_ways` is about those.
    return [damage for damage in found if damage.what != "coded row"]


async def traced(store: Store, vault: VaultId, count: int = 1) -> None:
    def add(tx: Tx) -> None:
        for _ in range(count):
            tx.audit.append(vault, AuditEvent(at=NOON, actor="pli", action="space.created"))

    await store.write(add)


async def a_full_space(store: Store) -> VaultId:
    """Make a space with something in most tables."""
    vault = (await a_space(store)).vault
    step = Step(vault=vault, id=a_number(), payload=NotifyPatient(), due=NOON)

    def fill(tx: Tx) -> None:
        shown(tx, vault, a_content())
        tx.outbox.add(step)

    await store.write(fill)
    await traced(store, vault)
    return vault


def altered(at: StoreAt, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(at.paths.database)) as db, db:
        assert db.execute(statement, parameters).rowcount == 1


async def test_nothing_is_found_in_a_store_that_nobody_touched(at: StoreAt) -> None:
    for _ in range(3):
        await a_full_space(at.store)
    assert await damages(at.store) == []


@pytest.mark.parametrize(
    ("table", "column", "what"),
    [
        (sealed.table.name, name, sealed.what)
        for sealed in SEALED
        if sealed.table.name in {"vault", "space", "content", "entry_wire", "outbox"}
        for name, _ in sealed.columns
    ],
)
async def test_one_octet_that_changed_is_found_with_its_owner(at: StoreAt, table: str, column: str, what: str) -> None:
    await a_full_space(at.store)
    vault = await a_full_space(at.store)
    other = f"CASE substr({column}, -1) WHEN x'00' THEN x'01' ELSE x'00' END"
    octets = f"CAST(substr({column}, 1, length({column}) - 1) || {other} AS BLOB)"
    statement = f"UPDATE {table} SET {column} = {octets} WHERE vault = ?"
    altered(at, statement, vault)
    (found,) = await damages(at.store)
    assert (found.vault, found.what) == (vault, what)
    assert column in found.fault
    assert "« Damaged records »" in remedy_of(found)


@pytest.mark.parametrize("value", ["x''", "x'01'", "'text'", "7"])
async def test_a_record_that_is_cut_or_something_else_is_found(at: StoreAt, value: str) -> None:
    vault = await a_full_space(at.store)
    at.past_the_types(f"UPDATE space SET record = {value} WHERE vault = ?", vault)
    # SQLite itself names a value of another type than declared.
    assert [damage.what for damage in await damages(at.store) if damage.what != "database"] == ["space"]


async def test_a_record_of_another_vault_is_found(at: StoreAt) -> None:
    vault, other = await a_full_space(at.store), await a_full_space(at.store)
    altered(at, "UPDATE space SET record = (SELECT record FROM space WHERE vault = ?) WHERE vault = ?", other, vault)
    assert [(damage.vault, damage.what) for damage in await damages(at.store)] == [(vault, "space")]


async def test_a_folder_s_name_that_does_not_open_is_found_by_its_number(at: StoreAt) -> None:
    vault = await a_full_space(at.store)
    altered(at, "UPDATE folder SET name = zeroblob(40) WHERE vault = ? AND folder = 2", vault)
    assert [(damage.what, damage.number) for damage in await damages(at.store)] == [("folder", 2)]


async def test_a_vault_without_its_key_is_told_once(at: StoreAt) -> None:
    vault, other = await a_full_space(at.store), await a_full_space(at.store)
    with closing(sqlite3.connect(at.paths.key_store)) as db, db:
        db.execute("DELETE FROM vault_key WHERE vault = ?", (vault,))
        db.execute("UPDATE vault_key SET wrapped = zeroblob(60) WHERE vault = ?", (other,))
    async with store_at(at.paths.database.parent.parent) as again:
        found = await damages(again.store)
    assert sorted((damage.vault, damage.what) for damage in found) == sorted([(vault, "key"), (other, "key")])


async def test_a_space_without_any_trace_is_named(at: StoreAt) -> None:
    vault = await a_full_space(at.store)
    at.behind_its_back("DELETE FROM audit WHERE vault = ?", vault)
    altered(at, "DELETE FROM audit_head WHERE vault = ?", vault)
    (found,) = await damages(at.store)
    assert (found.vault, found.what) == (vault, "trace")
    assert "there is no trace" in found.fault


async def test_a_trace_is_followed_in_pieces_and_its_fault_named_by_event(at: StoreAt) -> None:
    vault = await a_full_space(at.store)
    await traced(at.store, vault, 200)
    assert await damages(at.store) == []
    altered(at, "UPDATE audit SET at = at + 1 WHERE vault = ? AND seq = 150", vault)
    (found,) = await damages(at.store)
    assert found.fault == f"the trace of vault {vault:x} is broken at event 150"


async def test_a_line_whose_message_is_gone_is_found(at: StoreAt) -> None:
    vault = await a_full_space(at.store)
    altered(at, "DELETE FROM entry WHERE vault = ?", vault)
    found = [(damage.vault, damage.what) for damage in await damages(at.store)]
    # What stands nowhere, and what its trace says of it.
    assert set(found) == {(vault, "line of a message"), (vault, "message")}


async def test_events_of_a_vault_that_was_destroyed_are_no_damage(at: StoreAt) -> None:
    vault = await a_full_space(at.store)
    await at.store.destroy_vault(vault)
    assert await damages(at.store) == []


async def test_pages_that_are_no_pages_any_more_are_what_the_database_itself_finds(at: StoreAt) -> None:
    await a_full_space(at.store)
    with closing(sqlite3.connect(at.paths.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outcome'").fetchone()[0]
    with at.paths.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    async with store_at(at.paths.database.parent.parent) as again:
        found = await damages(again.store)
    assert found
    assert {(damage.vault, damage.what) for damage in found} == {(None, "database")}
    assert "restore the database" in remedy_of(found[0])


async def test_a_mailbox_with_more_messages_than_one_look_takes_is_looked_through(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    contents = [a_content() for _ in range(150)]
    await at.store.write(lambda tx: [shown(tx, vault, content) for content in contents])
    await traced(at.store, vault)
    altered(at, "UPDATE content SET extract = x'00' WHERE vault = ? AND mid = ?", vault, contents[120].mid)
    verification = Verification(at.store, time.perf_counter)
    found = [damage async for damage in verification.damages(["content"])]
    assert [(damage.what, damage.number) for damage in found] == [("message", contents[120].mid)]
    assert verification.looked == {"content": 150}


async def test_a_damaged_row_is_mended_by_the_same_row_of_a_backup(at: StoreAt, tmp_path: Path) -> None:
    vault = await a_full_space(at.store)
    backup = tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(at.paths.database)) as db, closing(sqlite3.connect(backup)) as copy:
        db.backup(copy)
    altered(at, "UPDATE content SET summary = zeroblob(80), headers = x'' WHERE vault = ?", vault)
    assert len(await damages(at.store)) == 2
    with closing(sqlite3.connect(at.paths.database)) as db:
        db.execute("ATTACH ? AS backup", (str(backup),))
        db.execute("REPLACE INTO content SELECT * FROM backup.content WHERE vault = ?", (vault,))
        db.commit()
    assert await damages(at.store) == []
