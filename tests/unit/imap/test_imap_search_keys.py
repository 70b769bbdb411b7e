"""Every key of SEARCH becomes the tree that its definition says."""

from datetime import date

import pytest

from gateway.imap.wire.codes import BADCHARSET, Condition
from gateway.imap.wire.commands.search import Search
from gateway.imap.wire.parser import parse_command
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
    Return,
    SearchKey,
    SentDay,
    SizeAbove,
    SizeBelow,
    TextContains,
    When,
)
from gateway.imap.wire.sequence import STAR, SequenceSet

SEEN, RECENT = HasFlag("\\Seen"), HasFlag("\\Recent")
DAY = date(1994, 2, 1)


def search(arguments: bytes, *literals: bytes, utf8: bool = False) -> Search:
    """Parse SEARCH arguments, where each ``{}`` stands for one of the literals."""
    parts = (b"t SEARCH " + arguments).split(b"{}")
    lines = [part + b"{%d}" % len(data) for part, data in zip(parts, literals, strict=False)]
    command = parse_command([*lines, parts[-1]], literals, utf8=utf8).command
    assert isinstance(command, Search)
    return command


@pytest.mark.parametrize(("text", "key"), [
    (b"ALL", Everything()),
    (b"answered", HasFlag("\\Answered")),
    (b"BCC anne", HeaderContains("BCC", "anne")),
    (b"BEFORE 1-Feb-1994", ReceivedDay(When.BEFORE, DAY)),
    (b'BODY "bonjour docteur"', BodyContains("bonjour docteur")),
    (b"CC anne", HeaderContains("CC", "anne")),
    (b"DELETED", HasFlag("\\Deleted")),
    (b"DRAFT", HasFlag("\\Draft")),
    (b"FLAGGED", HasFlag("\\Flagged")),
    (b"FROM anne", HeaderContains("FROM", "anne")),
    (b'HEADER message-id "<a@b>"', HeaderContains("MESSAGE-ID", "<a@b>")),
    (b'HEADER X-MSS-MES ""', HeaderContains("X-MSS-MES", "")),
    (b"KEYWORD $Work", HasFlag("$Work")),
    (b"LARGER 1000", SizeAbove(1000)),
    (b"NEW", And((RECENT, Not(SEEN)))),
    (b"NOT SEEN", Not(SEEN)),
    (b"OLD", Not(RECENT)),
    (b'ON "1-feb-1994"', ReceivedDay(When.ON, DAY)),
    (b"OR SEEN RECENT", Or((SEEN, RECENT))),
    (b"RECENT", RECENT),
    (b"SEEN", SEEN),
    (b"SENTBEFORE 01-Feb-1994", SentDay(When.BEFORE, DAY)),
    (b"SENTON 1-Feb-1994", SentDay(When.ON, DAY)),
    (b"SENTSINCE 1-Feb-1994", SentDay(When.SINCE, DAY)),
    (b"SINCE 1-Feb-1994", ReceivedDay(When.SINCE, DAY)),
    (b"SMALLER 0", SizeBelow(0)),
    (b"SUBJECT bilan", HeaderContains("SUBJECT", "bilan")),
    (b"TEXT bilan", TextContains("bilan")),
    (b"TO anne", HeaderContains("TO", "anne")),
    (b"UID 1,5:*", InUids(SequenceSet(((1, 1), (5, STAR))))),
    (b"UNANSWERED", Not(HasFlag("\\Answered"))),
    (b"UNDELETED", Not(HasFlag("\\Deleted"))),
    (b"UNDRAFT", Not(HasFlag("\\Draft"))),
    (b"UNFLAGGED", Not(HasFlag("\\Flagged"))),
    (b"UNKEYWORD $Work", Not(HasFlag("$Work"))),
    (b"UNSEEN", Not(SEEN)),
    (b"2:4", InMessages(SequenceSet(((2, 4),)))),
    (b"*", InMessages(SequenceSet(((STAR, STAR),)))),
    (b"MODSEQ 620", ChangedSince(620)),
    (b'MODSEQ "/flags/\\\\draft" all 620', ChangedSince(620)),
    (b"(SEEN)", SEEN),
    (b"(SEEN RECENT) 1", And((And((SEEN, RECENT)), InMessages(SequenceSet(((1, 1),)))))),
    (b"SEEN RECENT ", And((SEEN, RECENT))),
    (b"OR NOT SEEN (OR 1 RECENT)", Or((Not(SEEN), Or((InMessages(SequenceSet(((1, 1),))), RECENT))))),
])
def test_a_key_is_read(text: bytes, key: SearchKey) -> None:
    assert search(text) == Search(key)


def test_uid_search_asks_for_uids() -> None:
    command = parse_command([b"t UID SEARCH ALL"], []).command
    assert command == Search(Everything(), uid=True)


def test_chains_of_or_do_not_nest() -> None:
    chain = b"OR SEEN " * 200 + b"RECENT"
    assert search(chain).key == Or((*[SEEN] * 200, RECENT))


@pytest.mark.parametrize("text", [
    b"(" * 51 + b"ALL" + b")" * 51, b"NOT " * 51 + b"ALL", b"OR " * 51 + b"ALL " * 52,
    b"ALL " * 1001 + b"ALL",
    b"(" * 30_000, b"NOT " * 15_000 + b"ALL",
])
def test_a_search_too_complex_is_bad(text: bytes) -> None:
    with pytest.raises(CommandRefused) as refused:
        search(text.strip())
    assert refused.value.condition is Condition.BAD


@pytest.mark.parametrize("text", [
    b"", b"XYZZY", b"FROM", b"FROM ", b"HEADER x", b"HEADER {} y", b"OR SEEN", b"OR SEEN ", b"NOT", b"NOT ",
    b"()",
    b"(SEEN", b"SEEN)", b"( SEEN)", b"LARGER x", b"LARGER -1", b"LARGER 4294967296", b"ON 31-Feb-1994",
    b"ON 1-Fev-1994",
    b"ON 1/2/1994", b'ON "1-Feb-1994', b"UID x", b"0", b"1:0", b"1,,2", b"SEEN  RECENT", b"KEYWORD \\Seen",
    b"RETURN MIN ALL", b"RETURN (FIRST) ALL", b"RETURN (MIN)", b"CHARSET", b"CHARSET UTF-8", b"MODSEQ x",
    b'MODSEQ "/flags/x" none 1', b"SEENX", b"FROM \xc3\xa9",
])
def test_a_malformed_search_is_bad(text: bytes) -> None:
    with pytest.raises(CommandRefused) as refused:
        search(text)
    assert refused.value.condition is Condition.BAD


def test_a_header_name_beyond_ascii_is_bad() -> None:
    with pytest.raises(CommandRefused, match="header"):
        search(b"HEADER {} x", b"\xc3\xa9")


@pytest.mark.parametrize("prefix", [b"", b"CHARSET UTF-8 ", b'charset "utf-8" '])
def test_text_in_a_literal_is_utf8(prefix: bytes) -> None:
    assert search(prefix + b"TEXT {}", "fièvre".encode()).key == TextContains("fièvre")


@pytest.mark.parametrize(("arguments", "octets"), [
    (b"CHARSET US-ASCII TEXT {}", "é".encode()), (b"TEXT {}", b"\xe9"), (b"CHARSET UTF-8 TEXT {}", b"\xe9"),
])
def test_text_in_another_charset_than_said_is_bad(arguments: bytes, octets: bytes) -> None:
    with pytest.raises(CommandRefused, match="text is not"):
        search(arguments, octets)


def test_an_unknown_charset_is_no_with_the_one_to_use() -> None:
    with pytest.raises(CommandRefused) as refused:
        search(b"CHARSET UTF-7 TEXT x")
    assert (refused.value.condition, refused.value.response_code) == (Condition.NO, BADCHARSET)


def test_no_charset_may_be_named_under_utf8_accept() -> None:
    with pytest.raises(CommandRefused, match="UTF8=ACCEPT"):
        search(b"CHARSET UTF-8 ALL", utf8=True)


@pytest.mark.parametrize(("options", "returns"), [
    (b"RETURN (MIN MAX COUNT) ", {Return.MIN, Return.MAX, Return.COUNT}),
    (b"return (all) CHARSET UTF-8 ", {Return.ALL}),
    (b"RETURN (SAVE) ", {Return.SAVE}),
    (b"RETURN () ", {Return.ALL}),
])
def test_an_extended_search_says_what_it_wants(options: bytes, returns: set[Return]) -> None:
    assert search(options + b"ALL") == Search(Everything(), returns=frozenset(returns))
