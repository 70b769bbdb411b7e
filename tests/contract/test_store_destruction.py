"""A vault that is destroyed: key, caches and rows of every table end; neighbours and the hashes of its trace stay."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing

import pytest
from sqlalchemy import Column, Integer, Table, Text

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import KeyUnavailable, NotFound, StoreUnavailable
from gateway.domain.mailbox import ERASURES, OPERATOR, MessageId, VaultId
from gateway.ports.store import Tx
from gateway.store import schema, sql_store
from gateway.store.rows.destruction import deletions
from tests.builders.store import NOON, StoreAt, a_content, a_space, shown

TABLES = [table for table in schema.metadata.sorted_tables if "vault" in table.c]
KEPT = {"audit", "audit_head", "erased", "head_moved"}


def rows(at: StoreAt, vault: VaultId) -> dict[str, int]:
    """Count the rows of a vault in each table that has any."""
    counts = {
        table.name: at.behind_its_back(f"SELECT count(*) FROM {table.name} WHERE vault = ?", vault)[0][0]
        for table in TABLES
    }
    return {name: count for name, count in counts.items() if count}


def fill(at: StoreAt, vault: VaultId, times: int = 1) -> None:
    """Put rows of a vault into every table, a new one included: what they say does not matter here."""
    for table in TABLES:
        if table.name in KEPT - {"erased"}:
            continue
        names, places = ", ".join(f'"{column.name}"' for column in table.c), ", ".join("?" for _ in table.c)
        for number in range(times):
            if at.behind_its_back(f"SELECT 1 FROM {table.name} WHERE vault = ?", vault) and _is_single(table):
                continue
            values = [_value(column, vault, number) for column in table.c]
            at.behind_its_back(f"INSERT INTO {table.name} ({names}) VALUES ({places})", *values)


def _is_single(table: Table) -> bool:
    return [column.name for column in table.primary_key] == ["vault"]


def _value(column: "Column[object]", vault: VaultId, number: int) -> object:
    if column.name == "vault":
        return vault
    if isinstance(column.type, Integer):
        return number + 10_000
    return f"x{vault}{number}" if isinstance(column.type, Text) else b"%d %d" % (vault, number)


async def a_full_vault(at: StoreAt, times: int = 1) -> VaultId:
    """Make a space with a message, a trace, and rows in every table."""
    vault = (await a_space(at.store)).vault
    await at.store.write(lambda tx: shown(tx, vault, a_content(mid=7)))
    await at.store.write(
        lambda tx: tx.audit.append(vault, AuditEvent(at=NOON, actor="pli", action="message.delivered"))
    )
    fill(at, vault, times)
    assert set(rows(at, vault)) == {table.name for table in TABLES}
    return vault


async def test_rows_of_every_table_go_but_those_of_the_trace(at: StoreAt) -> None:
    vault, neighbour = await a_full_vault(at), await a_full_vault(at)
    before = rows(at, neighbour)
    await at.store.destroy_vault(vault)
    assert set(rows(at, vault)) == KEPT
    assert rows(at, neighbour) == before
    assert (await at.store.read(lambda tx: tx.mail.content(neighbour, MessageId(7)))).mid == 7


async def test_more_rows_than_one_transaction_deletes_all_go(at: StoreAt, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = await a_full_vault(at, 5)
    monkeypatch.setattr("gateway.store.rows.destruction.DELETIONS", deletions(2))
    await at.store.destroy_vault(vault)
    assert set(rows(at, vault)) == KEPT


LOOKS: dict[str, Callable[[StoreAt, VaultId], Coroutine[None, None, object]]] = {
    "message": lambda at, vault: at.store.read(lambda tx: tx.mail.content(vault, MessageId(7))),
    "trace": lambda at, vault: at.store.read(lambda tx: tx.audit.events(vault)),
    "new event": lambda at, vault: at.store.write(lambda tx: _noted(tx, vault)),
    "new message": lambda at, vault: at.store.write(lambda tx: tx.mail.add_content(a_content(mid=8), vault)),
}


def _noted(tx: Tx, vault: VaultId) -> None:
    tx.audit.append(vault, AuditEvent(at=NOON, actor="pli", action="space.read"))


@pytest.mark.parametrize("look", LOOKS)
async def test_nothing_of_it_opens_or_is_sealed_afterwards(at: StoreAt, look: str) -> None:
    vault = await a_full_vault(at)
    await at.store.destroy_vault(vault)
    with pytest.raises((KeyUnavailable, NotFound)):
        await LOOKS[look](at, vault)


async def test_row_put_back_from_a_copy_does_not_open(at: StoreAt) -> None:
    vault = await a_full_vault(at)
    names = ", ".join(f'"{column.name}"' for column in schema.content.c)
    (kept,) = at.behind_its_back(f"SELECT {names} FROM content WHERE vault = ? AND mid = 7", vault)
    await at.store.destroy_vault(vault)
    places = ", ".join("?" for _ in kept)
    at.behind_its_back(f"INSERT INTO content ({names}) VALUES ({places})", *kept)
    with pytest.raises(KeyUnavailable):
        await at.store.read(lambda tx: tx.mail.content(vault, MessageId(7)))


async def test_its_trace_still_verifies(at: StoreAt) -> None:
    vault = await a_full_vault(at)
    length = await at.store.read(lambda tx: tx.audit.verify(vault))
    await at.store.destroy_vault(vault)
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == length > 0


async def test_destroyed_again_it_stays_destroyed(at: StoreAt) -> None:
    vault = await a_full_vault(at)
    for _ in range(2):
        await at.store.destroy_vault(vault)
    assert set(rows(at, vault)) == KEPT


async def test_whoever_watches_it_is_told(at: StoreAt) -> None:
    vault = await a_full_vault(at)
    with at.store.subscribe(vault) as news:
        await at.store.destroy_vault(vault)
        await news.wait()


async def test_log_of_keys_is_cut_off_as_soon_as_nobody_reads_it(at: StoreAt) -> None:
    vault = await a_full_vault(at)
    with closing(sqlite3.connect(at.paths.key_store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        (wrapped,) = reader.execute("SELECT wrapped FROM vault_key WHERE vault = ?", (vault,)).fetchone()
        with at.store.subscribe(ERASURES) as news:
            destroying = asyncio.ensure_future(at.store.destroy_vault(vault))
            await news.wait()  # those that have the key in memory are told before
        reader.execute("COMMIT")
        await destroying
    assert all(wrapped not in file.read_bytes() for file in at.paths.key_store.parent.iterdir())


async def test_log_of_keys_that_somebody_reads_for_long_is_told(at: StoreAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_store, "_PAUSES", (0.0,))
    vault = await a_full_vault(at)
    with closing(sqlite3.connect(at.paths.key_store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT wrapped FROM vault_key WHERE vault = ?", (vault,)).fetchone()
        with pytest.raises(StoreUnavailable):
            await at.store.destroy_vault(vault)
        reader.execute("COMMIT")
    await at.store.destroy_vault(vault)
    assert set(rows(at, vault)) == KEPT


async def test_operator_s_vault_is_never_destroyed(at: StoreAt) -> None:
    with pytest.raises(ValueError, match="operator"):
        await at.store.destroy_vault(OPERATOR)
