"""Replace a file whole, so that a power cut leaves either the former one or the new one."""

import os
import tempfile
from pathlib import Path

# What these files hold is no secret of the machine; the folder around them says who may come in.
MODE = 0o644


def replace_durably(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, sync it and put it in its place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor, not a path
            out.write(content)
            out.flush()
            os.fchmod(out.fileno(), MODE)
            os.fsync(out.fileno())
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a synced draft over `path`, in the same folder, and sync that folder."""
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
