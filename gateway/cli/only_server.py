"""One server a data folder, and a PostgreSQL database: the second says who holds it.

Commands that do one thing are not held up.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import orjson

from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.domain.errors import ConfigurationError

_NAME = "serving.lock"


@contextmanager
def serving_alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder, and the database of a server, until the context ends; the end of the process lets go.

    Raises:
        ConfigurationError: another process serves one of them, or the folder is not there or cannot be written to.
        StoreUnavailable: the database cannot be reached now.
    """
    with _folder_alone(settings), _database_alone(settings):
        yield


def _database_alone(settings: Settings) -> AbstractContextManager[None]:
    if not settings.paths.database:
        return nullcontext()
    # Imported here: its library takes memory that a gateway on SQLite need not have.
    from gateway.store.backend.postgres.serving_lock import serving_database_alone

    return serving_database_alone(settings.paths.database)


@contextmanager
def _folder_alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder until the context ends; the end of the process, however it comes, lets go of it.

    Raises:
        ConfigurationError: another process serves it, or there is no such folder, or it cannot be written to.
    """
    path = settings.path(settings.paths.data) / _NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"{path.parent} cannot be written to ({error.strerror}): make a gateway with « pli init DIR » first, or "
            "give the gateway's user the right to write there"
        ) from error
    try:
        # A lock of the system, not the file's being there: nothing is left to clear away after a crash.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
        os.write(handle, orjson.dumps({"pid": os.getpid(), "started_at": SystemClock().now().isoformat()}))
        yield
        os.ftruncate(handle, 0)
    except BlockingIOError as error:
        raise ConfigurationError(f"{path.parent} is being served {_holder(path)}: stop that process first") from error
    finally:
        os.close(handle)


def who_serves(settings: Settings) -> str | None:
    """Say who serves from the data folder; None when nobody does. The lock is looked at, never taken.

    A lock that is tried for a moment could turn away a server that starts just then, so the system's list is read.
    """
    path = settings.path(settings.paths.data) / _NAME
    try:
        number = path.stat().st_ino
        locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    held = any(" FLOCK " in line and line.split()[5].rpartition(":")[2] == str(number) for line in locks)
    return _holder(path) if held else None


def _holder(path: Path) -> str:
    try:
        told = orjson.loads(path.read_bytes())
        since = datetime.fromisoformat(told["started_at"]).astimezone(UTC)
        return f"by process {int(told['pid'])} since {since:%Y-%m-%d %H:%M:%S} UTC"
    except (OSError, ValueError, TypeError, KeyError):
        return "by another process, which has not said which yet"
