"""Builders of stores, mailboxes, spaces and messages: each names only what the test is about.

The store is the real one; `ram_folder` puts it on a RAM disk, where a commit costs microseconds.
"""

import itertools
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from gateway.domain.access import Audience
from gateway.domain.access_settings import NOTHING_CHOSEN, AccessSettings
from gateway.domain.account import Space
from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.filing_outcome import FILED, FilingOutcome
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.mailbox import (
    OPERATOR,
    BlobKey,
    BlobRef,
    Content,
    ContentState,
    Entry,
    Flags,
    FolderId,
    MessageId,
    SpecialUse,
    Summary,
    ThreadId,
    VaultId,
    VaultKind,
)
from gateway.domain.space import SpaceState
from gateway.ports.blobs import Blobs
from gateway.ports.store import Store, Tx
from gateway.store.backend.migrate import is_made, migrate
from gateway.store.blobs.file_blobs import FileBlobs
from gateway.store.opening import StorePaths, create_store, open_store
from gateway.store.seal.keys import KeyStore, create_kek, read_kek
from gateway.terms.terms_files import terms_of_use

Row = tuple[Any, ...]  # Any: columns of any query
RAM_DISK = Path("/dev/shm")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATIENT_DOMAIN = "patient.mssante.fr"
USUAL_FOLDERS = (
    ("INBOX", SpecialUse.INBOX),
    ("Sent", SpecialUse.SENT),
    ("Drafts", SpecialUse.DRAFTS),
    ("Trash", SpecialUse.TRASH),
)

_numbers = itertools.count(1)


class ManualClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        """Give the instant the test has set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._now += by


@dataclass(frozen=True, slots=True)
class StoreAt:
    """An open store with its blobs, clock and places."""

    store: Store
    blobs: Blobs
    clock: ManualClock
    paths: StorePaths

    def behind_its_back(self, query: str, *parameters: object) -> list[Row]:
        """Run SQL on the database itself, as whoever holds it could; « ? » stands for a parameter."""
        return behind_the_store(self.paths, query, *parameters)

    def past_the_types(self, query: str, *parameters: object) -> list[Row]:
        """Run SQL that writes values of other types than declared, as whoever may write to SQLite's file can."""
        tables = behind_the_store(self.paths, "SELECT name, sql FROM sqlite_master WHERE sql LIKE '%STRICT'")
        _redeclared(self.paths, "sql = replace(replace(sql, ',' || char(10) || ' STRICT', ''), 'STRICT', '')")
        try:
            return behind_the_store(self.paths, query, *parameters)
        finally:
            for name, sql in tables:
                _redeclared(self.paths, "sql = ? WHERE name = ?", sql, name)


def _redeclared(paths: StorePaths, change: str, *parameters: object) -> None:
    with closing(sqlite3.connect(paths.database)) as file, file:
        (version,) = file.execute("PRAGMA schema_version").fetchone()
        file.execute("PRAGMA writable_schema = ON")
        file.execute(f"UPDATE sqlite_master SET {change}", parameters)
        file.execute(f"PRAGMA schema_version = {version + 1}")


def behind_the_store(paths: StorePaths, query: str, *parameters: object) -> list[Row]:
    """Run SQL on the database of a store; « ? » stands for a parameter."""
    if paths.server:
        with psycopg.connect(paths.server) as server:
            done = server.execute(query.replace("?", "%s").encode(), parameters)
            return done.fetchall() if done.description else []
    with closing(sqlite3.connect(paths.database)) as file, file:
        return file.execute(query, parameters).fetchall()


@contextmanager
def ram_folder() -> Iterator[Path]:
    """Give an empty folder on the RAM disk where there is one, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="pli-test-", dir=RAM_DISK if RAM_DISK.is_dir() else None) as name:
        yield Path(name)


@asynccontextmanager
async def store_at(
    folder: Path, clock: ManualClock | None = None, server: str = "", writers: int = 4,
    access_settings: AccessSettings = NOTHING_CHOSEN,
) -> AsyncIterator[StoreAt]:
    """Make the store of `folder` if it is not there, and open it; what is in it already is kept.

    Its rows are in the PostgreSQL database of the address `server`, when there is one.
    """
    paths, clock = StorePaths.below(folder, server), clock or ManualClock()
    if paths.kek.exists() or paths.database.exists():
        create_store(paths)
    else:
        make_quickly(paths)
    async with open_store(paths, clock, writers=writers, access_settings=access_settings) as store:
        with FileBlobs(paths.blobs) as blobs:
            yield StoreAt(store, blobs, clock, paths)


def make_quickly(paths: StorePaths) -> None:
    """Make a new store as `create_store` does, with tables that are copied: migrations take most of its time.

    In a database on a server no key was ever used; most come with their tables.
    """
    for folder in (paths.database.parent, paths.blobs, paths.key_store.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_kek(paths.kek)
    keys = KeyStore(paths.key_store, read_kek(paths.kek))
    keys.create([OPERATOR])
    keys.close()
    if not paths.server:
        paths.database.touch(mode=0o600)
        paths.database.write_bytes(_migrated())
    elif not is_made(paths.server):
        migrate(paths.server)


@cache
def _migrated() -> bytes:
    """Give an empty database of the present schema, migrated once a process."""
    with ram_folder() as folder:
        migrate(folder / "pli.sqlite")
        return (folder / "pli.sqlite").read_bytes()


def a_number() -> int:
    """Give a number that no other call in this process gave, as large as those the program draws."""
    return 1 << 61 | next(_numbers)


def an_ins(serial: int = 1) -> Ins:
    """Give a well-formed INS number, another one for each serial below 1,000,000."""
    number = f"1800163{serial:06}"
    return Ins.parse(f"{number}{ins_key(number):02}")


async def a_mailbox(
    store: Store,
    address: str = "",
    kind: VaultKind = VaultKind.PER,
    *,
    name: str = "Dr Camille Exemple",
    folders: Sequence[tuple[str, SpecialUse]] = USUAL_FOLDERS,
) -> VaultId:
    """Make a mailbox with its usual folders; without an address, it gets one of its own."""
    vault = await store.new_vault()
    mail = MailAddress.parse(address or f"camille.exemple{next(_numbers)}@medecin.mssante.fr")

    def make(tx: Tx) -> None:
        tx.spaces.create_vault(vault, kind, mail, name)
        for folder, use in folders:
            tx.mail.create_folder(vault, folder, use)

    await store.write(make)
    return vault


async def inbox_of(store: Store, vault: VaultId) -> FolderId:
    """Give the number of a mailbox's INBOX."""
    return (await store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).id


def move_space(tx: Tx, vault: VaultId, state: SpaceState) -> None:
    """Put a space into another state, whatever led there."""
    tx.spaces.save(replace(tx.spaces.space(vault), state=state))


def terms_of_today() -> str:
    """Give the version of the terms that people accept."""
    return terms_of_use().current(NOON.date()).name


async def a_space(
    store: Store,
    state: SpaceState = SpaceState.ACTIVE,
    *,
    serial: int = 0,
    birth_name: str = "Dupont-Essai",
    given_names: tuple[str, ...] = ("Jeanne",),
    email: str = "jeanne@courriel.example",
) -> Space:
    """Make a patient's space with its folders; without a serial, its INS is one of its own."""
    vault, ins = await store.new_vault(), an_ins(serial or next(_numbers))
    traits = Traits(birth_name=birth_name, given_names=given_names, sex=Sex.FEMALE, birth_date=BirthDate(1980, 1, 15))
    space = Space(
        vault=vault,
        address=PatientAddress(ins, PATIENT_DOMAIN),
        identity=PatientIdentity(ins, INS_DEMO, traits),
        state=state,
        email=email,
        terms=terms_of_today() if state is SpaceState.ACTIVE else "",
    )

    def make(tx: Tx) -> None:
        tx.spaces.create_vault(vault, VaultKind.SPACE, space.address.mail, "")
        tx.spaces.save(space)
        for folder, use in USUAL_FOLDERS:
            tx.mail.create_folder(vault, folder, use)

    await store.write(make)
    return space


def a_content(
    *,
    mid: int = 0,
    blob: BlobRef | None = None,
    size: int = 1000,
    at: datetime = NOON,
    state: ContentState = ContentState.VISIBLE,
    thread: int = 0,
    subject: str = "Compte rendu",
    extract: str = "texte du message",
) -> Content:
    """Make the records of one message; number and thread are its own unless the test names them."""
    number = MessageId(mid or a_number())
    title = subject.encode()
    return Content(
        mid=number,
        blob=blob or BlobRef(number.to_bytes(16, "big")),
        size=size,
        internal_date=at,
        state=state,
        thread=ThreadId(thread or number),
        summary=Summary(
            envelope=b'("' + title + b'")',
            bodystructure=b'("TEXT" "PLAIN")',
            body=b'("TEXT")',
            layout=b"layout",
            card=b'{"subject":1}',
        ),
        header_block=b"Subject: " + title + b"\r\n\r\n",
        extract=extract,
        reverse_path="labo@biologie.example",
        recipient="patient@patient.mssante.fr",
    )


def an_outcome(code: str = FILED, withheld_from: Audience = Audience.NOBODY) -> FilingOutcome:
    """Make the outcome of a filing."""
    return FilingOutcome(
        code=code,
        sender="",
        recipient="",
        message_id="",
        subject="",
        asked=False,
        blob=b"",
        withheld_from=withheld_from,
    )


def shown(
    tx: Tx,
    vault: VaultId,
    content: Content,
    *,
    folder: FolderId | None = None,
    blob: BlobKey | None = None,
    flags: Flags = frozenset(),
) -> Entry:
    """Add a message and show it, in INBOX unless another folder is named; hold its blob when there is one."""
    if blob is not None:
        tx.blobs.attach(vault, blob)
    tx.mail.add_content(content, vault)
    target = tx.mail.folder_by_use(vault, SpecialUse.INBOX).id if folder is None else folder
    return tx.mail.add_entry(vault, target, content.mid, flags, content.internal_date)


def newest(tx: Tx, vault: VaultId, limit: int = 1_000) -> list[tuple[FolderId, Entry, Summary]]:
    """List the newest visible messages of a vault, the newest first, by its conversations."""
    threads = tx.mail.latest_threads(vault, limit)
    rows = [row for thread in threads for row in tx.mail.thread_entries(vault, thread.thread)]
    return sorted(rows, key=lambda row: (-row[1].internal_date.timestamp(), row[1].mid))[:limit]
