"""BODYSTRUCTURE and BODY as IMAP writes them (RFC 3501 §7.4.2)."""

import re

from gateway.domain.mime.envelope import render_envelope
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part
from gateway.domain.mime.parameters import ParameterField
from gateway.domain.mime.transfer import DECODABLE
from gateway.domain.mime.wire import NIL, nstring, string

_TOKEN = re.compile(rb"[!#$%&'*+.0-9A-Za-z^_`{|}~-]{1,100}")


def bodystructure_wire(scanned: ScannedMessage) -> bytes:
    """Write the BODYSTRUCTURE list, with extension data."""
    return _body(scanned.root, extended=True)


def body_wire(scanned: ScannedMessage) -> bytes:
    """Write the BODY list, without extension data."""
    return _body(scanned.root, extended=False)


def _body(part: Part, *, extended: bool) -> bytes:
    kind, _, subtype = part.media_type.encode("latin-1").partition(b"/")
    if part.parts:
        inner = b"".join(_body(child, extended=extended) for child in part.parts) + b" " + string(subtype)
        if extended:
            inner += b" " + _parameters(part.content_type) + b" " + _extension(part)
        return b"(" + inner + b")"
    if part.media_type == "message/rfc822" and part.message is None:
        # An encoded nested message cannot be shown as one: the grammar would ask for its envelope.
        kind, subtype = b"application", b"octet-stream"
    fields = [
        string(kind),
        string(subtype),
        _parameters(part.content_type, is_text=kind == b"text"),
        nstring(part.headers.first("content-id")),
        nstring(part.headers.first("content-description")),
        string(_encoding(part)),
        b"%d" % (part.body_end - part.body_start),
    ]
    if part.message:
        fields.append(render_envelope(part.message.headers, part.message.addresses))
        fields.append(_body(part.message.root, extended=extended))
    if part.message or kind == b"text":
        fields.append(b"%d" % part.lines)
    if extended:
        fields += [nstring(part.headers.first("content-md5")), _extension(part)]
    return b"(" + b" ".join(fields) + b")"


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
