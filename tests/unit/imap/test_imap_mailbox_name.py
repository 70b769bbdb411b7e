"""Mailbox names across the wire, and the wildcards of LIST."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import InvalidValue
from gateway.imap.wire.mailbox_name import (
    ListPattern,
    MailboxName,
    encode_mailbox,
    is_creatable,
    parents,
    parse_mailbox,
    parse_pattern,
)


@pytest.mark.parametrize(("raw", "name"), [
    (b"INBOX", "INBOX"), (b"inBox", "INBOX"), (b"inbox/Labo", "INBOX/Labo"), (b"Inboxes", "Inboxes"),
    (b"a/inbox", "a/inbox"), (b"Termin&AOk-s", "Terminés"), (b"R&-D", "R&D"),
    (b"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"), (b"&2D3eAA-", "😀"),
])
def test_a_name_is_read(raw: bytes, name: str) -> None:
    assert parse_mailbox(raw) == name


@pytest.mark.parametrize("raw", [
    b"", b"R&D", b"&", b"&AOk", b"&AOk-&AOk-", b"&AGE-", b"&AO-", b"&A-", b"&2D0-", b"&AAo-", b"a\x01",
    b"\xc3\xa9", b"a\nb",
])
def test_a_name_no_client_should_send_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidValue):
        parse_mailbox(raw)


def test_composed_and_decomposed_accents_are_one_name() -> None:
    assert parse_mailbox(b"Termine&AwE-s") == parse_mailbox(b"Termin&AOk-s") == "Terminés"


def test_names_are_plain_utf8_under_utf8_accept() -> None:
    assert parse_mailbox("R&D é".encode(), utf8=True) == "R&D é"
    assert encode_mailbox("R&D é", utf8=True) == "R&D é".encode()
    with pytest.raises(InvalidValue):
        parse_mailbox(b"\xff", utf8=True)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1))
def test_every_name_survives_the_wire(text: str) -> None:
    name = parse_mailbox(text.encode(), utf8=True)
    assert parse_mailbox(encode_mailbox(name)) == name
    assert encode_mailbox(name).isascii()


@pytest.mark.parametrize(("name", "creatable"), [
    ("Projets", True), ("a/b", True), ("INBOX/a", True), ("INBOX", False), ("a*", False), ("50%", False),
    ("/a", False),
    ("a//b", False), ("a/", False),
])
def test_some_names_cannot_be_created(name: str, creatable: bool) -> None:
    assert is_creatable(MailboxName(name)) is creatable


def test_the_names_above_a_name_are_outermost_first() -> None:
    assert parents(MailboxName("a/b/c")) == ["a", "a/b"]


@pytest.mark.parametrize(("pattern", "name", "matches"), [
    ("*", "a/b", True), ("%", "a", True), ("%", "a/b", False), ("%/%", "a/b", True), ("a/%", "a", False),
    ("*b", "a/b", True), ("a%c", "abc", True), ("a%c", "a/c", False), ("a*c", "a/c", True), ("", "", True),
    ("", "a", False),
    ("inbox", "INBOX", True), ("InB*", "INBOX", True), ("inbox/a", "INBOX/a", True),
    ("inbox/A", "INBOX/a", False),
    ("sent", "Sent", False), ("**%%*", "x/y", True), ("*a%b*", "a/ab/c", True), ("%b%b", "abab", True),
    ("%b", "aba", False),
])
def test_a_pattern_matches(pattern: str, name: str, matches: bool) -> None:
    assert ListPattern("", pattern).matches(name) is matches


def test_the_reference_goes_before_the_pattern() -> None:
    assert ListPattern("Projets/", "%").matches("Projets/a")
    assert not ListPattern("Projets/", "%").matches("a")


@given(st.text("ab/*%", max_size=8), st.text("ab/", max_size=10))
def test_matching_agrees_with_a_regular_expression(pattern: str, name: str) -> None:
    translated = re.escape(pattern).replace(r"\*", ".*").replace("%", "[^/]*")
    assert ListPattern("", pattern).matches(name) is bool(re.fullmatch(translated, name))


def test_a_hostile_pattern_ends_before_the_time_limit_of_tests() -> None:
    assert not ListPattern("", "*a%a" * 250).matches("a" * 900 + "b")


def test_a_pattern_that_cannot_be_decoded_matches_as_it_is_written() -> None:
    assert ListPattern("", parse_pattern(b"A & B")).matches("A & B")
    assert parse_pattern(b"\xe9") == "é"
    assert parse_pattern("é*".encode(), utf8=True) == "é*"
    with pytest.raises(InvalidValue):
        parse_pattern(b"*" * 1_001)
