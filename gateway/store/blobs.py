"""Blobs in files: append-once, each under a data key of its own, in authenticated chunks of 64 KiB.

A file is a 16-octet head (magic, version, chunk size) and chunks sealed with AES-256-GCM; a chunk's nonce is
its number and a last-chunk mark, so chunks can be neither reordered nor cut off. The data key is random for
each blob, which makes counting nonces safe. A file that a crash left unreferenced is found by the sweeper.
"""

import contextlib
import errno
import os
import re
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.store.folder_sync import sync_folder

CHUNK = 64 * 1024
_TAG = 16
_SEALED_CHUNK = CHUNK + _TAG
_HEAD = struct.pack(">8sII", b"pli blob", 1, CHUNK)
_LAST = 0x80
_NAME = re.compile(r"[0-9a-f]{32}")


def _nonce(number: int, last: bool) -> bytes:
    return bytes((_LAST if last else 0,)) + number.to_bytes(11, "big")


class FileBlobs:
    """Blobs below one folder, spread over 256 subfolders."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._prefix = f"{root}/"
        self._broken = False
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(256):
            (root / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
        # The folders' own entries must survive a power cut before the first blob is promised.
        sync_folder(root)

    def path(self, ref: BlobRef) -> Path:
        """Give the file of a blob."""
        return Path(self._name(ref))

    def _name(self, ref: BlobRef) -> str:
        name = ref.id.hex()
        return f"{self._prefix}{name[:2]}/{name}"

    def put(self, data: bytes | bytearray | memoryview) -> BlobKey:
        """Seal and store; file and folder are synchronised on return."""
        return self.put_many([data])[0]

    def put_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several into one folder, which is synchronised once; all or none."""
        if self._broken:
            raise StoreUnavailable("the blobs stopped after a disk failure")
        folder, keys = os.urandom(1), []
        try:
            for data in many:
                keys.append(BlobKey(BlobRef(folder + os.urandom(15)), os.urandom(32), len(data)))
                self._write(keys[-1], data)
            if keys:
                self._synchronise_folder(f"{self._prefix}{folder.hex()}")
        except OSError as error:
            for key in keys:
                with contextlib.suppress(OSError):
                    os.unlink(self._name(key.ref))  # noqa: PTH108 - a name already: no path object on the hot way
            raise StoreUnavailable("a blob cannot be written") from error
        return keys

    def _write(self, key: BlobKey, data: bytes | bytearray | memoryview) -> None:
        pieces = [_HEAD, *_sealed(AESGCM(key.data_key), key.ref, memoryview(data))]
        handle = os.open(self._name(key.ref), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write_all(handle, pieces)
            self._synchronise_file(handle)
        finally:
            os.close(handle)

    def _synchronise_file(self, handle: int) -> None:
        try:
            os.fsync(handle)
        except OSError as error:
            self._note_failure(error)
            raise

    def _synchronise_folder(self, folder: str) -> None:
        try:
            sync_folder(folder)
        except OSError as error:
            self._note_failure(error)
            raise

    def _note_failure(self, error: OSError) -> None:
        # After a failed fsync the kernel may call pages clean that never reached the disk: a later one that
        # succeeds proves nothing. A full disk or quota is the exception: it says what is missing.
        self._broken |= error.errno not in (errno.ENOSPC, errno.EDQUOT)

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        """Open octets [start, end), reading only the chunks that hold them."""
        end = key.size if end is None else min(end, key.size)
        if not key.size:
            return self._opened(key, 0, 0)
        if start >= end:
            return b""
        first, last = start // CHUNK, (end - 1) // CHUNK
        whole = self._opened(key, first, last)
        offset = first * CHUNK
        return whole if (start == offset and end - offset == len(whole)) else whole[start - offset : end - offset]

    def _opened(self, key: BlobKey, first: int, last: int) -> bytes:
        final = max(key.size - 1, 0) // CHUNK
        sealed = memoryview(self._sealed_chunks(key.ref, first, last))
        cipher, clear = AESGCM(key.data_key), []
        try:
            for number in range(first, last + 1):
                at = (number - first) * _SEALED_CHUNK
                chunk = cipher.decrypt(_nonce(number, number == final), sealed[at : at + _SEALED_CHUNK], key.ref.id)
                clear.append(chunk)
        except InvalidTag as error:
            raise SealBroken("a blob does not open") from error
        if last == final and len(clear[-1]) != key.size - final * CHUNK:
            raise SealBroken("a blob is not as long as its row says")
        return clear[0] if len(clear) == 1 else b"".join(clear)

    def _sealed_chunks(self, ref: BlobRef, first: int, last: int) -> bytes:
        try:
            handle = os.open(self._name(ref), os.O_RDONLY)
            try:
                if os.pread(handle, len(_HEAD), 0) != _HEAD:
                    raise SealBroken("a blob has an unknown head")
                return _read_up_to(handle, (last - first + 1) * _SEALED_CHUNK, len(_HEAD) + first * _SEALED_CHUNK)
            finally:
                os.close(handle)
        except FileNotFoundError as error:
            raise NotFound("a blob's file is missing") from error
        except OSError as error:
            raise StoreUnavailable("a blob cannot be read") from error

    def delete(self, ref: BlobRef) -> None:
        """Remove the file; absent is no error. A power cut may bring it back: the sweeper takes it then."""
        try:
            self.path(ref).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable("a blob cannot be removed") from error

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant`; what is removed meanwhile and foreign files are passed over."""
        limit = instant.timestamp()
        for number in range(256):
            try:
                with os.scandir(self._root / f"{number:02x}") as files:
                    for file in files:
                        with contextlib.suppress(FileNotFoundError):
                            if _NAME.fullmatch(file.name) and file.stat().st_mtime < limit:
                                yield BlobRef(bytes.fromhex(file.name))
            except OSError as error:
                raise StoreUnavailable("blobs cannot be listed") from error


def _sealed(cipher: AESGCM, ref: BlobRef, view: memoryview) -> list[bytes]:
    final = max(len(view) - 1, 0) // CHUNK
    return [
        cipher.encrypt(_nonce(number, number == final), view[number * CHUNK : (number + 1) * CHUNK], ref.id)
        for number in range(final + 1)
    ]


def _write_all(handle: int, pieces: list[bytes]) -> None:
    for start in range(0, len(pieces), 256):
        rest = pieces[start : start + 256]
        total = sum(map(len, rest))
        written = os.writev(handle, rest)
        if written < total:
            # A short write means a full disk or a signal: write what is left, and let the disk say why.
            left = memoryview(b"".join(rest))[written:]
            while left:
                left = left[os.write(handle, left) :]


def _read_up_to(handle: int, count: int, offset: int) -> bytes:
    data = os.pread(handle, count, offset)
    while len(data) < count and (more := os.pread(handle, count - len(data), offset + len(data))):
        data += more
    return data
