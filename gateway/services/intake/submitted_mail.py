"""What a submission server adds to a message and takes out of it (RFC 6409 §8); relayed octets stay as they were sent.

Without an identifier or a date of its own a message gets them here, where it is written. Pure.
"""

from datetime import datetime

from gateway.domain.mime import Headers, MessageLimitExceeded, format_date, header_block, select_header_fields

_BLIND = ("bcc", "resent-bcc")


def missing_fields(raw: bytes, name: str, hostname: str, at: datetime) -> bytes:
    """Give the fields that a submitted message lacks: `Message-ID`, made of `name`, and `Date`."""
    try:
        headers = Headers.parse(header_block(raw))
    except MessageLimitExceeded:
        return b""  # the scan says so
    fields = ""
    if not headers.count("message-id"):
        fields += f"Message-ID: <{name}@{hostname}>\r\n"
    if not headers.count("date"):
        fields += f"Date: {format_date(at)}\r\n"
    return fields.encode("ascii")


def names_blind_copies(headers: Headers) -> bool:
    """Say whether a header tells who gets the message unseen by the others (RFC 5322 §3.6.3)."""
    return any(map(headers.count, _BLIND))


def without_blind_copies(octets: bytes, header_length: int) -> bytes:
    """Take these fields out of a whole message."""
    kept = select_header_fields(octets[:header_length], [name.encode() for name in _BLIND], invert=True)
    return kept + octets[header_length:]
