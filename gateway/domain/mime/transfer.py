"""Content-transfer-encodings, read as tolerantly as can be done without guessing (RFC 2045 §6)."""

import binascii
from dataclasses import dataclass

import pybase64

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64)))
_BLANKS = b"\r\n \t"
_LINE = 78
"""A line of base64 as nearly everybody writes it, CRLF included: whole lines hold whole quanta."""

IDENTITY = frozenset({"7bit", "8bit", "binary"})
DECODABLE = IDENTITY | {"base64", "quoted-printable"}


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding; one we do not know leaves the bytes as they are."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return decode_quoted_printable(data)
    return data


def decode_base64(data: bytes) -> bytes:
    """Decode base64 without minding line ends, foreign characters or missing padding.

    What follows padding is not read: two values in one body are the mark of an attempt to hide one.
    """
    padding = data.find(b"=")
    if padding >= 0 and data[padding:].translate(None, _NOT_BASE64):
        data = data[:padding]
    try:
        return pybase64.b64decode(data)
    except binascii.Error:
        kept = data.translate(None, _NOT_BASE64)
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return pybase64.b64decode(kept + b"=" * (-len(kept) % 4))


def decode_base64_strictly(data: bytes) -> bytes:
    """Decode base64 without line ends: a tolerant decoder turns a damaged file into another one.

    Raises:
        binascii.Error: a foreign character, a missing or misplaced padding.
    """
    try:
        return pybase64.b64decode(data, validate=True)
    except binascii.Error:
        # The fast decoder also refuses padding that no quantum needs, which loses nothing.
        return binascii.a2b_base64(data, strict_mode=True)


def _decode_beginning(data: bytes) -> bytes:
    """Decode the beginning of a base64 body, which may have been cut inside a quantum."""
    if b"=" in data:
        return decode_base64(data)
    kept = data.translate(None, _NOT_BASE64)
    return pybase64.b64decode(kept[: len(kept) // 4 * 4])


def decode_quoted_printable(data: bytes) -> bytes:
    """Decode quoted-printable; what is not an escape stays as it is."""
    return binascii.a2b_qp(data)


@dataclass(frozen=True, slots=True, repr=False)
class EncodedBody:
    """The body of a leaf where it lies in the message; nothing is copied before it is asked for."""

    raw: bytes
    start: int
    end: int
    encoding: str

    def head(self, max_bytes: int) -> bytes:
        """Decode the first `max_bytes`, looking at no more than that takes.

        All of the body is looked at only when its beginning decodes to less than it should: blank lines, foreign
        characters or soft line breaks in front must not hide what a part holds.
        """
        if self.encoding == "base64":
            end = min(self.end, self.start + (max_bytes * 3 // 2 // _LINE + 1) * _LINE)
            piece = self.raw[self.start : end]
            found = decode_base64(piece) if end == self.end else _decode_beginning(piece)
        elif self.encoding == "quoted-printable":
            end = min(self.end, self.start + max_bytes * 3)
            found = decode_quoted_printable(self.raw[self.start : end])
        else:
            return self.raw[self.start : min(self.end, self.start + max_bytes)]
        return (found if len(found) >= max_bytes or end == self.end else self.whole())[:max_bytes]

    def tail(self, max_bytes: int) -> bytes:
        """Decode about the last `max_bytes`."""
        if self.encoding == "base64":
            kept = self.raw[max(self.start, self.end - max_bytes * 3 // 2) : self.end].translate(None, _BLANKS)
            # Quanta are counted from the end, where the padding is.
            return decode_base64(kept[len(kept) % 4 :])
        if self.encoding == "quoted-printable":
            return decode_quoted_printable(self.raw[max(self.start, self.end - max_bytes * 3) : self.end])[-max_bytes:]
        return self.raw[max(self.start, self.end - max_bytes) : self.end]

    def whole(self) -> bytes:
        """Decode all of it."""
        return decode_transfer(self.raw[self.start : self.end], self.encoding)
