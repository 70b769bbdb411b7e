"""Processor time and memory of a server and its children, from /proc, so that what a message costs can be told."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_LOOK_SECONDS, _IDLE = 0.5, 0.02
"""Seconds between two looks, and seconds of processor time between them that are nothing."""
_QUIET_LOOKS = 3
"""So many in a row: who waits for a busy disk for a moment is not idle."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process tree has used so far: processor seconds, and proportional set size in MiB."""

    cpu_seconds: float
    memory_mib: float


class Peak:
    """The most memory that process trees have had together, as often as somebody looked."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self.memory_mib = 0.0

    def look(self) -> None:
        """Look once more."""
        self.memory_mib = max(self.memory_mib, sum(usage_of(root).memory_mib for root in self._roots))


def usage_of(root: int) -> Usage:
    """Look at the tree below a process; children that ended and were waited for count."""
    ticks, memory = 0, 0
    for process in _tree(root):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
            lines = (process / "smaps_rollup").read_text().splitlines()
            memory += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return Usage(ticks / _TICK, memory / 1024)


def until_idle(root: int, longest: int) -> None:
    """Wait until a process tree has next to nothing to do, but not for more than so many seconds; blocks."""
    before, quiet = usage_of(root).cpu_seconds, 0
    for _ in range(round(longest / _LOOK_SECONDS)):
        time.sleep(_LOOK_SECONDS)
        now = usage_of(root).cpu_seconds
        before, quiet = now, quiet + 1 if now - before < _IDLE else 0
        if quiet == _QUIET_LOOKS:
            return


def _tree(root: int) -> list[Path]:
    found, waiting = [], [root]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        found.append(process)
        for task in (process / "task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Give p50, p95, p99 and the greatest, in milliseconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)

    return {"p50_ms": at(0.50), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": round(ordered[-1] * 1000, 2)}
