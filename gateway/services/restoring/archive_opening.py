"""Open an archive of anybody's as if it were hostile: nothing is unpacked to a disk, and every size has a limit.

Refused are paths that lead out, names that come twice, links, passwords, methods that are rare, more files or octets
than an archive of ours has, and sizes that are not what the archive claims. Blocks: call it from a worker thread.
"""

import hashlib
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from gateway.domain.errors import LimitExceeded, MalformedContent

MAX_FILES = 400_000
MAX_DIRECTORY = 128 * 1024 * 1024
MAX_FILE = 128 * 1024 * 1024
"""Octets of a file that is taken back in one piece."""
MAX_SHEET = 32 * 1024 * 1024
"""Octets of a file that programs read."""
_MAX_NAME = 400
_FREE, _TIMES = 64 * 1024 * 1024, 200
"""An archive opens to so many octets at most, and so many times its own size more: no bomb does without."""
_PIECE = 1024 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_END, _END_64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LONGEST_END = 22 + 65_535
_ENCRYPTED = 0x1
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\\:]")
_CUT = "is cut or damaged: copy it, or download it, again"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, NotImplementedError, RuntimeError, KeyError,
    OverflowError,
)  # fmt: skip


class OpenedArchive:
    """A zip archive whose list of files was checked; a file is checked as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the list of files. Raises `MalformedContent`, `LimitExceeded`."""
        size = file.seek(0, os.SEEK_END)
        _check_end(file, size)
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise MalformedContent(f"the archive {_CUT}") from error
        self._files = _checked(self._zip.infolist(), size)

    @property
    def names(self) -> list[str]:
        """List the files, in their order."""
        return list(self._files)

    def __contains__(self, name: str) -> bool:
        """Say whether there is such a file."""
        return name in self._files

    def size(self, name: str) -> int:
        """Give how many octets a file has, as the archive claims; reading shows whether it is true."""
        return self._files[name].file_size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read a file piece by piece. Raises `MalformedContent` where it is not what the archive claims."""
        try:
            with self._zip.open(self._files[name]) as opened:
                read = 0
                while piece := opened.read(_PIECE):
                    read += len(piece)
                    yield piece
        except _BROKEN as error:
            raise MalformedContent(f"the archive {_CUT}") from error
        if read != self.size(name):
            raise MalformedContent(f"the archive {_CUT}")

    def read(self, name: str, most: int = MAX_SHEET) -> bytes:
        """Read a file at once. Raises `LimitExceeded` when it has more octets than `most`."""
        if self.size(name) > most:
            raise LimitExceeded(f"a file of the archive has more than {most >> 20} MiB: it is none that Pli made")
        return b"".join(self.pieces(name))

    def digest(self, name: str) -> str:
        """Give the SHA-256 of a file, in hexadecimal."""
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            digest.update(piece)
        return digest.hexdigest()


def _check_end(file: BinaryIO, size: int) -> None:
    """Look at the end of the archive before a library reads the list of files that it leads to, of whatever size."""
    start = max(size - _LONGEST_END - 20, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise MalformedContent(f"this is no zip archive, or it {_CUT}")
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR:
        count, length = _long_end(file, struct.unpack("<Q", tail[at - 12 : at - 4])[0], start + at - 20 - 56)
    if count > MAX_FILES or length > MAX_DIRECTORY:
        raise LimitExceeded(f"the archive has more than {MAX_FILES} files, or a list of more than 128 MiB")


def _long_end(file: BinaryIO, at: int, expected: int) -> tuple[int, int]:
    # The library does not look where it is told that this end lies, but right before: another there is nobody's.
    if at != expected or at < 0:
        raise MalformedContent(f"the archive {_CUT}")
    file.seek(at)
    end = file.read(56)
    if end[:4] != _END_64:
        raise MalformedContent(f"the archive {_CUT}")
    count, length = struct.unpack("<QQ", end[32:48])
    return count, length


def _checked(listed: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
    files: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    room = _FREE + _TIMES * size
    for info in listed:
        _check(info)
        if info.is_dir():
            continue
        if info.filename.casefold() in folded:
            raise MalformedContent("the archive holds two files of one name: it is none that Pli made")
        folded.add(info.filename.casefold())
        files[info.filename] = info
        room -= info.file_size
        if room < 0:
            raise LimitExceeded("the archive opens to far more octets than it has: it is a trap, and is not opened")
    return files


def _check(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.rstrip("/").split("/")
    if len(name) > _MAX_NAME or _NO_NAME.search(info.orig_filename) or not all(parts) or {".", ".."} & {*parts}:
        raise MalformedContent("a file of the archive has a path that leads out of it: it is none that Pli made")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise MalformedContent("the archive holds a link or a device: it is none that Pli made")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        raise MalformedContent("the archive bears a password or a rare compression: it is none that Pli made")
