"""Connections to a PostgreSQL server: how they are made, and what their errors mean.

Every connection is in autocommit mode: transactions are begun and ended by hand, as with SQLite.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import errors

from gateway.domain.errors import StoreUnavailable
from gateway.store.backend.sql import Cursor

CONNECT_SECONDS = 5
_DEAD_AFTER_MS = 10_000
"""Silence after which a peer that acknowledges nothing counts as gone."""
_STATEMENT_LIMIT = timedelta(minutes=5)
_PREPARED = 500
"""Statements that the server keeps parsed: more than there are."""
_NOT_REACHED = re.compile(r"connection to server at .{1,200}? failed: (?:FATAL: +)?([^\n]{1,200})")
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)
"""Refusals of a transaction that may well pass when it is run again."""


def connect(url: str, lock_timeout: timedelta) -> "psycopg.Connection[tuple[Any, ...]]":  # Any: rows of any query
    """Connect. Raises `psycopg.Error`."""
    db = psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        tcp_user_timeout=_DEAD_AFTER_MS,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        application_name="pli",
        client_encoding="utf8",
    )
    db.prepared_max = _PREPARED
    # Set by a statement, not as options of the connection: poolers do not pass those on.
    db.execute(
        "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),"
        " CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END",
        (_millis(lock_timeout), _millis(_STATEMENT_LIMIT)),
    )
    return db


def _millis(span: timedelta) -> str:
    # Zero would mean « for ever ».
    return str(max(int(span / timedelta(milliseconds=1)), 1))


def unavailable(error: psycopg.Error) -> StoreUnavailable:
    """Translate an error of the driver; its text may hold values, so only its kind is told.

    What the server said before any statement holds none, and says what to mend.
    """
    if error.sqlstate is None and (why := _NOT_REACHED.search(str(error))):
        return StoreUnavailable(f"the database of paths.database cannot be reached: {why[1]}")
    return StoreUnavailable(f"the database refused: {type(error).__name__} {error.sqlstate or ''}".rstrip())


class PostgresConnection:
    """What a `Runner` needs of a connection: one cursor for all statements, values in binary form."""

    __slots__ = ("_cursor", "db")

    def __init__(self, db: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.db = db
        self._cursor = db.cursor(binary=True)

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Run one statement; its rows are gone with the next."""
        return self._cursor.execute(sql, parameters)

    @property
    def is_lost(self) -> bool:
        """Say whether nothing more can be asked of it."""
        return self.db.closed or self.db.pgconn.status != psycopg.pq.ConnStatus.OK
