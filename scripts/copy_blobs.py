"""Copy the segments of a gateway's `blobs` into a backup, also while it serves, and again to add what came since.

    python3 scripts/copy_blobs.py GATEWAY/blobs BACKUP/blobs

An octet of a segment is written once and later becomes zero, when its record is taken out. A second copy adds what was
written since and keeps what was taken out since: the database copied in between may still tell of it. Segments that are
gone stay in the backup. Needs nothing but Python; does not look at what a record is.
"""

import os
import sys
import time
from pathlib import Path

CHUNK = 1024 * 1024
RESTED_NS = 10 * 1_000_000_000


def copy(source: Path, target: Path) -> None:
    """Copy every file below one folder into another, whose files keep the octets they have."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        try:
            _add(file, target / file.name)
        except FileNotFoundError:
            continue  # its last record was taken out meanwhile
    _synchronise(target)


def _add(source: Path, target: Path) -> None:
    with source.open("rb") as now:
        seen = os.fstat(now.fileno())
        if target.exists() and _same(seen, target.stat()):
            return
        handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            place = 0
            while new := now.read(CHUNK):
                _put(handle, place, os.pread(handle, len(new), place), new)
                place += len(new)
            os.truncate(handle, max(os.fstat(handle).st_size, place))
            os.fsync(handle)
        finally:
            os.close(handle)
    # Times tick coarsely: only a file that has rested shows by its time that nothing was written since.
    rested = time.time_ns() - seen.st_mtime_ns > RESTED_NS
    os.utime(target, ns=(0, seen.st_mtime_ns if rested else 0))


def _put(handle: int, place: int, old: bytes, new: bytes) -> None:
    """Write what two states of a stretch hold together; zeros are left as room that takes no disk."""
    both = int.from_bytes(old.ljust(len(new), b"\0")) | int.from_bytes(new)
    octets = both.to_bytes(len(new))
    if octets != old and octets.strip(b"\0"):
        os.pwrite(handle, octets, place)


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
    copy(Path(sys.argv[1]), Path(sys.argv[2]))
