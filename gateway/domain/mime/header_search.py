"""Header fields as SEARCH compares them: decoded, without case, accents and ligatures, blanks folded to one."""

import re
from datetime import date

from gateway.domain.mime.addresses import plain_addresses
from gateway.domain.mime.dates import parse_date
from gateway.domain.mime.text import search_fold
from gateway.domain.mime.words import decode_words

_ADDRESS_FIELDS = frozenset({"FROM", "SENDER", "REPLY-TO", "TO", "CC", "BCC"})
SEARCHED_FIELDS = (
    "FROM", "SENDER", "REPLY-TO", "TO", "CC", "BCC", "SUBJECT", "MESSAGE-ID", "IN-REPLY-TO", "REFERENCES", "DATE",
)  # fmt: skip
"""What mail clients search for; their order is that of the columns of a page of headers, for good."""
_WITHIN_ADDRESSES = re.compile(rb"[(\\]|[ \t\r\n][@.]|[@.][ \t\r\n]")
"""What may stand within an address and is no part of it: comments, escapes, obsolete blanks."""
_SEARCHED = re.compile(
    rb"(?i)\n(%b)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % "|".join(SEARCHED_FIELDS).encode("ascii")
)
_DATE = re.compile(rb"(?i)\ndate[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")


def folded_field(name: str, value: bytes) -> str:
    """Give the value of a field (name in capitals) as it is compared.

    An address field stands there as it is written, and where that differs as its envelope has it: RFC 3501 §6.4.4.
    """
    line = unfolded(value)
    written = search_fold(decode_words(line.strip()))
    if name not in _ADDRESS_FIELDS or _WITHIN_ADDRESSES.search(value) is None:
        return written
    return f"{written}\n{search_fold(plain_addresses(line))}"


def searched_fields(block: bytes) -> list[tuple[str, str]]:
    """Give the fields of a header block that clients search for, each as it is compared, in their order."""
    found = ((name.decode("ascii").upper(), value) for name, value in _SEARCHED.findall(b"\n" + block))
    return [(name, folded_field(name, value)) for name, value in found]


def sent_day(block: bytes) -> date | None:
    """Give the day of the Date field as it is written, whatever the zone (RFC 3501 §6.4.4); None without one."""
    found = _DATE.search(b"\n" + block)
    sent = parse_date(found[1]) if found else None
    return sent.date() if sent else None


def unfolded(block: bytes) -> bytes:
    """Join continued lines (RFC 5322 §2.2.3)."""
    return block.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
