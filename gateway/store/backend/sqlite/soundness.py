"""Whether a file is the database that it is taken for, and what an error of SQLite means.

Looks before anything is written: a database of another program, of another version, damaged or locked is named as what
it is, with what to do. Whether every page of it is sound is not asked here.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from gateway.domain.errors import ConfigurationError, DatabaseDamaged, KeyUnavailable, StoreUnavailable
from gateway.store.backend.revisions import VERSION_TABLE, is_current

_PATIENCE = timedelta(seconds=5)
"""How long whoever holds the database is waited for."""
_HEADER_OCTETS = 100
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_NOT_OURS = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_RESTORE = "stop the gateway, keep a copy, and restore it from your backup (docs/operations.md, « Backup »)"


def connected(
    path: Path, timeout: timedelta, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """Connect to a database that exists; none is ever made in its place."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=timeout.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
        factory=factory,
        cached_statements=512,
    )


def primary_code(error: sqlite3.Error) -> int:
    """Give the primary result code (sqlite.org/rescode.html); 0 for errors that the driver makes itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def unavailable(error: sqlite3.Error, doing: str) -> StoreUnavailable:
    """Translate what went wrong with the database of a running store."""
    if primary_code(error) in _DAMAGED:
        found: StoreUnavailable = DatabaseDamaged(f"the database is damaged: {_RESTORE}")
    else:
        found = StoreUnavailable(f"the database refused {doing}: {type(error).__name__}")
    found.__cause__ = error
    return found


def check_database(path: Path, *, for_upgrade: bool = False) -> bool:
    """Look whether the file at `path` is a store of this version, and say so; of an earlier one if `for_upgrade`.

    Raises:
        ConfigurationError: another program or another version made it, or it may not be opened for writing.
        DatabaseDamaged: it is no database any more, or not all of one.
        StoreUnavailable: it cannot be read now.
    """
    with _opening(path):
        _require_header(path)
        with closing(connected(path, _PATIENCE)) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            made = db.execute("SELECT version_num FROM alembic_version").fetchone() if VERSION_TABLE in tables else None
            _require_writing(path)
    if made is None:
        raise ConfigurationError(f"{path} is a database of another program: name your own folder in paths.data")
    return is_current(made[0], str(path), for_upgrade=for_upgrade)


def check_key_store(path: Path) -> None:
    """Look whether there is a key store at `path`.

    Raises:
        KeyUnavailable: it is missing, empty, damaged or something else.
    """
    remedy = "restore it from your key backup"
    if not path.exists():
        raise KeyUnavailable(f"there is no key store at {path}: {remedy}")
    try:
        _require_header(path)
        with closing(connected(path, _PATIENCE)) as db:
            db.execute("SELECT wrapped FROM vault_key LIMIT 1").fetchone()
    except (OSError, sqlite3.Error, DatabaseDamaged) as error:
        if isinstance(error, sqlite3.Error) and primary_code(error) in _HELD:
            raise StoreUnavailable(f"{path} is locked by another program: end it, or try again") from error
        raise KeyUnavailable(f"{path} is damaged, or no key store: {remedy}") from error


def _require_header(path: Path) -> None:
    # A file shorter than the header passes for a new database, which the first write would make of it.
    if path.stat().st_size < _HEADER_OCTETS:
        raise DatabaseDamaged(f"{path} is empty: {_RESTORE}")


def _require_writing(path: Path) -> None:
    for place in (path, path.parent):
        if not os.access(place, os.R_OK | os.W_OK):
            raise _not_ours(path)


def _not_ours(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be opened for writing: give the gateway's user the right to write it and its folder, "
        "and see that its volume is not read-only"
    )


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _not_ours(path) from error
    except sqlite3.Error as error:
        code = primary_code(error)
        if code in _DAMAGED:
            raise DatabaseDamaged(f"{path} is damaged: {_RESTORE}") from error
        if code in _HELD:
            raise StoreUnavailable(f"{path} is locked by another program: end it, or try again") from error
        if code in _NOT_OURS:
            raise _not_ours(path) from error
        raise StoreUnavailable(f"{path} cannot be read now: {type(error).__name__}") from error
