"""XML from outside to a tree, refusing what could reach further than its own bytes.

No DTD, hence no entity of the sender's making; no inclusion; no stylesheet is ever run, instructions and
comments are dropped. Encodings are a short list: any other could hide a DOCTYPE from the check of the
prolog.
"""

import re

from lxml import etree

from dossier_bridge.faults import FaultReason, fault

_NODE_LIMIT = 10_000_000
"""Beyond this libxml2 refuses a text node unless told otherwise; a document that size may hold a large PDF."""

# U+202A to U+202E and U+2066 to U+2069, as octets and as references.
_OVERRIDES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_OVERRIDE_REFERENCES = re.compile(rb"&#(?:0{0,20}(?:823[4-8]|829[4-7])|x0{0,20}(?:202[a-eA-E]|206[6-9]));")
_DROPS = 3
"""How often what is left is looked at again: a mark inside another's octets is nobody's mistake."""
_INCLUDE = "http://www.w3.org/2001/XInclude"
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION_BYTES = 1024
"""A declaration says three things; one that is longer is nobody's, and is not searched."""
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso8859-1",
    "latin1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
}

_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")
_UNKNOWN = "\ufffd".encode()
_NOT_WINDOWS = b"\x81\x8d\x8f\x90\x9d"
_WINDOWS = {
    octet: bytes([octet]).decode("cp1252").encode() for octet in range(0x80, 0xA0) if octet not in _NOT_WINDOWS
}

# What wide encodings look like with and without their mark (XML 1.0, appendix F); the longer ones first.
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_EBCDIC = b"\x4c\x6f\xa7\x94"


def parse_xml(data: bytes, max_bytes: int) -> etree._Element:
    """Parse a document from outside and give its root; raise `DocumentFault` when it may not be read."""
    if len(data) > max_bytes:
        raise fault(FaultReason.TOO_LARGE)
    text = _without_overrides(_as_utf8(data))
    prolog = _PROLOG.match(text)
    if prolog and text.startswith(b"<!", prolog.end()):
        raise fault(FaultReason.XML_DOCTYPE)
    try:
        root = etree.fromstring(text, _parser(len(text)))
    except etree.XMLSyntaxError as error:
        raise fault(_reason_of(error, text)) from error
    # A second line behind the check of the prolog.
    if root.getroottree().docinfo.internalDTD is not None:
        raise fault(FaultReason.XML_DOCTYPE)
    if _INCLUDE.encode() in text and next(root.iter(f"{{{_INCLUDE}}}*"), None) is not None:
        raise fault(FaultReason.XML_INCLUDE)
    return root


def _without_overrides(text: bytes) -> bytes:
    """Drop marks that turn the direction of writing: a figure must be read in the order in which it was sent."""
    for mark, pattern in ((b"\xe2", _OVERRIDES), (b"&#", _OVERRIDE_REFERENCES)):
        for _ in range(_DROPS):
            if mark not in text or not pattern.search(text):
                break
            text = pattern.sub(b"", text)
        else:
            raise fault(FaultReason.XML_MALFORMED)
    return text


def _parser(size: int) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        # Without entities nothing grows: lifting libxml2's limits costs no more than the bytes given.
        huge_tree=size > _NODE_LIMIT,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        return _without_controls(data[3:])
    wide = next((codec for start, codec in _WIDE if data.startswith(start)), None)
    if wide:
        return _recoded(data, wide)
    if b"\x00" in data[:4] or data.startswith(_EBCDIC):
        raise fault(FaultReason.XML_ENCODING)
    declared = _DECLARED.match(_declaration(data))
    if not declared:
        return _without_controls(data)
    codec = _CODECS.get(declared[1].decode("ascii").lower())
    if codec is None:
        raise fault(FaultReason.XML_ENCODING)
    return _without_controls(data if codec == "utf-8" else _recoded(data, codec))


def _declaration(data: bytes) -> bytes:
    """Give the XML declaration (XML 1.0 §2.8), empty when there is none; raise `DocumentFault` for an endless one."""
    if not data.startswith(b"<?xml"):
        return b""
    end = data.find(b"?>", 0, _DECLARATION_BYTES)
    if end < 0:
        raise fault(FaultReason.XML_MALFORMED)
    return data[:end]


def _without_controls(text: bytes) -> bytes:
    """Read as windows-1252 the control characters U+0080 to U+009F, which no author means: « L’analyse à 5 € »."""
    return _CONTROLS.sub(lambda found: _WINDOWS.get(found[0][1], _UNKNOWN), text)


def _recoded(data: bytes, codec: str) -> bytes:
    try:
        return data.decode(codec).encode()
    except UnicodeError as error:
        raise fault(FaultReason.XML_ENCODING) from error


def _reason_of(error: etree.XMLSyntaxError, text: bytes) -> FaultReason:
    if "depth" in str(error):
        return FaultReason.TOO_DEEP
    try:
        text.decode()
    except UnicodeDecodeError:
        return FaultReason.XML_NOT_UTF8
    return FaultReason.XML_MALFORMED
