"""Strings as the server writes them (RFC 3501 §4, §9)."""

import re

from gateway.imap.wire.mailbox_name import encode_mailbox

_ATOM = re.compile(rb'[^\x00-\x20(){%*"\\\]\x7f-\xff]+')
_NOT_QUOTABLE = re.compile(rb"[\x00\r\n\x80-\xff]")
_NOT_QUOTABLE_UTF8 = re.compile(rb"[\x00\r\n]")
_ESCAPED = re.compile(rb'["\\]')
_MAX_QUOTED = 1_000  # longer strings go as literals: some clients read quoted ones into small buffers


def literal_head(size: int) -> bytes:
    """Write the announcement of a literal; its octets follow."""
    return b"{%d}\r\n" % size


def literal(data: bytes) -> bytes:
    """Write a literal."""
    return b"{%d}\r\n%b" % (len(data), data)


def string(data: bytes, *, utf8: bool = False) -> bytes:
    """Write a string, quoted where the grammar lets it be."""
    if len(data) > _MAX_QUOTED or (_NOT_QUOTABLE_UTF8 if utf8 else _NOT_QUOTABLE).search(data):
        return literal(data)
    return b'"' + _ESCAPED.sub(rb"\\\g<0>", data) + b'"'


def nstring(data: bytes | None, *, utf8: bool = False) -> bytes:
    """Write a string, or NIL for none."""
    return b"NIL" if data is None else string(data, utf8=utf8)


def astring(data: bytes, *, utf8: bool = False) -> bytes:
    """Write an atom where possible (but never the atom NIL), else a string."""
    if _ATOM.fullmatch(data) and data.upper() != b"NIL":
        return data
    return string(data, utf8=utf8)


def mailbox(name: str, *, utf8: bool = False) -> bytes:
    """Write a mailbox name in the encoding of the session."""
    return astring(encode_mailbox(name, utf8=utf8), utf8=utf8)
