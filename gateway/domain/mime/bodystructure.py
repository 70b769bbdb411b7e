"""BODYSTRUCTURE and BODY as IMAP writes them (RFC 3501 §7.4.2)."""

import re

from gateway.domain.mime.envelope import render_envelope
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part
from gateway.domain.mime.parameters import ParameterField
from gateway.domain.mime.transfer import DECODABLE
from gateway.domain.mime.wire import NIL, nstring, string

_TOKEN = re.compile(rb"[!#$%&'*+.0-9A-Za-z^_`{|}~-]{1,100}")


def structure_wires(scanned: ScannedMessage) -> tuple[bytes, bytes]:
    """Write the BODYSTRUCTURE list, and the BODY list, which is the same without extension data."""
    return _structures(scanned.root)


def _structures(part: Part) -> tuple[bytes, bytes]:
    kind, _, subtype = part.media_type.encode("latin-1").partition(b"/")
    if part.parts:
        inner = [_structures(child) for child in part.parts]
        end = b" " + string(subtype)
        extension = b" " + _parameters(part.content_type) + b" " + _extension(part)
        return (
            b"(" + b"".join([whole for whole, _ in inner]) + end + extension + b")",
            b"(" + b"".join([plain for _, plain in inner]) + end + b")",
        )
    if part.media_type == "message/rfc822" and part.message is None:
        # An encoded nested message cannot be shown as one: the grammar would ask for its envelope.
        kind, subtype = b"application", b"octet-stream"
    first = part.headers.first
    basic = b"(%b %b %b %b %b %b %d" % (
        string(kind),
        string(subtype),
        _parameters(part.content_type, is_text=kind == b"text"),
        nstring(first("content-id")),
        nstring(first("content-description")),
        string(_encoding(part)),
        part.body_end - part.body_start,
    )
    lines = b" %d" % part.lines if part.message or kind == b"text" else b""
    extension = lines + b" " + nstring(first("content-md5")) + b" " + _extension(part) + b")"
    if not part.message:
        return basic + extension, basic + lines + b")"
    whole, plain = _structures(part.message.root)
    basic += b" " + render_envelope(part.message.headers, part.message.addresses) + b" "
    return basic + whole + extension, basic + plain + lines + b")"


def _encoding(part: Part) -> bytes:
    """Name the transfer encoding, one that nobody knows as it was sent: who reads it must not take it for another."""
    if part.encoding in DECODABLE:
        return part.encoding.encode("latin-1")
    value = part.headers.first("content-transfer-encoding") or b""
    sent = value.partition(b";")[0].partition(b"(")[0].split()
    return sent[0] if sent and _TOKEN.fullmatch(sent[0]) else b"binary"


def _parameters(field: ParameterField, *, is_text: bool = False) -> bytes:
    pairs = [string(name) + b" " + string(value) for name, value in field.wire]
    if is_text and not any(name in {b"charset", b"charset*"} for name, _ in field.wire):
        pairs.insert(0, b'"charset" "us-ascii"')
    return b"(" + b" ".join(pairs) + b")" if pairs else NIL


def _extension(part: Part) -> bytes:
    disposition = NIL
    if part.disposition and part.disposition.value:
        name = string(part.disposition.value.encode("latin-1"))
        disposition = b"(" + name + b" " + _parameters(part.disposition) + b")"
    return disposition + b" " + _language(part) + b" " + nstring(part.headers.first("content-location"))


def _language(part: Part) -> bytes:
    tags = [tag.strip() for tag in (part.headers.first("content-language") or b"").split(b",") if tag.strip()]
    return b"(" + b" ".join(map(string, tags)) + b")" if tags else NIL
