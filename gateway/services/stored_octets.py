"""Give stored octets in pieces, read and decoded in worker threads: memory does not grow with the file."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass

from gateway.domain.mailbox import BlobKey
from gateway.domain.mime.transfer import DECODABLE, IDENTITY, decode_base64, decode_quoted_printable
from gateway.ports.blobs import Blobs
from gateway.ports.store import Store

PIECE = 256 * 1024
_BASE64_TEXT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64_TEXT)))


@dataclass(frozen=True, slots=True, repr=False)
class OpenedFile:
    """A file ready to be sent; the receiver reads `pieces` and closes it."""

    name: str
    media_type: str
    size: int
    pieces: AsyncGenerator[bytes, None]


def stored(blobs: Blobs, key: BlobKey, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Read octets [start, end) of a blob, a piece at a time; each step blocks."""
    last = key.size if end is None else min(end, key.size)
    for at in range(start, last, PIECE):
        yield blobs.read(key, at, min(at + PIECE, last))


def decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Undo a transfer encoding piece by piece, as tolerantly as for a whole body (RFC 2045 §6)."""
    if encoding == "base64":
        return _from_base64(pieces)
    if encoding == "quoted-printable":
        return _from_quoted_printable(pieces)
    return iter(pieces)


def decoded_size(pieces: Iterable[bytes], encoding: str) -> int:
    """Count what `decoded` gives; blocks for as long as reading takes."""
    return sum(map(len, decoded(pieces, encoding)))


def is_encoded(encoding: str) -> bool:
    """Say whether octets differ from what is stored."""
    return encoding in DECODABLE - IDENTITY


async def taken_aside(pieces: Iterator[bytes], store: Store) -> AsyncGenerator[bytes, None]:
    """Take each piece off the loop, where the store does blocking work."""
    while (piece := await store.aside(lambda: next(pieces, None))) is not None:
        yield piece


def _from_base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text = rest + piece.translate(None, _NOT_BASE64)
        if b"=" in text:
            # What follows padding is not read: two values in one body are the mark of an attempt to hide one.
            yield decode_base64(text.partition(b"=")[0])
            return
        whole = len(text) - len(text) % 4
        rest = text[whole:]
        yield decode_base64(text[:whole])
    if rest:
        yield decode_base64(rest)


def _from_quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text = rest + piece
        # An escape is never cut: up to the last line end, or before an escape that may go on.
        cut = text.rfind(b"\n") + 1
        if not cut:
            mark = text.rfind(b"=", max(len(text) - 4, 0))
            cut = mark if mark >= 0 else len(text)
        rest = text[cut:]
        yield decode_quoted_printable(text[:cut])
    if rest:
        yield decode_quoted_printable(rest)
