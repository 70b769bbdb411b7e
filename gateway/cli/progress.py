"""Progress of long work: a bar on stderr when a person watches a terminal, nothing otherwise."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import Progress

_BLOCK = 1 << 20


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far work of `total` steps has come; gives the function that says so many more are done."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def opened(path: Path, what: str) -> Iterator[BinaryIO]:
    """Open a file for reading, and show how much of it has been read."""
    with path.open("rb", buffering=0) as file, progress(what, path.stat().st_size) as advance:
        yield io.BufferedReader(_Counted(file, advance), _BLOCK)


class _Counted(io.RawIOBase):
    """Counts below the buffer: one call a block, not one a line."""

    def __init__(self, file: io.FileIO, advance: Callable[[int], None]) -> None:
        super().__init__()
        self._file = file
        self._advance = advance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # typeshed: any writable buffer
        count = self._file.readinto(buffer)
        self._advance(count)
        return count
