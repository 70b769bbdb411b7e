"""Serves a gateway by a process of its own, and says which of the processes below it has a connection."""

import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway.benchmark.mailbox import Figures
from gateway.demonstration.world import World

Say = Callable[[str], None]
_AT_THE_END = "figures.json"
_START_SECONDS = 120
"""A busy machine takes its time to load the program."""


@dataclass(frozen=True, slots=True)
class Server:
    """A gateway that serves: its process, its ports by name, and the processes below it."""

    pid: int
    ports: dict[str, int]
    processes: tuple[int, ...]


@contextmanager
def served(world: World, say: Say) -> Iterator[Server]:
    """Serve until the block ends.

    Raises:
        RuntimeError: it does not answer within two minutes.
    """
    ready = world.settings.root / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "gateway.cli", "serve", "--config", str(world.settings.root / "pli.toml")]
    command += ["--ready-file", str(ready), "--figures-file", str(world.settings.root / _AT_THE_END)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        told = orjson.loads(ready.read_bytes())
        say(f"serving as process {process.pid} and {len(told['processes'])} below it")
        yield Server(process.pid, told["ports"], tuple(told["processes"]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def figures_of(world: World) -> Figures:
    """Give what the server that ended last has measured itself: how long its processes waited to write."""
    found: Figures = orjson.loads((world.settings.root / _AT_THE_END).read_bytes())
    return found


@contextmanager
def writer_of(world: World, server: Server, user: str) -> Iterator[smtplib.SMTP_SSL]:
    """Sign in by submission to a mailbox of the world."""
    context = ssl.create_default_context(cafile=str(world.authority))
    with smtplib.SMTP_SSL("localhost", server.ports["submission"], context=context, timeout=30) as client:
        client.login(user, world.passwords[user])
        yield client


def process_with(processes: Sequence[int], client: socket.socket) -> int:
    """Give the process that has the other end of a connection within this machine; waits until one has taken it."""
    wanted = client.getsockname()[1], client.getpeername()[1]
    while True:
        held = {f"socket:[{inode}]" for inode in _inodes(*wanted)}
        for process in processes:
            if any(_target(handle) in held for handle in Path(f"/proc/{process}/fd").iterdir()):
                return process


def _inodes(client: int, server: int) -> list[str]:
    """List the sockets of the server's side of a connection, in both tables of the system."""
    tables = "".join(Path(f"/proc/net/{name}").read_text("ascii") for name in ("tcp", "tcp6"))
    rows = [line.split() for line in tables.splitlines()]
    ends = f":{server:04X}", f":{client:04X}"
    return [row[9] for row in rows if row[1].endswith(ends[0]) and row[2].endswith(ends[1])]


def _target(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except FileNotFoundError:
        return ""
