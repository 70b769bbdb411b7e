"""The processes of a gateway, as the system lists them."""

import socket
from pathlib import Path


def serving_below(parent: int) -> list[int]:
    """Give the processes that serve below the parent of a gateway, the oldest first."""
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]


def is_running(process: int) -> bool:
    """Say whether a process has not ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def server_of(processes: list[int], client: socket.socket) -> int:
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
