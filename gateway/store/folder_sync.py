"""Makes the entries of a folder durable: a new file is promised only when its name would survive a power cut."""

import os
from pathlib import Path


def sync_folder(path: Path | str) -> None:
    """Synchronise a folder's entries to the disk. Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
