"""The processes of a gateway, as the system lists them."""

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
