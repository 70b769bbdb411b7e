"""The log of heads: what is published, how often, and a hundred tamperings that `scripts/verify_log.py` finds."""

import hashlib
import importlib.util
import random
import shutil
import sqlite3
import ssl
import struct
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

import orjson
import pytest
import pytest_asyncio

from gateway.checkpoints.places import FolderAndUrl
from gateway.domain.audit import AuditEvent
from gateway.domain.checkpoint import checkpoint_of
from gateway.domain.errors import InvalidValue, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx
from gateway.services.trace.head_checkpoints import HeadCheckpoints
from gateway.services.trace.inclusion import link_said, proof_of
from tests.builders.repository import ROOT
from tests.builders.store import NOON, StoreAt, ram_folder, store_at

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCRIPT = ROOT / "scripts" / "verify_log.py"
VAULTS, LINES = 5, 12


@dataclass
class Logged:
    """A store with some traces, logged and published three times; `earlier` is a copy after the second."""

    at: StoreAt
    checkpoints: HeadCheckpoints
    folder: Path
    vaults: list[VaultId]
    key: str

    @property
    def published(self) -> list[str]:
        return [str(file) for file in sorted((self.folder / "out").glob("*.txt"))]

    def copied(self, name: str) -> Path:
        copy = self.folder / name
        with closing(sqlite3.connect(self.at.paths.database)) as now, closing(sqlite3.connect(copy)) as there:
            now.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")
        return copy


class NoPlace:
    async def publish(self, note: str) -> None:
        assert note
        raise StoreUnavailable("the disk is full")


def _no_tls() -> ssl.SSLContext:
    raise AssertionError("nothing is sent")


def _append(tx: Tx, *, vault: VaultId, number: int) -> None:
    event = AuditEvent(at=NOON, actor="claire@x.example", action="document.read", objects=(f"document:{number:x}",))
    tx.audit.append(vault, event)


async def grow(at: StoreAt, vault: VaultId, lines: int) -> None:
    for number in range(lines):
        await at.store.write(partial(_append, vault=vault, number=number))


def _checkpoints(at: StoreAt, folder: Path) -> HeadCheckpoints:
    return HeadCheckpoints(at.store, at.clock, FolderAndUrl(folder / "out", "", "", _no_tls), "pli.example")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def logged() -> AsyncIterator[Logged]:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            checkpoints = _checkpoints(at, folder)
            vaults = [VaultId(number) for number in await at.store.new_vaults(VAULTS)]
            made = Logged(at, checkpoints, folder, vaults, await checkpoints.verifier_key())
            for round_ in range(3):
                for vault in vaults:
                    await grow(at, vault, LINES // 3)
                at.clock.advance(timedelta(minutes=1))
                await checkpoints.publish_due()
                made.copied(f"round-{round_}")
            yield made


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Give the script as a module; it imports nothing of ours."""
    spec = importlib.util.spec_from_file_location("verify_log", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verified(script: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run it, and give its exit code."""
    script.findings.clear()
    monkeypatch.setattr(sys, "argv", ["verify_log.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        script.main()
    code = ended.value.code
    return code if isinstance(code, int) else 3


async def test_checkpoint_that_somebody_wrote_into_the_database_is_not_published(ram: Path) -> None:
    async with store_at(ram / "store") as at:
        checkpoints, (number,) = _checkpoints(at, ram), await at.store.new_vaults(1)
        await grow(at, VaultId(number), 1)
        first = await checkpoints.publish_due()
        assert first is not None
        for note in ("forged", first.replace("\n1\n", "\n2\n"), first):
            # Nor does an instant that has not come yet keep the next one back.
            forged = "UPDATE head_checkpoint SET published = 0, size = 7, at = at + 99000000000, note = ?"
            at.behind_its_back(forged, note)
            await grow(at, VaultId(number), 1)
            at.clock.advance(timedelta(minutes=1))
            await checkpoints.publish_due()
        (file,) = (ram / "out").glob("*.txt")
        sizes = [checkpoint_of(f"{one}=\n").size for one in file.read_text().split("=\n\n") if one]
        assert sizes == [1, 2, 3, 4]


# ---------------------------------------------------------------- a hundred tamperings
Attack = Callable[[sqlite3.Connection, int, random.Random, Logged], None]


def _rechained(database: sqlite3.Connection, vault: int) -> None:
    """Number the lines anew, compute every hash and the head: all that whoever has no key can do."""
    rows = database.execute("SELECT at, record FROM audit WHERE vault = ? ORDER BY seq", (vault,)).fetchall()
    database.execute("DELETE FROM audit WHERE vault = ?", (vault,))
    link = bytes(32)
    for seq, (at, record) in enumerate(rows, 1):
        link = hashlib.sha256(link + struct.pack(">QQq", vault, seq, at) + record).digest()
        database.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", (vault, seq, at, record, link))
    database.execute("UPDATE audit_head SET seq = ?, hash = ? WHERE vault = ?", (len(rows), link, vault))


def _edited(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    seq = chance.randint(1, LINES)
    database.execute("UPDATE audit SET record = randomblob(80) WHERE vault = ? AND seq = ?", (vault, seq))


def _edited_and_rechained(database: sqlite3.Connection, vault: int, chance: random.Random, logged: Logged) -> None:
    _edited(database, vault, chance, logged)
    _rechained(database, vault)


def _dated_back(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    shift = chance.randint(1, 10**9)
    seq = chance.randint(1, LINES)
    database.execute("UPDATE audit SET at = at - ? WHERE vault = ? AND seq = ?", (shift, vault, seq))
    _rechained(database, vault)


def _deleted(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    database.execute("DELETE FROM audit WHERE vault = ? AND seq = ?", (vault, chance.randint(1, LINES)))
    _rechained(database, vault)


def _swapped(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    one, other = chance.sample(range(1, LINES + 1), 2)
    records = [
        database.execute("SELECT record FROM audit WHERE vault = ? AND seq = ?", (vault, seq)).fetchone()[0]
        for seq in (one, other)
    ]
    for seq, record in ((other, records[0]), (one, records[1])):
        database.execute("UPDATE audit SET record = ? WHERE vault = ? AND seq = ?", (record, vault, seq))
    _rechained(database, vault)


def _cut(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    database.execute("DELETE FROM audit WHERE vault = ? AND seq > ?", (vault, chance.randint(0, LINES - 1)))
    _rechained(database, vault)


def _put_back(database: sqlite3.Connection, vault: int, chance: random.Random, logged: Logged) -> None:
    """Trace and head of an earlier round, whole: the head's keyed digest is right."""
    database.execute("ATTACH ? AS earlier", (str(logged.folder / f"round-{chance.randint(0, 1)}"),))
    for table in ("audit", "audit_head"):
        database.execute(f"DELETE FROM {table} WHERE vault = ?", (vault,))
        database.execute(f"INSERT INTO {table} SELECT * FROM earlier.{table} WHERE vault = ?", (vault,))


def _put_back_with_the_log(database: sqlite3.Connection, vault: int, chance: random.Random, logged: Logged) -> None:
    _put_back(database, vault, chance, logged)
    for table in ("head_leaf", "head_hash", "head_checkpoint"):
        database.execute(f"DELETE FROM {table}")
        database.execute(f"INSERT INTO {table} SELECT * FROM earlier.{table}")


def _leaf_taken_out(database: sqlite3.Connection, vault: int, chance: random.Random, _: Logged) -> None:
    leaves = [row[0] for row in database.execute("SELECT leaf FROM head_leaf WHERE subject = ?", (vault,))]
    database.execute("DELETE FROM head_leaf WHERE leaf = ?", (chance.choice(leaves),))


def _leaf_edited_to_fit(database: sqlite3.Connection, vault: int, chance: random.Random, logged: Logged) -> None:
    """A trace with a line edited, and every leaf of it made to say what it says now."""
    _edited_and_rechained(database, vault, chance, logged)
    for seq, link in database.execute("SELECT seq, hash FROM audit WHERE vault = ?", (vault,)).fetchall():
        database.execute("UPDATE head_leaf SET hash = ? WHERE subject = ? AND seq = ?", (link, vault, seq))


ATTACKS: tuple[Attack, ...] = (
    _edited, _edited_and_rechained, _dated_back, _deleted, _swapped, _cut, _put_back, _put_back_with_the_log,
    _leaf_taken_out, _leaf_edited_to_fit,
)  # fmt: skip


async def test_what_nobody_touched_is_as_it_was_published(
    logged: Logged, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = logged.copied("untouched")
    assert verified(script, monkeypatch, "--key", logged.key, "--database", copy, *logged.published) == 0
    other = logged.key[:-4] + "AAAA"
    assert verified(script, monkeypatch, "--key", other, "--database", copy, *logged.published) == 3


async def test_a_hundred_tamperings_are_found(
    logged: Logged, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, missed = random.Random(162), list[str]()
    whole = logged.copied("whole")
    for number in range(100):
        attack, vault = ATTACKS[number % len(ATTACKS)], chance.choice(logged.vaults)
        copy = logged.folder / "tampered"
        shutil.copyfile(whole, copy)
        with closing(sqlite3.connect(copy)) as database, database:
            attack(database, vault, chance, logged)
        if verified(script, monkeypatch, "--key", logged.key, "--database", copy, *logged.published) != 1:
            missed.append(attack.__name__)
    assert missed == []


# ---------------------------------------------------------------- proofs


async def test_holder_checks_their_trace_and_any_change_of_it_without_pli(
    logged: Logged, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = logged.vaults[2]
    proof = await logged.at.store.read(lambda tx: proof_of(tx, vault))
    links = await logged.at.store.read(lambda tx: tx.audit.links(vault, 0, 100))
    assert proof is not None
    files = logged.folder / "journal.jsonl", logged.folder / "preuve.json"
    lines = [orjson.dumps(link_said(link)) for link in links]
    arguments = ("--key", logged.key, "--journal", files[0], "--proof", files[1])
    files[1].write_bytes(orjson.dumps(proof.said()))
    files[0].write_bytes(b"\n".join(lines) + b"\n")
    assert verified(script, monkeypatch, *arguments, *logged.published) == 0
    assert verified(script, monkeypatch, *arguments) == 0  # by the checkpoint of the proof itself
    for spoiled in (lines[:-1], lines[1:], [*lines[:3], lines[4], lines[3], *lines[5:]]):
        files[0].write_bytes(b"\n".join(spoiled) + b"\n")
        assert verified(script, monkeypatch, *arguments, *logged.published) == 1
    files[0].write_bytes(b"\n".join(lines) + b"\n")
    files[1].write_bytes(orjson.dumps({**proof.said(), "leaf": proof.leaf + 1}))
    assert verified(script, monkeypatch, *arguments, *logged.published) == 1


# ---------------------------------------------------------------- publishing


async def test_checkpoint_is_made_once_a_minute_at_most_and_only_of_what_is_new() -> None:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            checkpoints = _checkpoints(at, folder)
            other = _checkpoints(at, folder)  # another process over the same store
            assert await checkpoints.publish_due() is None
            (number,) = await at.store.new_vaults(1)
            await grow(at, VaultId(number), 2)
            first = await checkpoints.publish_due()
            assert first is not None
            await grow(at, VaultId(number), 2)
            assert await other.publish_due() == first
            at.clock.advance(timedelta(seconds=59))
            assert await checkpoints.publish_due() == first
            at.clock.advance(timedelta(seconds=1))
            second = await other.publish_due()
            assert second is not None
            assert checkpoint_of(second).size == checkpoint_of(first).size + 1
            at.clock.advance(timedelta(minutes=5))
            assert await checkpoints.publish_due() == second
            (file,) = (folder / "out").glob("*.txt")
            assert file.read_text(encoding="utf-8") == f"{first}\n{second}\n"


async def test_checkpoint_that_no_place_took_is_published_before_another() -> None:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            (number,) = await at.store.new_vaults(1)
            await grow(at, VaultId(number), 1)
            with pytest.raises(StoreUnavailable):
                await HeadCheckpoints(at.store, at.clock, NoPlace(), "pli.example").publish_due()
            assert await at.store.read(lambda tx: proof_of(tx, VaultId(number))) is None
            down = FolderAndUrl(folder / "out", "https://127.0.0.1:1/", "", ssl.create_default_context)
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    await HeadCheckpoints(at.store, at.clock, down, "pli.example").publish_due()
            note = await _checkpoints(at, folder).publish_due()
            assert note is not None
            assert (folder / "out").joinpath(f"{NOON:%Y-%m}.txt").read_text(encoding="utf-8") == f"{note}\n"
            assert await at.store.read(lambda tx: proof_of(tx, VaultId(number))) is not None


async def test_head_that_was_put_back_is_told_and_never_logged() -> None:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            checkpoints, (number,) = _checkpoints(at, folder), await at.store.new_vaults(1)
            await grow(at, VaultId(number), 2)
            earlier = at.behind_its_back("SELECT * FROM audit_head WHERE vault = ?", number)[0]
            await grow(at, VaultId(number), 2)
            await checkpoints.publish_due()
            at.clock.advance(timedelta(minutes=1))
            at.behind_its_back("DELETE FROM audit_head WHERE vault = ?", number)
            at.behind_its_back("INSERT INTO audit_head VALUES (?, ?, ?, ?)", *earlier)
            at.behind_its_back("INSERT INTO head_moved VALUES (?)", number)
            size = await at.store.read(lambda tx: tx.head_log.size())
            await checkpoints.publish_due()
            assert await at.store.read(lambda tx: tx.head_log.size()) == size


async def test_head_that_another_process_logged_meanwhile_is_neither_told_nor_logged_again() -> None:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            checkpoints, (number,) = _checkpoints(at, folder), await at.store.new_vaults(1)
            await grow(at, VaultId(number), 3)
            read_before, _ = await at.store.read(lambda tx: tx.head_log.moved(VaultId(0), 10))
            assert [head.seq for head in read_before if head.vault == number] == [3]
            await grow(at, VaultId(number), 4)
            await checkpoints.publish_due()
            size = await at.store.read(lambda tx: tx.head_log.size())
            assert await at.store.write(lambda tx: tx.head_log.append(read_before)) == []
            assert await at.store.read(lambda tx: tx.head_log.size()) == size


async def test_what_was_put_back_from_a_backup_begins_another_tree(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ram_folder() as folder:
        async with store_at(folder / "store") as at:
            checkpoints, (number,) = _checkpoints(at, folder), await at.store.new_vaults(1)
            await grow(at, VaultId(number), 2)
            await checkpoints.publish_due()
            kept, origins = at.behind_its_back("SELECT * FROM head_checkpoint")[0], {"pli.example/pli-heads/1"}
            for row in (kept, kept, None):  # put back, put back once more, put back from before the first checkpoint
                at.behind_its_back("DELETE FROM head_checkpoint")
                if row:
                    at.behind_its_back("INSERT INTO head_checkpoint VALUES (?, ?, ?, ?, ?, ?)", *row)
                at.clock.advance(timedelta(minutes=1))
                await at.store.write(lambda tx: tx.head_log.renew(at.clock.now()))
                note = await checkpoints.publish_due()
                assert note is not None
                origins.add(checkpoint_of(note).origin)
            assert len(origins) == 4
            made = Logged(at, checkpoints, folder, [VaultId(number)], await checkpoints.verifier_key())
            database = made.copied("copy")
            assert verified(script, monkeypatch, "--key", made.key, "--database", database, *made.published) == 0


async def test_text_that_is_no_checkpoint_is_none() -> None:
    for text in ("", "x\n" * 6, "a\n1\n" + "A" * 43 + "=\ntime 2026-13-29T21:30:00Z\n\n— a " + "A" * 91 + "=\n"):
        with pytest.raises(InvalidValue):
            checkpoint_of(text)
