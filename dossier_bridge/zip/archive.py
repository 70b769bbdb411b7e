"""A strict reader of small zip archives held in memory.

Every entry is checked before any is opened: place, path, kind, size and ratio. Only plain archives pass:
one disk, stored or deflated entries, each described alike in both places, nothing but blanks after the directory.
`zipfile` of Python 3.11 opens overlapped entries, hence this one. Nothing is ever written out.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dossier_bridge.faults import FaultReason, fault

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_UTF8 = 0x0800
_UNIX = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RATIO_FLOOR = 64 * 1024
_PADDING = b"\0 \t\r\n"
"""What senders leave after an archive: blocks filled up, a line end of their software."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds on an archive: entries, octets once opened (one and all), and ratio of the two sizes."""

    max_entries: int = 500
    max_entry_bytes: int = 64 * 1024 * 1024
    max_total_bytes: int = 128 * 1024 * 1024
    max_ratio: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """A file of an archive: its path with forward slashes, and where its octets are."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int


class Archive:
    """The files of a zip archive, each opened on demand."""

    def __init__(self, data: bytes, limits: ArchiveLimits) -> None:
        """Read and check the directory; raise `DocumentFault` when anything in it is not plain."""
        self._data = data
        count, at, end = _directory(data)
        if count > limits.max_entries:
            raise fault(FaultReason.TOO_MANY)
        entries = list(_entries(data, count, at, end, limits))
        _check_places(entries, at)
        self._entries = {entry.name.casefold(): entry for entry in entries}
        if len(self._entries) != len(entries):
            raise fault(FaultReason.ZIP_DUPLICATE)
        if sum(entry.size for entry in entries) > limits.max_total_bytes:
            raise fault(FaultReason.TOO_LARGE)

    def names(self) -> list[str]:
        """List the paths of files, folders left out, in the order of the directory."""
        return [entry.name for entry in self._entries.values() if not entry.name.endswith("/")]

    def sizes(self) -> list[int]:
        """List what each file weighs once opened."""
        return [entry.size for entry in self._entries.values()]

    def find(self, name: str) -> str | None:
        """Give the exact path of a file named without regard to case, or None."""
        entry = self._entries.get(name.casefold())
        return entry.name if entry else None

    def open(self, name: str) -> bytes:
        """Give the octets of a file, checked against its size and CRC-32."""
        entry = self._entries[name.casefold()]
        packed = self._data[entry.start : entry.start + entry.packed]
        content = packed if entry.method == _STORED else _inflated(packed, entry.size)
        if len(content) != entry.size or zlib.crc32(content) != entry.crc:
            raise fault(FaultReason.ZIP_CHECKSUM)
        return content


def _inflated(packed: bytes, size: int) -> bytes:
    engine = zlib.decompressobj(-15)
    try:
        # One octet more than promised is asked for, so that a longer stream shows without being opened.
        content = engine.decompress(packed, size + 1)
    except zlib.error as error:
        raise fault(FaultReason.ZIP_CHECKSUM) from error
    if not engine.eof or engine.unused_data:
        raise fault(FaultReason.ZIP_CHECKSUM)
    return content


def _entries(data: bytes, count: int, at: int, end: int, limits: ArchiveLimits) -> Iterator[ZipEntry]:
    for _ in range(count):
        if at + _CENTRAL.size > end or not data.startswith(b"PK\x01\x02", at):
            raise fault(FaultReason.ZIP_MALFORMED)
        fields = _CENTRAL.unpack_from(data, at)
        following = at + _CENTRAL.size + sum(fields[10:13])
        if following > end:
            raise fault(FaultReason.ZIP_MALFORMED)
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]]
        yield _entry(data, fields, raw, limits)
        at = following
    if at != end:
        raise fault(FaultReason.ZIP_MALFORMED)


def _directory(data: bytes) -> tuple[int, int, int]:
    """Find the directory: number of entries, start and end."""
    at = end_of_directory(data)
    if at is None:
        raise fault(FaultReason.ZIP_MALFORMED)
    _, disk, first, here, count, size, offset, _ = _END.unpack_from(data, at)
    # Zip64 needs archives beyond what a message may weigh: its marks (all ones) fail this sum.
    if not disk == first == 0 or here != count or offset + size != at:
        raise fault(FaultReason.ZIP_MALFORMED)
    return count, offset, at


def end_of_directory(data: bytes) -> int | None:
    """Find where the directory of a zip that ends here ends; after its comment only padding may follow."""
    filled = len(data.rstrip(_PADDING))
    at = data.rfind(b"PK\x05\x06", max(0, filled - _END.size - 0xFFFF))
    if at < 0 or at + _END.size > len(data):
        return None
    end = at + _END.size + int(_END.unpack_from(data, at)[-1])
    return at if filled <= end <= len(data) else None


# The fields of a directory line as the format orders them (APPNOTE §4.3.12).
_Fields = tuple[bytes, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int]


def _entry(data: bytes, fields: tuple[int, ...] | _Fields, raw: bytes, limits: ArchiveLimits) -> ZipEntry:
    _, made_by, _, flags, method, _, _, crc, packed, size, *_, outside, header = fields
    if flags & _ENCRYPTED:
        raise fault(FaultReason.ZIP_ENCRYPTED)
    if method not in (_STORED, _DEFLATED):
        raise fault(FaultReason.ZIP_METHOD)
    if made_by >> 8 == _UNIX and stat.S_IFMT(outside >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise fault(FaultReason.ZIP_LINK)
    name = _path(raw, flags)
    if size > limits.max_entry_bytes:
        raise fault(FaultReason.TOO_LARGE)
    if size > _RATIO_FLOOR and size > limits.max_ratio * packed:
        raise fault(FaultReason.ZIP_RATIO)
    if method == _STORED and size != packed:
        raise fault(FaultReason.ZIP_MALFORMED)
    return ZipEntry(
        name=name,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        header=header,
        start=_content_start(data, header, raw, method),
    )


def _path(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437").replace("\\", "/")
    except UnicodeDecodeError as error:
        raise fault(FaultReason.ZIP_PATH) from error
    parts = name.split("/")
    if not name or name.startswith("/") or ":" in name or _CONTROL.search(name) or {"..", "."} & set(parts):
        raise fault(FaultReason.ZIP_PATH)
    return name


def _content_start(data: bytes, header: int, raw: bytes, method: int) -> int:
    """Check that the local header says the same as the directory, and give where the content starts."""
    if header + _LOCAL.size > len(data):
        raise fault(FaultReason.ZIP_MALFORMED)
    fields = _LOCAL.unpack_from(data, header)
    named = header + _LOCAL.size
    if fields[0] != b"PK\x03\x04" or fields[3] != method or data[named : named + fields[9]] != raw:
        raise fault(FaultReason.ZIP_MALFORMED)
    return int(named + fields[9] + fields[10])


def _check_places(entries: list[ZipEntry], directory: int) -> None:
    end = 0
    for entry in sorted(entries, key=lambda e: e.header):
        if entry.header < end:
            raise fault(FaultReason.ZIP_OVERLAP)
        end = entry.start + entry.packed
    if end > directory:
        raise fault(FaultReason.ZIP_OVERLAP)
