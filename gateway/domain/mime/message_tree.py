"""The tree of a message as values: its parts, the messages inside it, and what of its structure is broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gateway.domain.mime.headers import Headers
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.mailboxes import Entry
from gateway.domain.mime.parameters import ParameterField


class Defect(Enum):
    """Broken structure that was read nevertheless; policy may mind."""

    NO_BOUNDARY = "no-boundary"
    NO_DELIMITER = "no-delimiter"
    UNTERMINATED = "unterminated"
    DUPLICATE_BOUNDARY = "duplicate-boundary"
    DUPLICATE_FIELD = "duplicate-field"
    BAD_MEDIA_TYPE = "bad-media-type"
    UNKNOWN_ENCODING = "unknown-encoding"
    STRAY_FILE = "stray-file"
    """A file that is in no part: raw lines of a text, or before, between or behind the parts."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Part:
    """One node of the tree.

    Attributes:
        section: its number as IMAP counts (``1.2``); empty for the multipart that is a message's own body.
        header_start: offset of its header block in the raw message.
        body_start: offset of its body, and end of its header block.
        body_end: offset after its body, the CRLF before the delimiter not counted.
        content_type: ``text/plain`` where the field is absent or senseless.
        disposition: ``attachment``, ``inline``, another token, or None.
        filename: safe to show; `raw_filename` is what was sent, decoded.
        encoding: the transfer encoding in lower case, ``7bit`` where absent.
        charset: as declared, for text only; None where it is not.
        lines: lines of the body, for text and nested messages only.
        kind: for leaves; `Kind.MESSAGE` and `Kind.OTHER` for nested messages and multiparts.
        parts: of a multipart, never empty there.
        message: of a ``message/rfc822`` whose body could be read.
        headers: the part's own fields.
    """

    section: str
    header_start: int
    body_start: int
    body_end: int
    content_type: ParameterField
    disposition: ParameterField | None
    filename: str | None
    raw_filename: str | None
    encoding: str
    charset: str | None
    content_id: str | None
    description: str
    lines: int
    kind: Kind
    parts: tuple["Part", ...]
    message: "NestedMessage | None"
    headers: Headers

    @property
    def media_type(self) -> str:
        """Give ``type/subtype`` in lower case."""
        return self.content_type.value

    @property
    def is_multipart(self) -> bool:
        """Say whether it holds parts."""
        return bool(self.parts)

    def walk(self) -> Iterator["Part"]:
        """Give this part and all below it, nested messages' parts included, in the order of the message."""
        yield self
        for part in self.parts:
            yield from part.walk()
        if self.message:
            yield from self.message.root.walk()


@dataclass(frozen=True, slots=True, repr=False)
class NestedMessage:
    """A message inside a message: its own fields, their addresses, and its own tree."""

    headers: Headers
    addresses: dict[str, tuple[Entry, ...]]
    root: Part


@dataclass(frozen=True, slots=True, repr=False)
class Structure:
    """What the scan of the tree gives."""

    root: Part
    addresses: dict[str, tuple[Entry, ...]]
    defects: frozenset[Defect]
