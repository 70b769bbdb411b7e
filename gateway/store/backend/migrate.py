"""Brings a database to the present schema, each migration whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DBAPIError

from gateway.domain.errors import ConfigurationError, StoreUnavailable
from gateway.store.backend.revisions import SCRIPTS, VERSION_TABLE

LOCK_TIMEOUT = timedelta(seconds=30)
"""How long a migration waits for whoever else has the database open."""
_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - both are constants
_UNRELEASED = frozenset({"0001", "0002"})
"""Revisions of versions that nobody was given."""
_TURN = -1
"""Number of the lock that migrations of one PostgreSQL database take; vaults have none below zero."""


def migrate(database: Path | str, revision: str = "head") -> None:
    """Upgrade a database to `revision`; a file is made if need be.

    Args:
        database: a file of SQLite, or the address of a database on a PostgreSQL server.
        revision: of `gateway/store/migrations`.

    Raises:
        ConfigurationError: a later version of the program made it, one before the first release, or another program.
        StoreUnavailable: the disk or another process does not allow it now; nothing was changed.
    """
    with _configured(database) as config:
        command.upgrade(config, revision)
    if isinstance(database, Path):
        database.chmod(0o600)


def downgrade(database: Path | str, revision: str) -> None:
    """Take the database back to `revision`; ``base`` empties it. Raises as `migrate` does."""
    with _configured(database) as config:
        command.downgrade(config, revision)


def is_made(database: Path | str) -> bool:
    """Say whether `migrate` was ever done. Raises `StoreUnavailable` when the server cannot be reached."""
    if isinstance(database, Path):
        return database.exists()
    # Imported here: its library takes memory that a gateway on SQLite need not have.
    from gateway.store.backend.postgres.soundness import has_schema

    return has_schema(database, LOCK_TIMEOUT)


@contextmanager
def _configured(database: Path | str) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = _sqlite(database) if isinstance(database, Path) else _postgres(database)
    name = database if isinstance(database, Path) else f"the database {engine.url.database}"
    try:
        with engine.begin() as connection:
            tables = inspect(connection).get_table_names()
            if tables and VERSION_TABLE not in tables:
                raise ConfigurationError(f"{name} holds tables of another program: name an empty one")
            if tables and not _UNRELEASED.isdisjoint(connection.exec_driver_sql(_REVISION).scalars()):
                raise ConfigurationError(
                    f"{name} was made by a version before the first release: there is no upgrade;"
                    " make a new gateway with « pli init » and import its patients again"
                )
            config.attributes["connection"] = connection
            yield config
    except CommandError as error:
        raise ConfigurationError(
            f"{name} has a schema this version does not know: install the version that made it, or a later one"
        ) from error
    except DBAPIError as error:
        raise StoreUnavailable(f"the database cannot be migrated: {type(error.orig).__name__}") from error
    finally:
        engine.dispose()


def _postgres(address: str) -> Engine:
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))

    # Two that migrate at once take turns, and whoever comes second finds the work done.
    @event.listens_for(engine, "begin")
    def _in_turn(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")

    return engine


def _sqlite(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": LOCK_TIMEOUT.total_seconds()})

    # The driver's own transactions do not cover CREATE TABLE: begin them by hand, so that a migration
    # that is killed midway leaves the schema as it was.
    @event.listens_for(engine, "connect")
    def _by_hand(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
