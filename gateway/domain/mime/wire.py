"""Strings and lists as IMAP writes them (RFC 3501 §4)."""

import re

NIL = b"NIL"
_MAX_QUOTED = 1000
# What may stand between quotes: CHAR without CR, LF and NUL; a backslash and a quote are escaped.
_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")


def string(value: bytes) -> bytes:
    """Write a string: quoted where it can be, a literal where it is 8-bit, broken over lines or long."""
    if len(value) <= _MAX_QUOTED and _QUOTABLE.fullmatch(value):
        if b"\\" in value or b'"' in value:
            value = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return b'"' + value + b'"'
    value = value.replace(b"\0", b"\x80")  # no literal may hold NUL
    return b"{%d}\r\n%b" % (len(value), value)


def nstring(value: bytes | None) -> bytes:
    """Write a string, or NIL for None."""
    return NIL if value is None else string(value)
