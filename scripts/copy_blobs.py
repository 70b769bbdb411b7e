"""Copy the segments of a gateway's `blobs` into a backup, also while it serves, and again to add what came since.

    python3 scripts/copy_blobs.py GATEWAY/blobs BACKUP/blobs

An octet of a segment is written once and later becomes zero, when its record is taken out. A second copy adds what was
written since and keeps what was taken out since: the database copied in between may still tell of it. Segments that are
gone stay in the backup. Where both have an octet and they differ, one is damaged: the copy keeps its own, names the
segment and ends with status 1. Needs nothing but Python; does not look at what a record is.
"""

import os
import re
import sys
import time
from pathlib import Path

CHUNK = 1024 * 1024
SEGMENT = re.compile(r"[0-9a-f]{12}")
RESTED_NS = 10 * 1_000_000_000


def copy(source: Path, target: Path) -> list[str]:
    """Copy every segment into another folder, whose files keep the octets they have; give those that disagree."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    damaged = []
    for file in sorted(file for file in source.iterdir() if SEGMENT.fullmatch(file.name)):
        try:
            if not _add(file, target / file.name):
                damaged.append(file.name)
        except FileNotFoundError:
            continue  # its last record was taken out meanwhile
    _synchronise(target)
    return damaged


def _add(source: Path, target: Path) -> bool:
    with source.open("rb") as now:
        seen, at = os.fstat(now.fileno()), time.time_ns()
        if target.exists() and _same(seen, target.stat()):
            return True
        agree = True
        handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            place = 0
            while new := now.read(CHUNK):
                agree &= _put(handle, place, os.pread(handle, len(new), place), new)
                place += len(new)
            os.truncate(handle, max(os.fstat(handle).st_size, place))
            os.fsync(handle)
        finally:
            os.close(handle)
    # Times tick coarsely: only a file that has rested shows by its time that nothing was written since.
    rested = agree and at - seen.st_mtime_ns > RESTED_NS
    os.utime(target, ns=(0, seen.st_mtime_ns if rested else 0))
    return agree


def _put(handle: int, place: int, old: bytes, new: bytes) -> bool:
    """Write what two states of a stretch hold together, zeros left as room; False if they disagree."""
    old = old.ljust(len(new), b"\0")
    if old == new:
        return True
    has_old = old.strip(b"\0")
    octets = bytes(one or other for one, other in zip(old, new, strict=True)) if has_old else new
    if octets != old:
        os.pwrite(handle, octets, place)
    return not has_old or all(not other or one == other for one, other in zip(octets, new, strict=True))


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 scripts/copy_blobs.py GATEWAY/blobs BACKUP/blobs")
    for name in (disagreeing := copy(Path(sys.argv[1]), Path(sys.argv[2]))):
        print(f"{name}: the copy and the gateway differ; the copy was kept: find out which is damaged", file=sys.stderr)
    sys.exit(1 if disagreeing else 0)
