"""Where everything lies in a stored message, small enough to keep with its summary.

FETCH of any section, and opening an attachment, need the stored bytes and this; nothing is parsed again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import orjson

from gateway.domain.errors import MalformedContent
from gateway.domain.mime.attachments import Attachment
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part

_FORMAT = 1
_KINDS = {kind.value: kind for kind in Kind}
_SECTION = re.compile(r"(?:([1-9][0-9]{0,3}(?:\.[1-9][0-9]{0,3}){0,60})(?:\.(HEADER|TEXT|MIME))?|(HEADER|TEXT)?)",
                      re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class LayoutPart:
    """One addressable part.

    Attributes:
        section: its number as IMAP counts.
        header_start: offset of its MIME header.
        body_start: offset of its body, and end of its header.
        body_end: offset after its body.
        inner_body_start: for a nested message, the offset of its text and end of its header; else 0.
        lines: of text and nested messages.
        media_type: in lower case.
        charset: for text, as declared.
        encoding: the transfer encoding.
        filename: safe to show; never empty for an attachment.
        disposition: as declared.
        content_id: as declared.
        attachment: whether it is one.
        inline: whether the text shows it in its place.
        multipart: whether it holds parts.
        kind: what it really is.
    """

    section: str
    header_start: int
    body_start: int
    body_end: int
    inner_body_start: int
    lines: int
    media_type: str
    charset: str | None
    encoding: str
    filename: str | None
    disposition: str | None
    content_id: str | None
    attachment: bool
    inline: bool
    multipart: bool
    kind: Kind


# Every field in order, in C: `dataclasses.astuple` copies deeply and takes fifty times as long.
_NAMES = tuple(field.name for field in fields(LayoutPart))
_fields = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True, repr=False)
class Layout:
    """The layout of a stored message; `parts` are in its order."""

    size: int
    header_length: int
    parts: tuple[LayoutPart, ...]

    @classmethod
    def of(cls, scanned: ScannedMessage, attached: Iterable[Attachment]) -> "Layout":
        """Draw it from a scan and its attachments."""
        named = {item.section: item for item in attached}
        parts = tuple(
            _layout_part(part, item.filename if (item := named.get(part.section)) else part.filename,
                         attachment=item is not None, inline=item is not None and item.inline)
            for part in scanned.root.walk() if part.section
        )  # fmt: skip
        return cls(scanned.size, scanned.header_length, parts)

    def to_bytes(self) -> bytes:
        """Write it for the store."""
        rows = [[*_fields(part)[:-1], part.kind.value] for part in self.parts]
        return orjson.dumps([_FORMAT, self.size, self.header_length, rows])

    @classmethod
    def from_bytes(cls, data: bytes) -> "Layout":
        """Read what `to_bytes` wrote; raise `MalformedContent` for anything else.

        A kind that a later version added is `OTHER`.
        """
        try:
            version, size, header_length, rows = orjson.loads(data)
            if version != _FORMAT:
                raise MalformedContent("layout of an unknown format")
            parts = tuple(map(_part_of, rows))
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise MalformedContent("not a layout") from error
        return cls(size, header_length, parts)

    @property
    def attachments(self) -> tuple[LayoutPart, ...]:
        """Give the attachments."""
        return tuple(part for part in self.parts if part.attachment)

    @property
    def texts(self) -> tuple[LayoutPart, ...]:
        """Give the texts that a person reads, of nested messages too."""
        return tuple(p for p in self.parts if not p.attachment and not p.multipart)

    def part(self, section: str) -> LayoutPart | None:
        """Find a part by its section number."""
        return next((part for part in self.parts if part.section == section), None)


def _part_of(row: list[Any]) -> LayoutPart:  # Any: JSON that we wrote
    *known, kind = row
    return LayoutPart(**dict(zip(_NAMES, [*known, _KINDS.get(kind, Kind.OTHER)], strict=True)))


def layout_of(scanned: ScannedMessage, attached: Iterable[Attachment]) -> bytes:
    """Give the stored form of a message's layout; `attached` are its attachments."""
    return Layout.of(scanned, attached).to_bytes()


def section_range(layout: Layout, section: str) -> tuple[int, int] | None:
    """Give the bytes of a section of FETCH BODY[…] (RFC 3501 §6.4.5), or None where there is none.

    `section` is empty, ``HEADER``, ``TEXT``, a number (``1.2``), or a number with ``.MIME``, ``.HEADER`` or
    ``.TEXT``; for HEADER.FIELDS take ``HEADER`` and `select_header_fields`.
    """
    form = _SECTION.fullmatch(section)
    if form is None:
        return None
    number, of_part, of_message = form.groups()
    if number is None:
        start = layout.header_length if (of_message or "").upper() == "TEXT" else 0
        return start, layout.header_length if (of_message or "").upper() == "HEADER" else layout.size
    part = layout.part(number)
    if part is None:
        return None
    if of_part is None:
        return part.body_start, part.body_end
    if of_part.upper() == "MIME":
        return part.header_start, part.body_start
    if not part.inner_body_start:
        return None
    inner = part.inner_body_start
    return (part.body_start, inner) if of_part.upper() == "HEADER" else (inner, part.body_end)


def _layout_part(part: Part, filename: str | None, *, attachment: bool, inline: bool) -> LayoutPart:
    return LayoutPart(
        section=part.section,
        header_start=part.header_start,
        body_start=part.body_start,
        body_end=part.body_end,
        inner_body_start=part.message.root.body_start if part.message else 0,
        lines=part.lines,
        media_type=part.media_type,
        charset=part.charset,
        encoding=part.encoding,
        filename=filename,
        disposition=part.disposition.value if part.disposition else None,
        content_id=part.content_id,
        attachment=attachment,
        inline=inline,
        multipart=part.is_multipart,
        kind=part.kind,
    )
