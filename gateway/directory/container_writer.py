"""Write a container file: records in any order, memory bounded, all or nothing.

Records go to an unnamed temporary file as they come; only their hashes and offsets are kept (12 octets
each). They are then copied bucket by bucket into a draft, which takes its place by a rename.
"""

import hashlib
import os
import tempfile
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import orjson

from gateway.directory.container import (
    CHECKSUM,
    EPOCH,
    HEADER,
    MAGIC,
    TABLE_ENTRY,
    VERSION,
    ContainerKind,
    bucket_checksum,
    key_hash,
)
from gateway.directory.durable import MODE, put_in_place
from gateway.domain.errors import InvalidValue

RECORDS_PER_BUCKET = 4


@dataclass(frozen=True, slots=True)
class Written:
    """How many records a container holds, and how many more had a key that was taken."""

    count: int
    duplicates: int


class ContainerWriter:
    """Build one container beside its final path; it appears there only by `commit`.

    Use as a context manager: leaving without `commit` leaves nothing behind.
    """

    def __init__(self, path: Path, kind: ContainerKind, generated_at: datetime) -> None:
        """Prepare a file; `path` is not touched."""
        self._path = path
        self._kind = kind
        self._generated_at = generated_at
        self._stack = ExitStack()
        spill = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - the stack closes it
        self._spill: BinaryIO = self._stack.enter_context(spill)
        self._hashes, self._offsets = array("I"), array("Q")
        self._size = 0
        self._draft: Path | None = None

    def __enter__(self) -> "ContainerWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, key: str, values: Iterable[object]) -> None:
        """Add a record. Raises `InvalidValue` for a key with a quote, a backslash, or beyond printable ASCII."""
        if '"' in key or "\\" in key or not (key.isascii() and key.isprintable()):
            raise InvalidValue("a key of a snapshot is printable ASCII without quote or backslash")
        record = b"\n" + orjson.dumps([key, *values])
        self._hashes.append(key_hash(key.encode()))
        self._offsets.append(self._size)
        self._size += self._spill.write(record)

    def finish(self) -> Written:
        """Write and sync the new file beside `path`; where a key came twice, the first record stays."""
        self._offsets.append(self._size)
        buckets = max(1, len(self._hashes) // RECORDS_PER_BUCKET)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        self._draft = Path(name)
        self._stack.callback(self._draft.unlink, missing_ok=True)
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor, not a path
            out.write(bytes(HEADER.size))
            content, table, kept = hashlib.sha256(), array("Q"), 0
            for bucket, records in enumerate(self._grouped(buckets)):
                table.append(out.tell())
                body = b"".join(records)
                kept += len(records)
                body = CHECKSUM.pack(bucket_checksum(bucket, body)) + body
                content.update(body)
                out.write(body)
            table.append(out.tell())
            packed = b"".join(map(TABLE_ENTRY.pack, table))
            content.update(packed)
            out.write(packed)
            size = out.tell()
            out.seek(0)
            out.write(self._header(kept, buckets, size, zlib.crc32(packed), content.digest()))
            out.flush()
            os.fchmod(out.fileno(), MODE)
            os.fsync(out.fileno())
        return Written(kept, len(self._hashes) - kept)

    def commit(self) -> None:
        """Put the finished file in its place, durably; whoever has the former one open keeps it."""
        if self._draft is None:
            raise RuntimeError("finish() comes before commit()")
        put_in_place(self._draft, self._path)

    def _header(self, count: int, buckets: int, size: int, table_sum: int, content: bytes) -> bytes:
        instant = (self._generated_at - EPOCH) // timedelta(microseconds=1)
        fields = (MAGIC, VERSION, self._kind, instant, count, buckets, size, table_sum, 0, content)
        unsealed = HEADER.pack(*fields, bytes(16))[:-16]
        return unsealed + hashlib.sha256(unsealed).digest()[:16]

    def _grouped(self, buckets: int) -> Iterator[list[bytes]]:
        # Sorted by bucket, then by order of arrival: one integer each sorts faster than pairs.
        width = len(self._hashes)
        order = sorted((value % buckets) * width + i for i, value in enumerate(self._hashes))
        self._spill.flush()
        handle, at = self._spill.fileno(), 0
        for bucket in range(buckets):
            records: dict[bytes, bytes] = {}
            while at < width and order[at] // width == bucket:
                i = order[at] % width
                record = os.pread(handle, self._offsets[i + 1] - self._offsets[i], self._offsets[i])
                records.setdefault(record[: record.index(b'"', 3)], record)
                at += 1
            yield list(records.values())
