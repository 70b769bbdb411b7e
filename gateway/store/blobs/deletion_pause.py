"""While a backup is made nothing is taken out of the segments: what its database tells of must still be there.

A lock of the system on a file beside the segments, which ends with its process. Whoever takes octets out shares it and
does not wait: what could not be taken out now is tried again, or swept.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.domain.errors import StoreUnavailable

_NAME = "deletions.lock"


@contextmanager
def deletions_paused(root: Path) -> Iterator[None]:
    """Keep every process from taking octets out; waits for those that are at it."""
    with _opened(root) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def deleting(root: Path) -> Iterator[None]:
    """Take octets out meanwhile. Raises `StoreUnavailable` while a backup is made."""
    with _opened(root) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreUnavailable("a backup is being made: octets are taken out after it") from error
        yield


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    handle = os.open(root / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
