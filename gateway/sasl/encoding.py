"""Responses and challenges as they stand on the line: strict base64 (RFC 4422 §3.6, RFC 4648 §3.5)."""

import binascii
from base64 import b64encode

_EMPTY = b"="
"""An initial response that is there and empty (RFC 4954 §4, RFC 4959 §3)."""


def decode_response(line: bytes) -> bytes | None:
    """Read a response; None when it is no base64."""
    if line == _EMPTY:
        return b""
    try:
        return binascii.a2b_base64(line, strict_mode=True)
    except binascii.Error:
        return None


def encode_challenge(octets: bytes) -> bytes:
    """Write a challenge."""
    return b64encode(octets)
