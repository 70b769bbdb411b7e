"""One server a PostgreSQL database, on whatever machine: the second says which process holds it.

The lock goes with its connection. It does not come back by itself after the server was started anew.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
from psycopg import errors

from gateway.domain.errors import ConfigurationError
from gateway.store.backend.postgres.connection import connect, unavailable

_KEY = (0x706C69, 1)
"""Two numbers: a space of names apart from the locks of vaults, which have one."""
_PATIENCE = timedelta(seconds=2)
"""Time for the server to notice that a process that was killed is gone."""
_LOCK = "SELECT pg_advisory_lock(%s, %s)"
_STAY = (
    "SELECT set_config('application_name', %s, false), set_config('idle_session_timeout', '0', false),"
    " set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)
_HOLDER = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
    " AND classid = %s AND objid = %s AND objsubid = 2 AND datname = current_database()"
)


@contextmanager
def serving_database_alone(url: str) -> Iterator[None]:
    """Hold a database until the context ends, or the process, or the machine.

    Raises:
        ConfigurationError: another process serves it.
        StoreUnavailable: it cannot be reached now.
    """
    try:
        db = connect(url, _PATIENCE)
    except psycopg.Error as error:
        raise unavailable(error) from error
    with closing(db):
        try:
            db.execute(_STAY, (f"pli serve: process {os.getpid()} on {socket.gethostname()}"[:63],))
            _take(db)
        except psycopg.Error as error:
            raise unavailable(error) from error
        yield


def _take(db: psycopg.Connection[tuple[str]]) -> None:
    try:
        db.execute(_LOCK, _KEY)
    except errors.LockNotAvailable as error:
        found = db.execute(_HOLDER, _KEY).fetchone()
        holder = found[0].removeprefix("pli serve: ") if found else "another process"
        raise ConfigurationError(f"the PostgreSQL database is being served by {holder}: stop that first") from error
