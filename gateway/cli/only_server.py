"""One gateway a data folder, and a PostgreSQL database: the second says who holds it.

Commands that do one thing are not held up.
"""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import orjson

from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.domain.errors import ConfigurationError

_NAME = "serving.lock"
_PATIENCE_SECONDS, _GLANCE_SECONDS = 10.0, 0.02
"""How long the children of a parent that is gone are waited for: the system is ending them."""


@contextmanager
def serving_alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder, and the database of a server, until the context ends; the end of the process lets go.

    Raises:
        ConfigurationError: another process serves one of them, or the folder is not there or cannot be written to.
        StoreUnavailable: the database cannot be reached now.
    """
    with serving_folder(settings), serving_database_of(settings, gateway_name()):
        yield


def gateway_name() -> str:
    """Make the name by which the processes of one gateway know each other in a PostgreSQL database."""
    return f"process {os.getpid()} on {socket.gethostname()[:30]}, {secrets.token_hex(4)}"


def serving_database_of(settings: Settings, gateway: str) -> AbstractContextManager[None]:
    """Hold the database of a server, if there is one, for a gateway; each of its processes does. Raises as above."""
    if not settings.paths.database:
        return nullcontext()
    # Imported here: its library takes memory that a gateway on SQLite need not have.
    from gateway.store.backend.postgres.serving_lock import serving_database

    return serving_database(settings.paths.database, gateway)


@contextmanager
def serving_folder(settings: Settings) -> Iterator[None]:
    """Hold the data folder until the context ends; the end of the process, however it comes, lets go of it.

    Processes that are forked meanwhile hold it, too: while one of them lives, nobody else serves from the folder.

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
        _lock(handle, path)
        os.ftruncate(handle, 0)
        os.write(handle, orjson.dumps({"pid": os.getpid(), "started_at": SystemClock().now().isoformat()}))
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            # A lock of the system, not the file's being there: nothing is left to clear away after a crash.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if _is_ending(path) and time.monotonic() < until:
                time.sleep(_GLANCE_SECONDS)
                continue
            raise ConfigurationError(
                f"{path.parent} is being served {_holder(path)}: stop that process first"
            ) from error
        return


def _is_ending(path: Path) -> bool:
    """Say whether the parent that holds the folder is gone, so that its children are about to go."""
    try:
        os.kill(int(orjson.loads(path.read_bytes())["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return False


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
