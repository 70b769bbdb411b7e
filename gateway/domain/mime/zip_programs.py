"""Programs and macros inside zip and gzip, told by their octets: only the beginnings of files are inflated (E96).

Files are found by the header that stands before each, not by the directory: what a directory leaves out is unpacked by
some software all the same. Bounded in files, in depth and in octets inflated. Passwords are not guessed: what is
encrypted is known by its name only.
"""

import re
import zlib
from collections.abc import Iterator

from gateway.domain.mime import marks
from gateway.domain.mime.kinds import SIGNS, Kind

_HEADER = re.compile(rb"PK\x03\x04(?=[\s\S]{26})")
_SUFFIXES = frozenset(SIGNS[Kind.PROGRAM].suffixes)
_STORED, _DEFLATED, _ENCRYPTED = 0, 8, 1
_HEAD_BYTES = 512
_PACKED_HEAD = 2_048
_MAX_FILES = 2_000
_NAME_END = 512
_MAX_DEPTH = 3
_MAX_INFLATED = 8 * 1024 * 1024
# A Basic module of OpenDocument, which is not an index of modules; a sheet of Excel 4 macros.
_MACRO_NAME = re.compile(rb"(?:.*/)?(?:vbaproject\.bin|macrosheets/.+|basic/[^/]+/(?!script-l[bc]\.xml$).+)", re.DOTALL)


def bears_program(data: bytes) -> bool:
    """Say whether a zip holds what runs when it is opened, or a document of Office with macros."""
    return _Search().in_zip(data, 0)


def gzip_bears_program(data: bytes) -> bool:
    """Say whether a gzip holds a program."""
    try:
        head = zlib.decompressobj(31).decompress(data[: 64 * 1024], _HEAD_BYTES)
    except zlib.error:
        return False
    return marks.begins_as_program(head)


def names_program(name: bytes) -> bool:
    """Say whether a path in an archive is that of a program, or of a place where Office keeps macros.

    Of a longer path than any real one its two ends are looked at: entries of a forged directory may overlap, each with
    a name of 64 KiB.
    """
    if len(name) > 2 * _NAME_END:
        name = name[:_NAME_END] + name[-_NAME_END:]
    return suffix_of(name[-40:].decode("latin-1")) in _SUFFIXES or _MACRO_NAME.fullmatch(name.lower()) is not None


def suffix_of(name: str) -> str:
    """Give what follows the last dot of a file name, in small letters, as Windows reads it."""
    return name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""


class _Search:
    def __init__(self) -> None:
        self._files = _MAX_FILES
        self._left = _MAX_INFLATED

    def in_zip(self, data: bytes, depth: int) -> bool:
        return any(
            names_program(name) or (packed is not None and self._is_program(packed, method, depth))
            for name, packed, method in self._found(data)
        )

    def _found(self, data: bytes) -> Iterator[tuple[bytes, memoryview | None, int]]:
        view = memoryview(data)
        for header in _HEADER.finditer(data):
            if self._files == 0:
                return
            self._files -= 1
            at = header.start()
            flags, method = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (6, 8))
            length, extra = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (26, 28))
            opens = not flags & _ENCRYPTED and method in (_STORED, _DEFLATED)
            start = at + 30 + length
            yield data[at + 30 : start], view[start + extra :] if opens else None, method

    def _is_program(self, packed: memoryview, method: int, depth: int) -> bool:
        head = _opened(packed[:_PACKED_HEAD], method, _HEAD_BYTES)
        if marks.begins_as_program(head):
            return True
        if head.startswith(marks.COMPOUND):
            return marks.has_macros(self._whole(packed, method))
        # A zip that is stored in another shows its own headers to the search.
        if method == _DEFLATED and head.startswith(marks.ZIP) and depth < _MAX_DEPTH:
            return self.in_zip(self._whole(packed, method), depth + 1)
        return False

    def _whole(self, packed: memoryview, method: int) -> bytes:
        if self._left == 0:
            return b""
        opened = _opened(packed, method, self._left)
        self._left -= len(opened)
        return opened


def _opened(packed: memoryview, method: int, most: int) -> bytes:
    if method == _STORED:
        return bytes(packed[:most])
    try:
        return zlib.decompressobj(-15).decompress(packed, most)
    except zlib.error:
        return b""
