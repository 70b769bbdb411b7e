"""Whether a database on a PostgreSQL server is the one it is taken for, and keeps what it commits."""

from datetime import timedelta
from typing import Any

import psycopg

from gateway.domain.errors import ConfigurationError
from gateway.store.backend.postgres.connection import connect, unavailable
from gateway.store.backend.revisions import VERSION_TABLE, is_current

_SETTINGS = "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('server_encoding')"
_Db = psycopg.Connection[tuple[Any, ...]]  # Any: rows of any query


def has_schema(url: str, lock_timeout: timedelta) -> bool:
    """Say whether tables of ours, of any version, are there. Raises `StoreUnavailable`."""
    try:
        with connect(url, lock_timeout) as db:
            return _has_version(db)
    except psycopg.Error as error:
        raise unavailable(error) from error


def check_server(url: str, lock_timeout: timedelta, *, for_upgrade: bool = False) -> bool:
    """Look whether a database is a store of this version, and say so; of an earlier one if `for_upgrade`.

    Raises:
        ConfigurationError: it is empty, or another program or version made it, its texts are not UTF-8, or its server
            would lose what it commits.
        StoreUnavailable: it cannot be reached now.
    """
    try:
        with connect(url, lock_timeout) as db:
            _require_durable(*(db.execute(_SETTINGS).fetchone() or ("", "", "")))
            made = db.execute("SELECT version_num FROM alembic_version").fetchone() if _has_version(db) else None
    except psycopg.Error as error:
        raise unavailable(error) from error
    if made is None:
        raise ConfigurationError("that PostgreSQL database is not ours: make one with « pli init DIR --database URL »")
    return is_current(made[0], "the PostgreSQL database", for_upgrade=for_upgrade)


def _has_version(db: _Db) -> bool:
    return db.execute("SELECT to_regclass(%s)", (VERSION_TABLE,)).fetchone() != (None,)


def _require_durable(fsync: str, pages: str, encoding: str) -> None:
    if (fsync, pages) != ("on", "on"):
        raise ConfigurationError(
            "the PostgreSQL server would lose committed mail in a power cut: set fsync and full_page_writes to on"
        )
    if encoding != "UTF8":
        raise ConfigurationError(f"the PostgreSQL database is in {encoding}: make one with ENCODING 'UTF8'")
