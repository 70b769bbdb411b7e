r"""Search keys compiled to functions of a row (RFC 3501 §6.4.4).

A function says True, False, or None for "not from what has been read so far". So one compiled search serves
twice: first over entries alone, which decides flags, dates, sizes and numbers; then over headers and text, read
only for the messages that are still open. Texts match as substrings without case, accents or ligatures.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias, assert_never

from gateway.domain.mime import decode_words, parse_date, plain_addresses, search_fold
from gateway.imap.session.view import View
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.search import (
    And,
    BodyContains,
    ChangedSince,
    Everything,
    HasFlag,
    HeaderContains,
    InMessages,
    InUids,
    Not,
    Or,
    ReceivedDay,
    SearchKey,
    SentDay,
    SizeAbove,
    SizeBelow,
    TextContains,
    When,
)
from gateway.services.mailbox.message_rows import Row, Want

Test: TypeAlias = Callable[[Row], bool | None]
_DATE = re.compile(rb"(?i)\ndate[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bq]\?[^?\r\n]*\?=", re.IGNORECASE)
"""Encoded words, to be left out where text is compared undecoded."""
_ADDRESS_FIELDS = frozenset({"FROM", "SENDER", "REPLY-TO", "TO", "CC", "BCC"})
_WITHIN_ADDRESSES = re.compile(rb"[(\\]|[ \t\r\n][@.]|[@.][ \t\r\n]")
"""What may stand within an address and is no part of it: comments, escapes, obsolete blanks."""


def want_of(key: SearchKey) -> Want:
    """Say what must be read to decide a search for good."""
    match key:
        case And(keys) | Or(keys):
            want = Want.NOTHING
            for each in keys:
                want |= want_of(each)
            return want
        case Not(inner):
            return want_of(inner)
        case HeaderContains() | SentDay():
            return Want.HEADERS
        case BodyContains():
            return Want.EXTRACT
        case TextContains():
            return Want.HEADERS | Want.EXTRACT
        case _:
            return Want.NOTHING


def is_partly_cheap(key: SearchKey) -> bool:
    """Say whether entries alone may decide the search for some messages."""
    match key:
        case And(keys) | Or(keys):
            return any(is_partly_cheap(each) for each in keys)
        case Not(inner):
            return is_partly_cheap(inner)
        case _:
            return want_of(key) is Want.NOTHING


def compiled(key: SearchKey, view: View) -> Test:
    """Make the function of a search in a view. Raises `CommandRefused` for what is not offered."""
    match key:
        case And(keys):
            return _all([compiled(each, view) for each in keys])
        case Or(keys):
            return _any([compiled(each, view) for each in keys])
        case Not(inner):
            return _not(compiled(inner, view))
        case HeaderContains(field_name, text):
            return _header(field_name, text)
        case BodyContains(text):
            return _body(search_fold(text))
        case TextContains(text):
            return _text(search_fold(text))
        case SentDay(when, day):
            return _sent(when, day)
        case _:
            return _of_entry(key, view)


def _of_entry(
    key: Everything | HasFlag | ReceivedDay | SizeAbove | SizeBelow | InMessages | InUids | ChangedSince, view: View
) -> Test:
    match key:
        case Everything():
            return lambda _row: True
        case HasFlag(flag):
            return _flag(flag, view)
        case ReceivedDay(when, day):
            return lambda row: _compare(when, row.entry.internal_date.date(), day)
        case SizeAbove(size):
            return lambda row: row.entry.size > size
        case SizeBelow(size):
            return lambda row: row.entry.size < size
        case InMessages(numbers):
            return _within([(run.start + 1, run.stop) for run in numbers.positions(len(view.uids))], view.number_of)
        case InUids(uids):
            highest = view.uids[-1] if view.uids else 0
            return _within(uids.resolve(highest), int)
        case ChangedSince():
            raise CommandRefused("CONDSTORE is not offered")
        case _:
            assert_never(key)


def _all(tests: list[Test]) -> Test:
    def test(row: Row) -> bool | None:
        open_ = False
        for each in tests:
            found = each(row)
            if found is False:
                return False
            open_ |= found is None
        return None if open_ else True

    return test


def _any(tests: list[Test]) -> Test:
    def test(row: Row) -> bool | None:
        open_ = False
        for each in tests:
            found = each(row)
            if found:
                return True
            open_ |= found is None
        return None if open_ else False

    return test


def _not(inner: Test) -> Test:
    def test(row: Row) -> bool | None:
        found = inner(row)
        return None if found is None else not found

    return test


def _flag(flag: str, view: View) -> Test:
    wanted = flag.lower()
    if wanted == "\\recent":
        return lambda row: view.is_recent(row.entry.uid)
    return lambda row: bool(row.entry.flags) and wanted in row.entry.flags.lower().split()


def _within(ranges: list[tuple[int, int]], number_of: Callable[[int], int]) -> Test:
    def test(row: Row) -> bool:
        number = number_of(row.entry.uid)
        return any(low <= number <= high for low, high in ranges)

    return test


def _compare(when: When, found: date, day: date) -> bool:
    match when:
        case When.BEFORE:
            return found < day
        case When.ON:
            return found == day
        case When.SINCE:
            return found >= day


def _sent(when: When, day: date) -> Test:
    def test(row: Row) -> bool | None:
        if row.header_block is None:
            return None
        found = _DATE.search(b"\n" + row.header_block)
        sent = parse_date(found[1]) if found else None
        # The day as it was written, whatever the zone (RFC 3501 §6.4.4, "disregarding time and timezone").
        return sent is not None and _compare(when, sent.date(), day)

    return test


def _body(needle: str) -> Test:
    return lambda row: None if row.extract is None else needle in row.extract


def _text(needle: str) -> Test:
    header = partial(_in_header, needle, [word.encode() for word in needle.split()])

    def test(row: Row) -> bool | None:
        if row.extract is None or row.header_block is None:
            return None
        return needle in row.extract or header(row.header_block)

    return test


def _header(name: str, text: str) -> Test:
    # With the line end before it, the field's name is found at the speed of memchr.
    field = re.compile(
        rb"(?i)\n%b[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % re.escape(name.encode("ascii")),
    )
    needle, folded = search_fold(text), _folded_addresses if name in _ADDRESS_FIELDS else _folded

    def test(row: Row) -> bool | None:
        if row.header_block is None:
            return None
        return any(not needle or needle in folded(value) for value in field.findall(b"\n" + row.header_block))

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
