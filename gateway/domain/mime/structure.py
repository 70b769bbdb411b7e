"""The scan of a message's tree: parts, their fields, and where each lies in the bytes (RFC 2045, RFC 2046).

Offsets only: no body is copied or decoded, except the first bytes of a leaf to tell what it is. Limits
end the scan with `MessageLimitExceeded`; broken structure never does: a multipart without a usable boundary
or without any delimiter has one implicit ``text/plain`` part that covers its whole body, so that nothing
is hidden from the reader or from the rules; an unterminated one ends where its parent does.
"""

import re
from dataclasses import dataclass

from gateway.domain.mime.addresses import AddressBudget, address_fields
from gateway.domain.mime.charset import decode_unlabelled
from gateway.domain.mime.filenames import safe_filename
from gateway.domain.mime.headers import Headers, header_end
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.limits import MessageLimitExceeded, MimeFault, MimeLimits
from gateway.domain.mime.message_tree import Defect, NestedMessage, Part, Structure
from gateway.domain.mime.parameters import ParameterField
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.stray_files import (
    bears_damaged_part,
    bears_file,
    bears_stray_part,
    fields_hold_file,
    hides_file,
)
from gateway.domain.mime.transfer import DECODABLE, IDENTITY, EncodedBody
from gateway.domain.mime.words import decode_words

_MEDIA_TYPE = re.compile(r"[!#$%&'*+.0-9a-z^_`{|}~-]+/[!#$%&'*+.0-9a-z^_`{|}~-]+")
_DELIMITER_TAIL = re.compile(rb"(--)?[ \t]*+(?:\r\n|\Z)")
_LIKE_A_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_MAX_BOUNDARY = 200
# Lines that begin as a delimiter and are none; without a bound a crafted body costs a step for each.
_LOOK_ALIKES_PER_PART = 4

_TEXT_FIELD = ParameterField("text/plain")
_MESSAGE_FIELD = ParameterField("message/rfc822")


# With these, the text that is shown may be a file that was to be a part.
_DOUBTFUL = frozenset(
    {Defect.NO_BOUNDARY, Defect.NO_DELIMITER, Defect.DUPLICATE_FIELD, Defect.BAD_MEDIA_TYPE, Defect.UNKNOWN_ENCODING}
)


def scan_structure(raw: bytes, limits: MimeLimits) -> Structure:
    """Scan the tree of a message.

    Raises:
        MessageLimitExceeded: when a limit of the headers, addresses, depth, parts or parameters is passed.
    """
    scanner = _Scanner(raw, limits)
    root = scanner.part(0, len(raw), _Place(section="", depth=0, default=_TEXT_FIELD, is_message=True))
    return Structure(root, address_fields(root.headers, scanner.addresses), frozenset(scanner.defects))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in the tree a part stands: its section (its prefix, for a message), depth, default type."""

    section: str
    depth: int
    default: ParameterField
    is_message: bool = False
    boundaries: tuple[bytes, ...] = ()

    def child(self, prefix: str, number: int, default: ParameterField, boundary: bytes) -> "_Place":
        section = f"{prefix}.{number}" if prefix else str(number)
        return _Place(section=section, depth=self.depth + 1, default=default, boundaries=(*self.boundaries, boundary))


class _Scanner:
    """One scan: the bytes, the limits, and what has been counted so far."""

    def __init__(self, raw: bytes, limits: MimeLimits) -> None:
        self.raw = raw
        self.limits = limits
        self.parts = 0
        self.look_alikes = 0
        self.header_bytes = 0
        self.addresses = AddressBudget(limits)
        self.defects: set[Defect] = set()

    def part(self, start: int, end: int, place: _Place) -> Part:
        """Scan the part (or message) that fills ``raw[start:end]``."""
        self._count(place)
        body_start = self._header_end(start, end, place)
        self.header_bytes += body_start - start
        if self.header_bytes > self.limits.max_all_header_bytes:
            raise MessageLimitExceeded(MimeFault.HEADER_BYTES)
        headers = Headers.parse(self.raw[start:body_start])
        content_type = self._content_type(headers, place)
        if (body_start == end and bears_file(self.raw[start:end])) or fields_hold_file(self.raw[start:body_start]):
            self.defects.add(Defect.STRAY_FILE)  # the empty line between fields and body was forgotten
        if content_type.value.startswith("multipart/"):
            return self._multipart(start, body_start, end, place, headers, content_type)
        if place.is_message:
            # A message that is one part has that part as its section 1.
            section = f"{place.section}.1" if place.section else "1"
            place = _Place(section=section, depth=place.depth, default=place.default, boundaries=place.boundaries)
        return self._leaf(start, body_start, end, place, headers, content_type)

    def _count(self, place: _Place) -> None:
        self.parts += 1
        if self.parts > self.limits.max_parts:
            raise MessageLimitExceeded(MimeFault.PARTS)
        if place.depth > self.limits.max_depth:
            raise MessageLimitExceeded(MimeFault.DEPTH)

    def _header_end(self, start: int, end: int, place: _Place) -> int:
        found = header_end(self.raw, start, end, self.limits)
        if found == end and not place.is_message and not _LIKE_A_FIELD.match(self.raw, start, end):
            return start  # a part without fields whose empty line was forgotten: all of it is text
        return found

    def _field(self, headers: Headers, name: str) -> ParameterField | None:
        value = headers.first(name)
        if value is None:
            return None
        if headers.count(name) > 1:
            self.defects.add(Defect.DUPLICATE_FIELD)
        return ParameterField.parse(value, self.limits)

    def _content_type(self, headers: Headers, place: _Place) -> ParameterField:
        field = self._field(headers, "content-type")
        if field is None:
            return place.default
        if _MEDIA_TYPE.fullmatch(field.value):
            return field
        self.defects.add(Defect.BAD_MEDIA_TYPE)
        # RFC 2045 §5.2: read as text; but what names a file is no text to show.
        named = "name" in field.parameters or headers.first("content-disposition") is not None
        return ParameterField("application/octet-stream" if named else "text/plain", field.parameters, field.wire)

    def _multipart(
        self, start: int, body_start: int, end: int, place: _Place, headers: Headers, content_type: ParameterField
    ) -> Part:
        boundary = self._boundary(content_type, place)
        spans = self._spans(boundary, body_start, end) if boundary else []
        if not spans:
            self.defects.add(Defect.NO_DELIMITER if boundary else Defect.NO_BOUNDARY)
        default = _MESSAGE_FIELD if content_type.value == "multipart/digest" else _TEXT_FIELD
        children = [
            self.part(*span, place.child(place.section, number, default, boundary))
            for number, span in enumerate(spans, start=1)
        ]
        if not children:
            implicit = place.child(place.section, 1, default, boundary)
            self._count(implicit)
            children = [self._leaf(body_start, body_start, end, implicit, Headers.parse(b""), _TEXT_FIELD)]
        section = "" if place.is_message else place.section
        return self._node(section, start, body_start, end, headers, content_type, parts=tuple(children))

    def _boundary(self, content_type: ParameterField, place: _Place) -> bytes:
        boundary = dict(content_type.wire).get(b"boundary", b"").rstrip(b" \t")
        if not boundary or len(boundary) > _MAX_BOUNDARY or b"\r" in boundary or b"\n" in boundary:
            return b""
        if boundary in place.boundaries:
            self.defects.add(Defect.DUPLICATE_BOUNDARY)
        return boundary

    def _spans(self, boundary: bytes, body_start: int, end: int) -> list[tuple[int, int]]:
        """Find the parts between the delimiters (RFC 2046 §5.1.1); the outer multipart wins over what is inside."""
        raw, mark = self.raw, b"\r\n--" + boundary
        spans: list[tuple[int, int]] = []
        opened = -1
        # The CRLF of a delimiter may be the end of the header block or of the delimiter before it.
        at = raw.find(mark, max(body_start - 2, 0), end)
        while at >= 0:
            tail = _DELIMITER_TAIL.match(raw, at + len(mark), end)
            if tail is None:
                self._look_alike()
                at = raw.find(mark, at + len(mark), end)
                continue
            if opened < 0:
                self._look_outside(body_start, at)
            else:
                spans.append((opened, max(at, opened)))
                if self.parts + len(spans) > self.limits.max_parts:
                    raise MessageLimitExceeded(MimeFault.PARTS)
            opened = tail.end()
            if tail[1]:
                self._look_outside(opened, end)
                return spans
            at = raw.find(mark, max(opened - 2, at + len(mark)), end)
        if opened >= 0:
            self.defects.add(Defect.UNTERMINATED)
            spans.append((opened, end))
        return spans

    def _look_outside(self, start: int, end: int) -> None:
        """Look for files where no part is: before the first delimiter, or behind the last."""
        if bears_stray_part(self.raw, start, end) or bears_damaged_part(self.raw, start, end):
            self.defects.add(Defect.STRAY_FILE)

    def _look_alike(self) -> None:
        self.look_alikes += 1
        if self.look_alikes > _LOOK_ALIKES_PER_PART * self.limits.max_parts:
            raise MessageLimitExceeded(MimeFault.PARTS)

    def _leaf(
        self, start: int, body_start: int, end: int, place: _Place, headers: Headers, content_type: ParameterField
    ) -> Part:
        nested = None
        if content_type.value == "message/rfc822" and self._encoding(headers) in IDENTITY:
            root = self.part(
                body_start,
                end,
                _Place(
                    section=place.section,
                    depth=place.depth + 1,
                    default=_TEXT_FIELD,
                    is_message=True,
                    boundaries=place.boundaries,
                ),
            )
            nested = NestedMessage(root.headers, address_fields(root.headers, self.addresses), root)
        return self._node(place.section, start, body_start, end, headers, content_type, message=nested)

    def _encoding(self, headers: Headers) -> str:
        value = headers.first("content-transfer-encoding")
        if not value:
            return "7bit"
        name = value.partition(b";")[0].partition(b"(")[0].strip(b" \t\"'").lower().decode("latin-1")
        if name not in DECODABLE:
            self.defects.add(Defect.UNKNOWN_ENCODING)
        return name

    def _node(
        self, section: str, start: int, body_start: int, end: int, headers: Headers, content_type: ParameterField,
        parts: tuple[Part, ...] = (), message: NestedMessage | None = None,
    ) -> Part:
        disposition = self._field(headers, "content-disposition")
        raw_filename = (disposition and disposition.get("filename")) or content_type.get("name")
        filename = safe_filename(raw_filename) if raw_filename else None
        encoding, is_text = self._encoding(headers), content_type.value.startswith("text/")
        if parts or message:
            kind = Kind.MESSAGE if message else Kind.OTHER
        else:
            body = EncodedBody(self.raw, body_start, end, encoding)
            is_attached = disposition is not None and disposition.value == "attachment"
            kind = kind_of(body, content_type.value, filename, is_attached=is_attached)
            shown = is_text and filename is None and kind is Kind.TEXT
            if hides_file(body, kind, is_text, doubtful=shown and not self.defects.isdisjoint(_DOUBTFUL)):
                self.defects.add(Defect.STRAY_FILE)
        content_id, description = headers.first("content-id"), headers.first("content-description")
        return Part(
            section=section,
            header_start=start,
            body_start=body_start,
            body_end=end,
            content_type=content_type,
            disposition=disposition,
            filename=filename,
            raw_filename=raw_filename,
            encoding=encoding,
            charset=content_type.get("charset") if is_text else None,
            content_id=decode_unlabelled(content_id) if content_id else None,
            description=decode_words(description) if description else "",
            lines=self.raw.count(b"\n", body_start, end) if is_text or message else 0,
            kind=kind,
            parts=parts,
            message=message,
            headers=headers,
        )
