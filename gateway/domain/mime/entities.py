"""MIME entities, written: texts, attachments and multiparts with boundaries that occur nowhere inside."""

import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.errors import InvalidValue
from gateway.domain.mime.fields import token_field, word_parameter
from gateway.domain.mime.filenames import safe_filename

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")
CALENDAR_REPLY = "text/calendar; method=REPLY"
"""The one type that bears a parameter: an answer to an invitation (RFC 6047 §2.4)."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAX_LINE = 998


@dataclass(frozen=True, slots=True, repr=False)
class Entity:
    """Fields that describe a body, and the body; both end with CRLF or are empty."""

    fields: bytes
    body: bytes

    def to_bytes(self) -> bytes:
        """Write it."""
        return self.fields + b"\r\n" + self.body


def text_entity(text: str) -> Entity:
    """Write plain text in UTF-8: as it is where that is safe, else quoted-printable."""
    lines = _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    data = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n"
    encoding = "7bit"
    if not data.isascii() or max(map(len, lines)) > _MAX_LINE:
        encoding = "quoted-printable"
        # b2a_qp takes its line ends from the first one it meets; ours is always there, and CRLF.
        data = binascii.b2a_qp(data)
    fields = token_field("Content-Type", "text/plain", [("charset", "utf-8")])
    return Entity(fields + token_field("Content-Transfer-Encoding", encoding), data)


def attachment_entity(filename: str, media_type: str, content: bytes) -> Entity:
    """Write an attachment in base64, its name in the form of RFC 2231 and in that of older readers.

    Raises:
        InvalidValue: when the media type is none, or has to be written otherwise (multipart, message).
    """
    method = [("method", "REPLY"), ("charset", "utf-8")] if media_type == CALENDAR_REPLY else []
    media_type = "text/calendar" if method else media_type
    if not _MEDIA_TYPE.fullmatch(media_type) or media_type.lower().startswith(("multipart/", "message/")):
        raise InvalidValue("not the media type of an attachment")
    name = safe_filename(filename) or "piece-jointe.bin"
    fields = (
        token_field("Content-Type", media_type, [*method, ("name", word_parameter(name))])
        + token_field("Content-Transfer-Encoding", "base64")
        + token_field("Content-Disposition", "attachment", [("filename", name)])
    )
    return Entity(fields, base64_lines(content))


def message_entity(message: bytes) -> Entity:
    """Write a whole message inside another; it stays as it is (RFC 2046 §5.2.1)."""
    encoding = "7bit" if message.isascii() else "8bit"
    fields = token_field("Content-Type", "message/rfc822") + token_field("Content-Transfer-Encoding", encoding)
    return Entity(fields, message)


def fields_entity(media_type: str, groups: Sequence[bytes]) -> Entity:
    """Write a report's machine-readable part: groups of fields with an empty line after each but the last."""
    return Entity(token_field("Content-Type", media_type), b"\r\n".join(groups))


def headers_entity(block: bytes) -> Entity:
    """Write the header block of a message that is not returned whole (RFC 3462 §2)."""
    encoding = "7bit" if block.isascii() else "8bit"
    fields = token_field("Content-Type", "text/rfc822-headers") + token_field("Content-Transfer-Encoding", encoding)
    return Entity(fields, block)


def multipart_entity(
    subtype: str, parts: Sequence[Entity], seed: str, parameters: Sequence[tuple[str, str]] = ()
) -> Entity:
    """Put parts together; the boundary follows from `seed`, so that equal input gives equal bytes."""
    written = [part.to_bytes() for part in parts]
    boundary = boundary_of(seed, written)
    mark = b"--" + boundary.encode("ascii")
    pieces: list[bytes] = []
    for part in written:
        pieces += [mark, b"\r\n", part, b"" if part.endswith(b"\r\n") else b"\r\n", b"\r\n"]
    fields = token_field("Content-Type", f"multipart/{subtype}", [*parameters, ("boundary", boundary)])
    if not all(part.isascii() for part in written):
        fields += token_field("Content-Transfer-Encoding", "8bit")  # as its largest part (RFC 2045 §6.4)
    return Entity(fields, b"".join([*pieces, mark, b"--\r\n"]))


def base64_lines(content: bytes) -> bytes:
    """Write base64 in lines of 76 characters."""
    data = binascii.b2a_base64(content, newline=False)
    return b"".join([data[at : at + 76] + b"\r\n" for at in range(0, len(data), 76)])


def boundary_of(seed: str, parts: Sequence[bytes]) -> str:
    """Give a boundary that follows from `seed` and occurs in none of the parts."""
    # "=_" occurs in no base64 and no quoted-printable body; other bodies are searched.
    for attempt in range(1000):
        digest = hashlib.blake2b(f"{seed}/{attempt}".encode("utf-8", "replace"), digest_size=15).hexdigest()
        boundary = f"=_pli_{digest}"
        if not any(boundary.encode("ascii") in part for part in parts):
            return boundary
    raise InvalidValue("no boundary fits")  # pragma: no cover - a thousand collisions of 120 bits


