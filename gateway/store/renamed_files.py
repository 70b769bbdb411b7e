"""Files that are there whole or not at all."""

import os
from pathlib import Path

from gateway.store.folder_sync import sync_folder


def draft_of(file: Path) -> Path:
    """Give what a file is written as before it is renamed; a process that died may have left it."""
    return file.with_name(f".{file.name}.draft")


def put_in_place(file: Path, data: bytes) -> None:
    """Write a file under a hidden name, make it durable, rename it; replaces one of the same name. Blocks.

    The hidden name has another suffix: whoever takes all `*.json` or `*.pdf` of the folder never takes half a file.
    On return it outlives a power cut: the step that wrote it ends with the next commit. Raises `OSError`.
    """
    hidden = draft_of(file)
    handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    hidden.rename(file)
    sync_folder(file.parent)
