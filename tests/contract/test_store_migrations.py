"""Migrations: they make the schema of the models, go back and forth, and are whole or not at all when killed."""

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, make_url

from gateway.domain.errors import ConfigurationError, StoreUnavailable
from gateway.store import migrations
from gateway.store.backend import migrate as migrating
from gateway.store.backend.migrate import downgrade, is_made, migrate
from gateway.store.backend.revisions import head
from gateway.store.opening import StorePaths
from gateway.store.schema import metadata
from tests.builders.store import a_content, a_mailbox, a_space, shown, store_at

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()))
]
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from gateway.store.backend import migrate

left = int(sys.argv[3])

@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

getattr(migrate, sys.argv[1])(Path(sys.argv[2]), sys.argv[4])
"""


def _rows(path: Path) -> dict[str, list[object]]:
    with closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: sorted(db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables}


def _schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
        return {(name, "".join(sql.split())) for name, sql in found}


async def _filled(folder: Path) -> Path:
    async with store_at(folder) as at:
        vault = await a_mailbox(at.store)
        await a_space(at.store)
        await at.store.write(lambda tx: [shown(tx, vault, a_content()) for _ in range(20)])
    return StorePaths.below(folder).database


def _killed(command: str, path: Path, statement: int, revision: str) -> None:
    arguments = [sys.executable, "-c", KILLED, command, str(path), str(statement), revision]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL


def test_migrations_make_the_tables_of_the_models(ram: Path) -> None:
    migrate(ram / "a.sqlite")
    engine = create_engine(URL.create("sqlite", database=str(ram / "a.sqlite")))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrations_make_the_very_statements_of_the_models(ram: Path) -> None:
    # What Alembic does not compare: primary keys, WITHOUT ROWID, NOT NULL of keys.
    migrate(ram / "migrated.sqlite")
    engine = create_engine(URL.create("sqlite", database=str(ram / "made.sqlite")))
    metadata.create_all(engine)
    engine.dispose()
    assert _schema(ram / "migrated.sqlite") == _schema(ram / "made.sqlite")


def test_every_revision_goes_up_down_and_up_again(ram: Path) -> None:
    path = ram / "a.sqlite"
    schemas: list[set[tuple[str, str]]] = [set()]
    for revision in REVISIONS:
        migrate(path, revision)
        schemas.append(_schema(path))
    for revision, schema in zip([*reversed(REVISIONS[:-1]), "base"], reversed(schemas[:-1]), strict=True):
        downgrade(path, revision)
        assert _schema(path) == schema
    migrate(path)
    assert _schema(path) == schemas[-1]


async def test_migrating_what_is_up_to_date_changes_nothing(ram: Path) -> None:
    path = await _filled(ram)
    before = _rows(path)
    migrate(path)
    assert _rows(path) == before


@pytest.mark.parametrize("statement", [5, 20, 35])
def test_upgrade_that_is_killed_midway_leaves_nothing(ram: Path, statement: int) -> None:
    path = ram / "a.sqlite"
    _killed("migrate", path, statement, "head")
    assert _rows(path) == {}
    migrate(path)
    assert "entry" in _rows(path)


@pytest.mark.parametrize("statement", [5, 15, 25])
async def test_downgrade_that_is_killed_midway_leaves_every_row(ram: Path, statement: int) -> None:
    path = await _filled(ram)
    before = _rows(path)
    _killed("downgrade", path, statement, "base")
    assert _rows(path) == before
    async with store_at(ram) as at:
        await a_mailbox(at.store)


def test_database_of_a_later_version_is_refused_with_a_reason(ram: Path) -> None:
    path = ram / "a.sqlite"
    migrate(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="version"):
        migrate(path)


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_database_from_before_the_first_release_is_refused_with_a_sentence(ram: Path, revision: str) -> None:
    path = ram / "a.sqlite"
    migrate(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    before = _rows(path)
    with pytest.raises(ConfigurationError, match="before the first release: there is no upgrade"):
        migrate(path)
    assert _rows(path) == before


def test_database_that_another_process_holds_is_not_migrated(ram: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ram / "a.sqlite"
    migrate(path)
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", migrating.LOCK_TIMEOUT * 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            migrate(path)


def test_database_is_for_its_owner_only(ram: Path) -> None:
    migrate(ram / "a.sqlite")
    assert (ram / "a.sqlite").stat().st_mode & 0o777 == 0o600


def test_file_of_another_program_is_refused_and_left_alone(ram: Path) -> None:
    path = ram / "a.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE client (name TEXT)")
    with pytest.raises(ConfigurationError, match="another program"):
        migrate(path)
    assert _rows(path) == {"client": []}


# ---------------------------------------------------------------- PostgreSQL


def _differences(address: str) -> list[object]:
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), metadata))
    finally:
        engine.dispose()


def test_migrations_make_the_models_on_postgresql_up_down_and_up_again(empty_postgres: str) -> None:
    for revision in REVISIONS:
        migrate(empty_postgres, revision)
    assert _differences(empty_postgres) == []
    downgrade(empty_postgres, "base")
    migrate(empty_postgres)
    assert _differences(empty_postgres) == []


def test_postgresql_database_of_another_program_is_refused_and_left_alone(empty_postgres: str) -> None:
    with psycopg.connect(empty_postgres) as db:
        db.execute("CREATE TABLE client (name TEXT)")
    with pytest.raises(ConfigurationError, match="another program"):
        migrate(empty_postgres)
    assert not is_made(empty_postgres)


def test_postgresql_database_of_a_later_version_is_refused_with_a_reason(empty_postgres: str) -> None:
    migrate(empty_postgres)
    with psycopg.connect(empty_postgres) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="version"):
        migrate(empty_postgres)


def test_two_that_migrate_one_postgresql_database_at_once_take_turns(empty_postgres: str) -> None:
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(migrate, [empty_postgres] * 2)) == [None, None]
    assert _differences(empty_postgres) == []


def test_newest_migration_is_the_one_that_opens_without_alembic() -> None:
    assert REVISIONS[-1] == head()
