"""Ranges of a file that somebody reads piece by piece: locks of the system that end with their process.

They are locks of an open file, not of a process (Linux, ``F_OFD_SETLK``): two readers of one process hold one range
without knowing of each other, and closing another handle of the same file ends no hold.
"""

import fcntl
import struct

_FLOCK = struct.Struct("hhqqi4x")
"""``struct flock`` on 64-bit Linux, with its padding: kind, from where, start, length, process."""


def hold(handle: int, start: int, length: int) -> None:
    """Hold a range until the handle, opened for reading, is closed. Raises `OSError` while it is being taken out."""
    _lock(handle, fcntl.F_RDLCK, start, length)


def require_not_held(handle: int, start: int, length: int) -> None:
    """Keep others from holding a range until the handle, open for writing, is closed. Raises `OSError` if one does."""
    _lock(handle, fcntl.F_WRLCK, start, length)


def _lock(handle: int, kind: int, start: int, length: int) -> None:
    fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, 0, start, length, 0))
