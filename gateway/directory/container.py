r"""An immutable file of JSON records found by key, written whole and never changed.

One file serves 500,000 mailboxes: it is opened without reading the records, and one look-up reads one
bucket of some four records.

Format, version 1, integers little-endian::

    header    104 octets: magic `PLIDIR\r\n`, version u32, kind u32 (1 directory, 2 white list),
              generated_at i64 (µs since 1970 UTC), count u64, buckets u64, size of the file u64,
              CRC-32 of the table u32, reserved u32, SHA-256 of all that follows the header,
              SHA-256 of the header so far, first 16 octets
    buckets   for each: CRC-32 u32 of the records, begun with the bucket's number, then the records
    table     offset u64 of each bucket from the start of the file, and of the end of the last

A record is a line feed and a JSON array whose first item is the key; a key's bucket is its CRC-32 modulo
the number of buckets (a cryptographic hash would cost a tenth of a look-up). JSON escapes line feeds and
quotes inside strings and a key holds none, so that `\n["key",` is found in a bucket by one search.

Whatever is answered has just been checked: the header and the table when the file is opened, the whole
bucket at each look-up. "Not here" is under the same check as "here". The SHA-256 of the content is compared
when a file is made and by `Container.verify`.

The file is read by `pread`, not by `mmap`: when an operator overwrites it in place, or its disk fails, a
mapping kills the server with SIGBUS, where a short read is an error that defers one message; it costs 1 µs.
"""

import hashlib
import os
import struct
import weakref
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

import orjson

from gateway.domain.errors import DirectoryUnavailable

MAGIC = b"PLIDIR\r\n"
VERSION = 1
HEADER = struct.Struct("<8sIIqQQQII32s16s")
TABLE_ENTRY = struct.Struct("<Q")
CHECKSUM = struct.Struct("<I")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SEALED = HEADER.size - 16
_RANGE = struct.Struct("<QQ")
_CHUNK = 1 << 20


class SnapshotBroken(DirectoryUnavailable):
    """A snapshot file is truncated, altered or no snapshot at all: import it again."""

    code = "PLI-205"


class ContainerKind(IntEnum):
    """What a container holds, so that one is never taken for the other."""

    DIRECTORY = 1
    WHITELIST = 2


def key_hash(key: bytes) -> int:
    """Spread keys over buckets; stable for ever, as files depend on it."""
    return zlib.crc32(key)


def bucket_checksum(bucket: int, records: bytes) -> int:
    """Sum a bucket, begun with its number so that one bucket is never read for another."""
    return zlib.crc32(records, bucket)


class Container:
    """An open file of records; the file stays open, even if replaced, as long as this value lives."""

    def __init__(self, path: Path, kind: ContainerKind) -> None:
        """Open, and check header and table.

        Raises:
            SnapshotBroken: the file is no such snapshot, of another kind or version, truncated or altered.
            FileNotFoundError: there is no file.
        """
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._broken("it cannot be opened") from error
        weakref.finalize(self, os.close, self._file)
        size = os.fstat(self._file).st_size
        header = self._read(0, HEADER.size)
        (magic, version, found_kind, generated_at, self.count, self._buckets, expected_size, table_sum, _,
         self._sha256, seal) = HEADER.unpack(header)  # fmt: skip
        if magic != MAGIC:
            raise self._broken("it is not a snapshot file")
        if hashlib.sha256(header[:_SEALED]).digest()[:16] != seal:
            raise self._broken("its header is altered")
        if version != VERSION:
            raise self._broken(f"it is of version {version}, this program reads version {VERSION}")
        if found_kind != kind:
            raise self._broken(f"it is not a {kind.name.lower()} snapshot")
        if expected_size != size:
            raise self._broken(f"it has {size} octets instead of {expected_size}")
        self.generated_at = EPOCH + timedelta(microseconds=generated_at)
        table_size = TABLE_ENTRY.size * (self._buckets + 1)
        self._table = self._read(size - table_size, table_size)
        if zlib.crc32(self._table) != table_sum:
            raise self._broken("its table is altered")

    def get(self, key: str) -> list[Any] | None:  # Any: JSON; the callers know their records
        """Find the record of `key`, its key included; None when there is none.

        Raises:
            SnapshotBroken: the part of the file where the answer lies is damaged.
        """
        octets = key.encode()
        records = self._bucket(key_hash(octets) % self._buckets)
        start = records.find(b'\n["%b",' % octets) + 1
        if not start:
            return None
        end = records.find(b"\n", start)
        record: list[Any] = orjson.loads(records[start : end if end > 0 else len(records)])  # Any: JSON
        return record

    def __iter__(self) -> Iterator[list[Any]]:  # Any: JSON
        """Give every record, in no useful order, each bucket checked."""
        for bucket in range(self._buckets):
            for line in self._bucket(bucket).split(b"\n")[1:]:
                yield orjson.loads(line)

    def verify(self) -> None:
        """Read the whole file and compare its digest; raise `SnapshotBroken` when it differs."""
        digest, at = hashlib.sha256(), HEADER.size
        while chunk := os.pread(self._file, _CHUNK, at):
            digest.update(chunk)
            at += len(chunk)
        if digest.digest() != self._sha256:
            raise self._broken("its content is altered")

    def _bucket(self, bucket: int) -> bytes:
        start, end = _RANGE.unpack_from(self._table, TABLE_ENTRY.size * bucket)
        octets = self._read(start, end - start)
        records = octets[CHECKSUM.size :]
        if CHECKSUM.unpack_from(octets)[0] != bucket_checksum(bucket, records):
            raise self._broken("a record is altered")
        return records

    def _read(self, start: int, size: int) -> bytes:
        try:
            octets = os.pread(self._file, size, start)
        except OSError as error:
            raise self._broken("it cannot be read") from error
        if len(octets) != size:
            raise self._broken("it is truncated")
        return octets

    def _broken(self, why: str) -> SnapshotBroken:
        return SnapshotBroken(f"{self.path.name} cannot be used: {why}; import the list again")
