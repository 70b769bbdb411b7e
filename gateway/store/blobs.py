"""Blobs in files: append-once, each under a data key of its own, in authenticated chunks of 64 KiB.

A file is a 16-octet head (magic, version, chunk size) and chunks sealed with AES-256-GCM; a chunk's nonce is
its number and a last-chunk mark, so chunks can be neither reordered nor cut off. The data key is random for
each blob, which makes counting nonces safe. A file that a crash left unreferenced is found by the sweeper.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.ports import NewBlob

CHUNK = 64 * 1024
_TAG = 16
_SEALED_CHUNK = CHUNK + _TAG
_HEAD = struct.pack(">8sII", b"pli blob", 1, CHUNK)
_LAST = 0x80


def _nonce(number: int, last: bool) -> bytes:
    return bytes((_LAST if last else 0,)) + number.to_bytes(11, "big")


class FileBlobs:
    """Blobs below one folder, spread over 256 subfolders."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(256):
            (root / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
        # The folders' own entries must survive a power cut before the first blob is promised.
        _sync_folder(root)

    def path(self, ref: BlobRef) -> Path:
        """Give the file of a blob."""
        name = ref.id.hex()
        return self._root / name[:2] / name

    def put(self, data: bytes | bytearray | memoryview) -> NewBlob:
        """Seal and store; file and folder are synchronised on return."""
        ref, data_key = BlobRef(os.urandom(16)), os.urandom(32)
        view = memoryview(data)
        pieces = [_HEAD, *_sealed(AESGCM(data_key), ref, view)]
        path = self.path(ref)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _write_all(handle, pieces)
                os.fsync(handle)
            finally:
                os.close(handle)
            _sync_folder(path.parent)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise StoreUnavailable("a blob cannot be written") from error
        return NewBlob(BlobKey(ref, data_key, len(view)), hashlib.sha256(view).digest())

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        """Open octets [start, end), reading only the chunks that hold them."""
        end = key.size if end is None else min(end, key.size)
        if start >= end and key.size:
            return b""
        first, last = start // CHUNK, max(end - 1, 0) // CHUNK
        final = max(key.size - 1, 0) // CHUNK
        try:
            with self.path(key.ref).open("rb", buffering=0) as file:
                if file.read(len(_HEAD)) != _HEAD:
                    raise SealBroken("a blob has an unknown head")
                file.seek(len(_HEAD) + first * _SEALED_CHUNK)
                sealed = _read_exactly(file.fileno(), (last - first + 1) * _SEALED_CHUNK)
        except FileNotFoundError as error:
            raise NotFound("a blob's file is missing") from error
        except OSError as error:
            raise StoreUnavailable("a blob cannot be read") from error
        cipher, view, clear = AESGCM(key.data_key), memoryview(sealed), []
        try:
            for number in range(first, last + 1):
                at = (number - first) * _SEALED_CHUNK
                chunk = view[at : at + _SEALED_CHUNK]
                clear.append(cipher.decrypt(_nonce(number, number == final), chunk, key.ref.id))
        except InvalidTag as error:
            raise SealBroken("a blob does not open") from error
        whole = clear[0] if len(clear) == 1 else b"".join(clear)
        offset = first * CHUNK
        return whole if (start == offset and end - offset == len(whole)) else whole[start - offset : end - offset]

    def delete(self, ref: BlobRef) -> None:
        """Remove the file; absent is no error."""
        self.path(ref).unlink(missing_ok=True)

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant`."""
        limit = instant.timestamp()
        for folder in sorted(self._root.iterdir()):
            with os.scandir(folder) as files:
                for file in files:
                    if file.stat().st_mtime < limit:
                        yield BlobRef(bytes.fromhex(file.name))


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


def _read_exactly(handle: int, count: int) -> bytes:
    data = os.read(handle, count)
    while len(data) < count:
        more = os.read(handle, count - len(data))
        if not more:
            break
        data += more
    return data


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
