"""Brings a database to the present schema, each migration whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from gateway.domain.errors import ConfigurationError, StoreUnavailable

LOCK_TIMEOUT = timedelta(seconds=30)
"""How long a migration waits for whoever else has the database open."""
_SCRIPTS = Path(__file__).parents[2] / "migrations"


def migrate(path: Path, revision: str = "head") -> None:
    """Upgrade the database at `path` to `revision`, making it if need be.

    Raises:
        ConfigurationError: a later version of the program made it.
        StoreUnavailable: the disk or another process does not allow it now; nothing was changed.
    """
    with _configured(path) as config:
        command.upgrade(config, revision)
    path.chmod(0o600)


def downgrade(path: Path, revision: str) -> None:
    """Take the database back to `revision`; ``base`` empties it. Raises as `migrate` does."""
    with _configured(path) as config:
        command.downgrade(config, revision)


@contextmanager
def _configured(path: Path) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    engine = _engine(path)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            yield config
    except CommandError as error:
        raise ConfigurationError(
            f"{path} has a schema this version does not know: install the version that made it, or a later one"
        ) from error
    except DBAPIError as error:
        raise StoreUnavailable(f"the database cannot be migrated: {type(error.orig).__name__}") from error
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
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
