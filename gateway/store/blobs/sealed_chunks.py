"""Octets in authenticated chunks of 64 KiB, each blob under a data key of its own; the same in files and in S3 stores.

Chunks are sealed with AES-256-GCM; a chunk's nonce is its number and a last-chunk mark, so chunks can be neither
reordered nor cut off, and the blob's name is authenticated with each. The data key is random for each blob, which makes
counting nonces safe.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import BlobKey

CHUNK = 64 * 1024
_TAG = 16
SEALED_CHUNK = CHUNK + _TAG
_LAST = 0x80
DATA_KEY = 32
"""Octets of a data key."""


def sealed_length(size: int) -> int:
    """Give the octets that `size` octets take when they are sealed."""
    return size + (max(size - 1, 0) // CHUNK + 1) * _TAG


def sealed_chunks(key: BlobKey, view: memoryview) -> list[bytes]:
    """Seal octets under the key that was drawn for them, and no others."""
    final = max(len(view) - 1, 0) // CHUNK
    cipher, name = AESGCM(key.data_key), key.ref.id
    return [
        cipher.encrypt(_nonce(number, number == final), view[number * CHUNK : (number + 1) * CHUNK], name)
        for number in range(final + 1)
    ]


def chunks_of(start: int, end: int) -> tuple[int, int]:
    """Give the first and the last chunk that hold octets [start, end) of a blob."""
    return start // CHUNK, max(end - 1, 0) // CHUNK


def opened_chunks(key: BlobKey, first: int, last: int, octets: bytes) -> bytes:
    """Open chunks `first` to `last`. Raises `SealBroken` when they are not those that were sealed."""
    final = max(key.size - 1, 0) // CHUNK
    sealed = memoryview(octets)
    cipher, clear = AESGCM(key.data_key), []
    try:
        for number in range(first, last + 1):
            at = (number - first) * SEALED_CHUNK
            chunk = cipher.decrypt(_nonce(number, number == final), sealed[at : at + SEALED_CHUNK], key.ref.id)
            clear.append(chunk)
    except InvalidTag as error:
        raise SealBroken("a blob does not open") from error
    if last == final and len(clear[-1]) != key.size - final * CHUNK:
        raise SealBroken("a blob is not as long as its row says")
    return clear[0] if len(clear) == 1 else b"".join(clear)


def cut_out(start: int, end: int, first: int, whole: bytes) -> bytes:
    """Cut octets [start, end) out of what was opened from chunk `first` on."""
    offset = first * CHUNK
    return whole if (start == offset and end - offset == len(whole)) else whole[start - offset : end - offset]


def _nonce(number: int, last: bool) -> bytes:
    return bytes((_LAST if last else 0,)) + number.to_bytes(11, "big")
