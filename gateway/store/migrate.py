"""Brings a database to the present schema, each migration whole or not at all."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event

_SCRIPTS = Path(__file__).parent / "migrations"


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

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


def migrate(path: Path, revision: str = "head") -> None:
    """Upgrade (or, for tests, downgrade) the database at `path` to `revision`."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    engine = _engine(path)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            if revision == "base":
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)
    finally:
        engine.dispose()
    path.chmod(0o600)
