r"""Search keys as a store and a row answer them (RFC 3501 §6.4.4).

Flags, internal dates and sizes stand in clear: such a key becomes a question to the store. Headers and texts are
sealed: such a key becomes a function of a row. Texts match as substrings without case, accents or ligatures.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from gateway.domain.header_page import HeaderPage
from gateway.domain.line_tests import AnyLine, DatedBetween, LineTest, SizedBetween, Unseen, WithFlag
from gateway.domain.mailbox import SEEN
from gateway.domain.mime import decode_words, search_fold
from gateway.domain.mime.header_search import SEARCHED_FIELDS, folded_field, sent_day, unfolded
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
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bq]\?[^?\r\n]*\?=", re.IGNORECASE)
"""Encoded words, to be left out where text is compared undecoded."""
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
        case SentDay():
            first, end = _ordinals(key)
            return lambda row: _is_between(first, end, sent_day(row.header_block or b"")), Want.HEADERS
        case BodyContains(text):
            needle = search_fold(text)
            return lambda row: needle in (row.extract or ""), Want.EXTRACT
        case TextContains(text):
            return _text(search_fold(text)), Want.HEADERS | Want.EXTRACT


def page_test(key: SearchKey) -> Callable[[HeaderPage], set[int]] | None:
    """Give what a page of headers is asked for a key; None for a key that no page answers."""
    match key:
        case HeaderContains(field_name, text) if field_name in SEARCHED_FIELDS:
            needle = search_fold(text).encode("utf-8", "replace")
            return lambda page: page.holding(field_name, needle)
        case SentDay():
            first, end = _ordinals(key)
            return lambda page: page.sent(first, end)
        case _:
            return None


def _ordinals(key: SentDay) -> tuple[int, int]:
    match key.when:
        case When.BEFORE:
            return 1, key.day.toordinal()
        case When.ON:
            return key.day.toordinal(), key.day.toordinal() + 1
        case When.SINCE:
            return key.day.toordinal(), date.max.toordinal() + 1


def _is_between(first: int, end: int, day: date | None) -> bool:
    return day is not None and first <= day.toordinal() < end


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
    needle = search_fold(text)

    def test(row: Row) -> bool:
        block = b"\n" + (row.header_block or b"")
        return any(not needle or needle in folded_field(name, value) for value in field.findall(block))

    return test


def _in_header(needle: str, words: list[bytes], block: bytes) -> bool:
    """Look for a needle in every field, decoded; only what may hold it is decoded and folded."""
    lines = unfolded(block)
    lower = lines.lower()
    if all(word in lower for word in words):
        plain = _ENCODED_WORD.sub("", lines.decode("ascii", "ignore"))
        if needle in search_fold(plain):
            return True
    if b"=?" not in lines and lines.isascii():
        return False
    coded = (line for line in lines.split(b"\r\n") if b"=?" in line or not line.isascii())
    return any(needle in search_fold(decode_words(line)) for line in coded)
