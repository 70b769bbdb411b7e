"""Blobs in segments of a file system: append-once, sealed as `gateway.store.blobs.sealed_chunks` does.

A record is a head (magic, the blob's name, when it was written, length, a sum of these) and the sealed chunks. A blob's
name says where it is (segment, page) and ends in random octets; a record that a crash left unreferenced is found by
the sweeper.
"""

import os
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.domain.errors import NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.store.blobs.deletion_pause import deleting
from gateway.store.blobs.holes import next_data
from gateway.store.blobs.range_locks import hold
from gateway.store.blobs.sealed_chunks import (
    DATA_KEY,
    SEALED_CHUNK,
    chunks_of,
    cut_out,
    opened_chunks,
    sealed_chunks,
    sealed_length,
)
from gateway.store.blobs.segments import NAME_OCTETS, PAGE, Segments, pages_of
from gateway.store.disk_failure import DiskFailure, OwnDiskFailure

_MAGIC = b"pli blob"
_FIELDS, _SUM = struct.Struct(">8s16sQQ"), struct.Struct(">I")
_HEAD = _FIELDS.size + _SUM.size
_PAGE_FORM = struct.Struct(">I")
_RANDOM = 16 - NAME_OCTETS - _PAGE_FORM.size


class FileBlobs:
    """Blobs below one folder. Close it, or use it in a ``with``."""

    def __init__(self, root: Path, disk: DiskFailure | None = None) -> None:
        """Open them; `disk` is whose failure stops them, their own when there is none."""
        self._root = root
        self._segments = Segments(root, disk or OwnDiskFailure())

    def __enter__(self) -> Self:
        """Enter."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Leave the segment being written; what was put stays."""
        self._segments.close()

    def place(self, ref: BlobRef) -> tuple[Path, int]:
        """Give the file that holds a blob and the offset of its record."""
        name, page = _place(ref)
        return Path(self._segments.path(name)), page * PAGE

    def whereabouts(self, key: BlobKey) -> str:
        """Say for an operator where a blob is."""
        file, offset = self.place(key.ref)
        pages = pages_of(_HEAD + sealed_length(key.size))
        return f"segment {file.name}, page {offset // PAGE}, {pages} pages"

    # ------------------------------------------------------------ putting

    def put(self, data: bytes | bytearray | memoryview) -> BlobKey:
        """Seal and store; synchronised on return."""
        return self.put_many([data])[0]

    def put_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several with one synchronisation, shared with whoever puts meanwhile; all or none."""
        keys = self.write_many(many)
        if keys:
            self.synchronise(keys)
        return keys

    def synchronise(self, keys: Iterable[BlobKey]) -> None:
        """Make blobs that were written before survive a power cut."""
        try:
            self._segments.synchronise({_place(key.ref)[0] for key in keys})
        except OSError as error:
            raise StoreUnavailable("blobs cannot be synchronised") from error

    def write_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Seal and write several; they are promised after the next `synchronise`; all or none."""
        if not many:
            return []
        lengths = [_HEAD + sealed_length(len(data)) for data in many]
        try:
            with self._segments.room(sum(map(pages_of, lengths)) * PAGE) as place:
                pieces, keys, page = [], [], place.page
                for data, length in zip(many, lengths, strict=True):
                    drawn = os.urandom(_RANDOM + DATA_KEY)
                    name = place.name + _PAGE_FORM.pack(page) + drawn[:_RANDOM]
                    key = BlobKey(BlobRef(name), drawn[_RANDOM:], len(data))
                    keys.append(key)
                    pieces += [_Head(key.ref, time.time_ns(), length).to_bytes(), *sealed_chunks(key, memoryview(data))]
                    pieces.append(bytes(-length % PAGE))
                    page += pages_of(length)
                self._segments.write(place, pieces[:-1])
        except OSError as error:
            raise StoreUnavailable("a blob cannot be written") from error
        return keys

    # ------------------------------------------------------------ reading

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        """Open octets [start, end), reading only the chunks that hold them."""
        end = key.size if end is None else min(end, key.size)
        if not key.size:
            return opened_chunks(key, 0, 0, self._sealed_chunks(key, 0, 0))
        if start >= end:
            return b""
        first, last = chunks_of(start, end)
        whole = opened_chunks(key, first, last, self._sealed_chunks(key, first, last))
        return cut_out(start, end, first, whole)

    def _sealed_chunks(self, key: BlobKey, first: int, last: int) -> bytes:
        name, page = _place(key.ref)
        at, length = page * PAGE, _HEAD + sealed_length(key.size)
        start, end = _HEAD + first * SEALED_CHUNK, min(_HEAD + (last + 1) * SEALED_CHUNK, length)
        try:
            handle = os.open(self._segments.path(name), os.O_RDONLY | os.O_CLOEXEC)
            try:
                if first:
                    _check_head(os.pread(handle, _HEAD, at), key.ref, length)
                    return _read_up_to(handle, end - start, at + start)
                whole = _read_up_to(handle, end, at)
                _check_head(whole[: _HEAD], key.ref, length)
                return whole[_HEAD :]
            finally:
                os.close(handle)
        except FileNotFoundError as error:
            raise NotFound("a blob's segment is missing") from error
        except OSError as error:
            raise StoreUnavailable("a blob cannot be read") from error

    @contextmanager
    def held(self, key: BlobKey) -> Iterator[None]:
        """Keep the octets of a blob from being removed meanwhile, by any process."""
        name, page = _place(key.ref)
        try:
            handle = os.open(self._segments.path(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFound("a blob's segment is missing") from error
        except OSError as error:
            raise StoreUnavailable("a blob cannot be held") from error
        try:
            hold(handle, page * PAGE, _HEAD + sealed_length(key.size))
        except OSError as error:
            os.close(handle)
            raise StoreUnavailable("a blob cannot be held") from error
        try:
            yield
        finally:
            os.close(handle)

    # ------------------------------------------------------------ removing

    def delete(self, ref: BlobRef) -> None:
        """Take the octets out; absent is no error. A power cut may bring them back: the sweeper takes them then.

        Raises `StoreUnavailable` also while a backup is made, or somebody holds them.
        """
        name, page = _place(ref)
        try:
            with deleting(self._root):
                length = self._length(name, page, ref)
                if length:
                    self._segments.remove(name, page, length)
        except OSError as error:
            raise StoreUnavailable("a blob cannot be removed") from error

    def _length(self, name: bytes, page: int, ref: BlobRef) -> int:
        """Give the length of a blob's record; 0 when it is gone."""
        try:
            handle = os.open(self._segments.path(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        try:
            found = _Head.read(os.pread(handle, _HEAD, page * PAGE))
        finally:
            os.close(handle)
        return found.length if found is not None and found.ref == ref else 0

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant`; what is removed meanwhile and foreign files are passed over."""
        limit = instant.timestamp() * 1e9
        try:
            for name in self._segments.names():
                for ref, written in self._records(name):
                    if written < limit:
                        yield ref
        except OSError as error:
            raise StoreUnavailable("blobs cannot be listed") from error

    def _records(self, name: bytes) -> Iterator[tuple[BlobRef, int]]:
        """List the records of a segment and when each was written.

        A record whose head was lost in a crash, or is damaged, is stepped over page by page.
        """
        try:
            handle = os.open(self._segments.path(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            page = 0
            while (data := next_data(handle, page * PAGE)) is not None:
                page = data // PAGE
                head = _Head.read(os.pread(handle, _HEAD, page * PAGE))
                if head is None or _place(head.ref) != (name, page):
                    page += 1
                    continue
                page += pages_of(head.length)
                yield head.ref, head.written
        finally:
            os.close(handle)


def _place(ref: BlobRef) -> tuple[bytes, int]:
    name, page = ref.id[:NAME_OCTETS], ref.id[NAME_OCTETS : NAME_OCTETS + _PAGE_FORM.size]
    return name, _PAGE_FORM.unpack(page)[0]


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a record: its blob, when it was written (nanoseconds since 1970), its length, head included."""

    ref: BlobRef
    written: int
    length: int

    def to_bytes(self) -> bytes:
        """Write it; the sum at its end keeps a rotten length from taking neighbours out."""
        fields = _FIELDS.pack(_MAGIC, self.ref.id, self.written, self.length)
        return fields + _SUM.pack(zlib.crc32(fields))

    @classmethod
    def read(cls, octets: bytes) -> "_Head | None":
        """Read it; None for anything else."""
        if len(octets) < _HEAD:
            return None
        fields = octets[: _FIELDS.size]
        magic, name, written, length = _FIELDS.unpack(fields)
        whole = magic == _MAGIC and _SUM.unpack_from(octets, _FIELDS.size)[0] == zlib.crc32(fields)
        return cls(BlobRef(name), written, length) if whole else None


def _check_head(octets: bytes, ref: BlobRef, length: int) -> None:
    head = _Head.read(octets)
    if head is not None and head.ref == ref and head.length == length:
        return
    # A hole, or what a crash left: whoever refers to it came too late.
    if len(octets) == _HEAD and not any(octets):
        raise NotFound("a blob was removed")
    raise SealBroken("a blob's record has another head, or is not as long as its row says")


def _read_up_to(handle: int, count: int, offset: int) -> bytes:
    data = os.pread(handle, count, offset)
    while len(data) < count and (more := os.pread(handle, count - len(data), offset + len(data))):
        data += more
    return data
