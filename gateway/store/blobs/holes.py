"""Holes in files: octets that are gone, and whose room the file system has back."""

import ctypes
import errno
import os

_KEEP_SIZE_PUNCH_HOLE = 0x01 | 0x02
_ZEROS = bytes(1024 * 1024)


def next_data(handle: int, offset: int) -> int | None:
    """Give where data begin at or after an offset; None when there are none. Raises `OSError`."""
    try:
        return os.lseek(handle, offset, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def take_out(handle: int, offset: int, length: int) -> None:
    """Make a hole; where there are none, write zeros: their room comes back with the file. Raises `OSError`."""
    if _punched(handle, offset, length):
        return
    length = min(length, os.fstat(handle).st_size - offset)
    for start in range(0, length, len(_ZEROS)):
        os.pwrite(handle, _ZEROS[: length - start], offset + start)


def _punched(handle: int, offset: int, length: int) -> bool:
    """Make a hole; False where the file system cannot. Raises `OSError`."""
    libc, size = ctypes.CDLL(None, use_errno=True), ctypes.c_int64
    if libc.fallocate(handle, _KEEP_SIZE_PUNCH_HOLE, size(offset), size(length)) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EOPNOTSUPP, errno.ENOSYS):
        return False
    raise OSError(number, "a hole could not be made")
