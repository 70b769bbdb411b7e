"""One gateway a PostgreSQL database, on whatever machine: the second says which process holds it.

Every process of a gateway holds the lock, shared, in a session that bears the gateway's name. Whoever finds a session
of another name lets go again. The lock goes with its connection; it does not come back by itself after the database
server was started anew.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg

from gateway.domain.errors import ConfigurationError
from gateway.store.backend.postgres.connection import connect, unavailable

_KEY = (0x706C69, 1)
"""Two numbers: a space of names apart from the locks of vaults, which have one."""
_PATIENCE = timedelta(seconds=2)
"""Time for the server to notice that a process that was killed is gone."""
_GLANCE_SECONDS = 0.1
_LOCK, _UNLOCK = "SELECT pg_advisory_lock_shared(%s, %s)", "SELECT pg_advisory_unlock_shared(%s, %s)"
_STAY = (
    "SELECT set_config('application_name', %s, false), set_config('idle_session_timeout', '0', false),"
    " set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)
_HOLDER = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
    " AND classid = %s AND objid = %s AND objsubid = 2 AND datname = current_database() AND application_name <> %s"
)


@contextmanager
def serving_database(url: str, gateway: str) -> Iterator[None]:
    """Hold a database for a gateway until the context ends, or the process, or the machine.

    `gateway` is the name that all processes of one gateway give, and no other; 63 octets at most.

    Raises:
        ConfigurationError: another gateway serves it.
        StoreUnavailable: it cannot be reached now.
    """
    try:
        db = connect(url, _PATIENCE)
    except psycopg.Error as error:
        raise unavailable(error) from error
    with closing(db):
        try:
            db.execute(_STAY, (gateway,))
            _take(db, gateway)
        except psycopg.Error as error:
            raise unavailable(error) from error
        yield


def _take(db: psycopg.Connection[tuple[str]], gateway: str) -> None:
    until = time.monotonic() + _PATIENCE.total_seconds()
    while True:
        # First held, then looked at: of two that begin at once, one at least sees the other.
        db.execute(_LOCK, _KEY)
        other = db.execute(_HOLDER, (*_KEY, gateway)).fetchone()
        if other is None:
            return
        db.execute(_UNLOCK, _KEY)
        if time.monotonic() >= until:
            holder = other[0].partition(", ")[0] or "another process"
            raise ConfigurationError(f"the PostgreSQL database is being served by {holder}: stop that first")
        time.sleep(_GLANCE_SECONDS)
