r"""Search keys as a store and a row answer them (RFC 3501 §6.4.4).

Flags, internal dates and sizes stand in clear: such a key becomes a question to the store. Headers and texts are
sealed: such a key becomes a function of a row. Texts match as substrings without case, accents or ligatures.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from gateway.domain.line_tests import AnyLine, DatedBetween, LineTest, SizedBetween, Unseen, WithFlag
from gateway.domain.mailbox import SEEN
from gateway.domain.mime import decode_words, parse_date, plain_addresses, search_fold
from gateway.imap.wire.search import (
    BodyContains,
    Everything,
    HasFlag,
    HeaderContains,
    Not,
    ReceivedDay,
    SearchKey,
    SentDay,
    SizeAbove,
    SizeBelow,
    TextContains,
    When,
)
from gateway.services.mailbox.message_rows import Row, Want

Sealed: TypeAlias = HeaderContains | SentDay | BodyContains | TextContains
"""Keys that only what is sealed can answer."""
Test: TypeAlias = Callable[[Row], bool]
_DATE = re.compile(rb"(?i)\ndate[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bq]\?[^?\r\n]*\?=", re.IGNORECASE)
"""Encoded words, to be left out where text is compared undecoded."""
_ADDRESS_FIELDS = frozenset({"FROM", "SENDER", "REPLY-TO", "TO", "CC", "BCC"})
_WITHIN_ADDRESSES = re.compile(rb"[(\\]|[ \t\r\n][@.]|[@.][ \t\r\n]")
"""What may stand within an address and is no part of it: comments, escapes, obsolete blanks."""
_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_NO_END = 2**62


def line_test(key: SearchKey) -> LineTest | None:
    """Give what the store is asked for a key that what stands in clear answers; None for any other."""
    match key:
        case Everything():
            return AnyLine()
        case Not(HasFlag(flag)) if flag.lower() == SEEN.lower():
            return Unseen()
        case HasFlag(flag) if flag.lower() != "\\recent":
            return WithFlag(flag)
        case ReceivedDay(when, day):
            first = (day.toordinal() - _EPOCH) * _DAY
            match when:
                case When.BEFORE:
                    return DatedBetween(-_NO_END, first)
                case When.ON:
                    return DatedBetween(first, first + _DAY)
                case When.SINCE:
                    return DatedBetween(first, _NO_END)
        case SizeAbove(size):
            return SizedBetween(size + 1, _NO_END)
        case SizeBelow(size):
            return SizedBetween(0, size)
        case _:
            return None


def row_test(key: Sealed) -> tuple[Test, Want]:
    """Give the function of a row that answers a key, and what must be read for it."""
    match key:
        case HeaderContains(field_name, text):
            return _header(field_name, text), Want.HEADERS
        case SentDay(when, day):
            return _sent(when, day), Want.HEADERS
        case BodyContains(text):
            needle = search_fold(text)
            return lambda row: needle in (row.extract or ""), Want.EXTRACT
        case TextContains(text):
            return _text(search_fold(text)), Want.HEADERS | Want.EXTRACT


def _compare(when: When, found: date, day: date) -> bool:
    match when:
        case When.BEFORE:
            return found < day
        case When.ON:
            return found == day
        case When.SINCE:
            return found >= day


def _sent(when: When, day: date) -> Test:
    def test(row: Row) -> bool:
        found = _DATE.search(b"\n" + (row.header_block or b""))
        sent = parse_date(found[1]) if found else None
        # The day as it was written, whatever the zone (RFC 3501 §6.4.4, "disregarding time and timezone").
        return sent is not None and _compare(when, sent.date(), day)

    return test


def _text(needle: str) -> Test:
    header = partial(_in_header, needle, [word.encode() for word in needle.split()])

    def test(row: Row) -> bool:
        return needle in (row.extract or "") or header(row.header_block or b"")

    return test


def _header(name: str, text: str) -> Test:
    # With the line end before it, the field's name is found at the speed of memchr.
    field = re.compile(
        rb"(?i)\n%b[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % re.escape(name.encode("ascii")),
    )
    needle, folded = search_fold(text), _folded_addresses if name in _ADDRESS_FIELDS else _folded

    def test(row: Row) -> bool:
        block = b"\n" + (row.header_block or b"")
        return any(not needle or needle in folded(value) for value in field.findall(block))

    return test


def _in_header(needle: str, words: list[bytes], block: bytes) -> bool:
    """Look for a needle in every field, decoded; only what may hold it is decoded and folded."""
    lines = _unfolded(block)
    lower = lines.lower()
    if all(word in lower for word in words):
        plain = _ENCODED_WORD.sub("", lines.decode("ascii", "ignore"))
        if needle in search_fold(plain):
            return True
    if b"=?" not in lines and lines.isascii():
        return False
    coded = (line for line in lines.split(b"\r\n") if b"=?" in line or not line.isascii())
    return any(needle in search_fold(decode_words(line)) for line in coded)


def _unfolded(block: bytes) -> bytes:
    return block.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")


def _folded(value: bytes) -> str:
    return search_fold(decode_words(_unfolded(value).strip()))


def _folded_addresses(value: bytes) -> str:
    """Give an address field as it is written, and where that differs as its envelope has it (RFC 3501 §6.4.4 FROM)."""
    if _WITHIN_ADDRESSES.search(value) is None:
        return _folded(value)
    return f"{_folded(value)}\n{search_fold(plain_addresses(_unfolded(value)))}"
