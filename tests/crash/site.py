"""A gateway on disk and the process that serves it: started, killed, told to stop, started again.

The server is the real program, `python -m gateway.cli serve`, or a sabotaged one (`tests.crash.sabotaged`), or
either under another program that watches it. It stays on one folder from start to start.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from gateway.core import core, store_paths
from gateway.demonstration.world import World, found_world, populate
from gateway.store.blobs.s3_blobs import S3Place
from tests.builders.s3_server import ServedPlaces, served_places
from tests.builders.store import behind_the_store
from tests.builders.warm_program import StartedProgram, warm_program

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER = ("-m", "gateway.cli")
DISK = Path("/var/tmp")
"""On a disk by the File Hierarchy Standard; a RAM disk would make every fsync free."""
_START_LIMIT = 60.0
_STOP_LIMIT = 30.0
"""Seconds in which a server told to stop has stopped (assurance, "Figures to reach")."""
_GLANCE = 0.01


class ServerDied(Exception):
    """The server ended by itself."""


@dataclass(slots=True)
class Site:
    """One gateway and its process.

    Attributes:
        program: what Python runs as the server, up to the name of the command.
        under: another program, with its arguments, that runs the server.
        serving: set while the server answers.
        ports: by name, while the server answers.
        pid: of the server itself, while it answers.
    """

    world: World
    log: Path
    program: tuple[str, ...] = SERVER
    under: tuple[str, ...] = ()
    serving: asyncio.Event = field(default_factory=asyncio.Event)
    ports: dict[str, int] = field(default_factory=dict)
    pid: int = 0
    _process: "subprocess.Popen[bytes] | StartedProgram | None" = None

    @property
    def root(self) -> Path:
        """Give the folder of the gateway."""
        return self.world.settings.root

    async def start(self) -> None:
        """Start the server and return when it answers."""
        await self.launch()
        ready = self.root / "ready.json"
        async with asyncio.timeout(_START_LIMIT):
            # No event tells that another process has renamed a file into place.
            while not ready.exists():
                if not self.is_running:
                    raise ServerDied(f"the server ended while starting:\n{self.tail()}")
                await asyncio.sleep(_GLANCE)
        told = orjson.loads(ready.read_bytes())
        self.ports, self.pid = told["ports"], told["pid"]
        self.serving.set()

    def processes(self) -> list[int]:
        """Give the processes that serve, when all of them last did."""
        told = orjson.loads((self.root / "ready.json").read_bytes())["processes"]
        assert isinstance(told, list)
        return told

    async def launch(self) -> None:
        """Start the process and return at once."""
        (self.root / "ready.json").unlink(missing_ok=True)
        words = ["serve", "--config", str(self.root / "pli.toml"), "--ready-file", str(self.root / "ready.json")]
        if self.program == SERVER and not self.under:
            self._process = warm_program().start(words, os.environ, REPOSITORY, self.log, self.log)
            return
        with self.log.open("ab") as log:
            command = [*self.under, sys.executable, *self.program, *words]
            self._process = subprocess.Popen(command, cwd=REPOSITORY, stdout=log, stderr=log)

    async def kill(self) -> None:
        """Kill with SIGKILL, wherever the process stands."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask to stop, wait, and give the exit status; `TimeoutError` when it takes longer than it may."""
        async with asyncio.timeout(_STOP_LIMIT):
            return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self.serving.clear()
        with suppress(ProcessLookupError):
            # What runs the server under it ends with the server; the other way round, the server might live on.
            os.kill(self.pid or self._process.pid, number)
        status = await _ended(self._process)
        self._process, self.pid = None, 0
        return status

    async def watch(self) -> None:
        """Raise `ServerDied` when the server ends although nobody here ended it."""
        while True:
            await self.serving.wait()
            assert self._process is not None
            status = await _ended(self._process)
            if self.serving.is_set():
                raise ServerDied(f"the server ended by itself with {status}:\n{self.tail()}")

    @property
    def is_running(self) -> bool:
        """Say whether the process that was started has not ended."""
        return self._process is not None and self._process.poll() is None

    def tail(self) -> str:
        """Give the end of the server's log."""
        return self.log.read_text(errors="replace")[-4000:]

    async def drained(self, seconds: float) -> int:
        """Wait until the outbox has nothing left to do; give what is left of it when the time is up."""
        paths, left = store_paths(self.world.settings), -1
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while left := int(behind_the_store(paths, "SELECT count(*) FROM outbox WHERE parked = 0")[0][0]):
                    await asyncio.sleep(_GLANCE)
        return left


async def _ended(process: "subprocess.Popen[bytes] | StartedProgram") -> int:
    # No event tells of the end of a process that is no child of ours.
    while (code := process.poll()) is None:
        await asyncio.sleep(_GLANCE)
    return code


@asynccontextmanager
async def a_site(
    *,
    program: tuple[str, ...] = SERVER,
    under: tuple[str, ...] = (),
    disk: Path = DISK,
    database: str = "",
    place: S3Place | None = None,
    processes: int = 2,
) -> AsyncIterator[Site]:
    """Make the invented world in a folder of its own; at the end leave neither process nor folder behind.

    Rows and blobs are in `database` and `place`, when these are given.
    """
    with tempfile.TemporaryDirectory(prefix="pli-crash-", dir=disk) as folder:
        served = served_places(database, place, Path(folder)) if place else ServedPlaces("", "", "")
        now, ports = datetime.now(UTC), (0, 0, 0, 0, 0, 0)
        world = found_world(Path(folder) / "gateway", ports, now, processes=processes, **asdict(served))
        async with core(world.settings) as it:
            await populate(world, it)
        site = Site(world, Path(folder) / "log", program, under)
        try:
            yield site
        finally:
            if site.is_running:
                await site.kill()
