"""Address lists: the examples of RFC 5322, obsolete forms, and tricks."""

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.mime import (
    GroupEnd,
    GroupStart,
    Mailbox,
    MessageLimitExceeded,
    MimeFault,
    MimeLimits,
    mailboxes_of,
    parse_addresses,
    scan_message,
)


def pairs(value: bytes) -> list[tuple[str, str]]:
    return [(box.name, box.address) for box in mailboxes_of(parse_addresses(value))]


RFC_5322_APPENDIX_A = [
    (b"John Doe <jdoe@machine.example>", [("John Doe", "jdoe@machine.example")]),
    (b'"Joe Q. Public" <john.q.public@example.com>', [("Joe Q. Public", "john.q.public@example.com")]),
    (b"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
     [("Mary Smith", "mary@x.test"), ("", "jdoe@example.org"), ("Who?", "one@y.test")]),
    (b'<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
     [("", "boss@nil.test"), ('Giant; "Big" Box', "sysservices@example.net")]),
    (b"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
     [("Ed Jones", "c@a.test"), ("", "joe@where.test"), ("John", "jdoe@one.test")]),
    (b"Undisclosed recipients:;", []),
    (b"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
    ((b"A Group(Some people)\t   :Chris Jones <c@(Chris's host.)public.example>,  joe@example.org,  "
      b"John <jdoe@one.test> (my dear friend); (the end of the group)"),
     [("Chris Jones", "c@public.example"), ("", "joe@example.org"), ("John", "jdoe@one.test")]),
    (b"Joe Q. Public <john.q.public@example.com>", [("Joe Q. Public", "john.q.public@example.com")]),
    (b"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
     [("Mary Smith", "mary@example.net"), ("", "jdoe@test.example")]),
    (b"John Doe <jdoe@machine(comment).  example>", [("John Doe", "jdoe@machine.example")]),
    (b"<@a.test,@b.test:joe@c.test>", [("", "joe@c.test")]),
    (b"jdoe@[192.0.2.1]", [("", "jdoe@[192.0.2.1]")]),
    (b'"john doe"@example.test', [("", '"john doe"@example.test')]),
    (b'"john".doe@example.test', [("", "john.doe@example.test")]),
    (b"pete@silly.test (Pete)", [("Pete", "pete@silly.test")]),
    (b"pete@silly.test (Pete (the \\( good) one)", [("Pete (the ( good) one", "pete@silly.test")]),
    (b"", []),
    (b" , ,, ", []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), RFC_5322_APPENDIX_A)
def test_examples_of_rfc_5322(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert pairs(value) == expected
    assert all(box.valid for box in mailboxes_of(parse_addresses(value)))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"=?utf-8?Q?=C3=89lise?= Dupont <e@a.test>", "Élise Dupont"),
        (b'"=?utf-8?Q?=C3=89lise?=" <e@a.test>', "Élise"),
        ("Élise Dupont <e@a.test>".encode(), "Élise Dupont"),
        ("Élise <e@a.test>".encode("latin-1"), "Élise"),
        ('"Élise" <e@a.test>'.encode("latin-1"), "Élise"),
        (b'"a\\"b" <e@a.test>', 'a"b'),
        (b"=?utf-8?Q?a=0D=0Ab?= <e@a.test>", "a b"),
        (b"e@a.test <e@a.test>", "e@a.test"),
        (b'"e@b.test" <e@a.test>', "e@b.test"),
    ],
)
def test_display_names_are_decoded_on_one_line(value: bytes, name: str) -> None:
    (box,) = mailboxes_of(parse_addresses(value))
    assert (box.name, box.address, box.valid) == (name, "e@a.test", True)


@pytest.mark.parametrize(
    ("value", "local", "domain"),
    [
        (b"alice@good.test)<bob@evil.test>", "bob", "evil.test"),
        (b"alice@good.test <bob@evil.test>", "bob", "evil.test"),
        (b"<alice@good.test> <bob@evil.test>", "bob", "evil.test"),
        (b"<alice@good.test> bob", "alice", "good.test"),
        (b"alice@good.test@evil.test", "alice @ good . test", "evil.test"),
        (b"<alice@good.test", "alice", "good.test"),
        (b"alice@good.test>", "alice", "good.test>"),
        (b"<<alice@good.test>>", "alice", "good.test"),
        (b"alice", "alice", "MISSING_DOMAIN"),
        (b"<>", "MISSING_MAILBOX", "MISSING_DOMAIN"),
        (b"@good.test", "MISSING_MAILBOX", "good.test"),
        (b'""@good.test', "MISSING_MAILBOX", "good.test"),
        (b"alice@", "alice", "MISSING_DOMAIN"),
        (b"a lice@good.test", "a lice", "good.test"),
        (b".alice@good.test", ". alice", "good.test"),
        (b"alice..b@good.test", "alice . . b", "good.test"),
        (b"alice@good..test", "alice", "good..test"),
        (b"alice@good.test\\", "alice", "good.test\\"),
        (b"al\xc3\xa9@good.test", "al\xc3\xa9", "good.test"),
        (b'"alice\x07"@good.test', "alice\x07", "good.test"),
        (b"alice@go\xc3\xb6d.test", "alice", "go\xc3\xb6d.test"),
        (b"(never closed alice@good.test", "MISSING_MAILBOX", "MISSING_DOMAIN"),
        (b"alice (never closed", "alice", "MISSING_DOMAIN"),
    ],
)
def test_what_breaks_the_grammar_is_kept_and_not_valid(value: bytes, local: str, domain: str) -> None:
    (box,) = mailboxes_of(parse_addresses(value))
    assert (box.local, box.domain, box.valid) == (local, domain, False)


def test_second_address_hidden_after_an_open_angle_is_seen() -> None:
    boxes = mailboxes_of(parse_addresses(b"<alice@good.test, bob@evil.test"))
    assert [(box.address, box.valid) for box in boxes] == [("alice@good.test", False), ("bob@evil.test", True)]
    assert len(parse_addresses(b"<alice@good.test; bob@evil.test")) == 2


def test_unclosed_quote_ends_the_list() -> None:
    boxes = mailboxes_of(parse_addresses(b'a@b.test, "x <c@d.test>, e@f.test'))
    assert [box.valid for box in boxes] == [True, False]


def test_groups_are_marked() -> None:
    entries = parse_addresses(b"A Group: x@a.test, y@a.test; z@a.test")
    assert isinstance(entries[0], GroupStart)
    assert entries[0].raw_name == b"A Group"
    assert [type(entry) for entry in entries] == [GroupStart, Mailbox, Mailbox, GroupEnd, Mailbox]


def test_group_that_never_closes_is_closed() -> None:
    assert [type(entry) for entry in parse_addresses(b"Group: x@a.test")] == [GroupStart, Mailbox, GroupEnd]
    assert not mailboxes_of(parse_addresses(b"a:b:c@d.test;"))[0].valid


def test_too_many_addresses_are_refused() -> None:
    field = b",".join([b"a@b.test"] * 11)
    with pytest.raises(MessageLimitExceeded) as caught:
        parse_addresses(field, MimeLimits(max_addresses=10))
    assert caught.value.fault is MimeFault.ADDRESSES
    assert len(parse_addresses(field[:-9], MimeLimits(max_addresses=10))) == 10


def test_limit_holds_for_all_fields_of_one_name_together() -> None:
    raw = b"To: a@b.test, c@d.test\r\nTo: e@f.test\r\n\r\n"
    assert len(scan_message(raw).to) == 3
    with pytest.raises(MessageLimitExceeded):
        scan_message(raw, MimeLimits(max_addresses=2))


def nested(*headers: bytes) -> bytes:
    parts = b"".join(b"--q\r\nContent-Type: message/rfc822\r\n\r\n" + header + b"\r\n" for header in headers)
    return b'To: a@b.test\r\nContent-Type: multipart/mixed; boundary="q"\r\n\r\n' + parts + b"--q--\r\n"


def test_limit_holds_for_all_nested_messages_and_fields_together() -> None:
    raw = nested(b"To: a@b.test, c@d.test\r\nCc: e@f.test\r\n", b"From: g@h.test\r\n")
    assert scan_message(raw, MimeLimits(max_addresses=5)).to
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(raw, MimeLimits(max_addresses=4))
    assert caught.value.fault is MimeFault.ADDRESSES


def test_octets_of_address_fields_are_bounded_though_they_hold_no_address() -> None:
    raw = nested(b"To: ,,,,\r\n", b"Cc: ,,,,\r\n")
    assert scan_message(raw, MimeLimits(max_address_bytes=16))
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(raw, MimeLimits(max_address_bytes=15))
    assert caught.value.fault is MimeFault.ADDRESSES


def test_groups_without_members_count_as_addresses() -> None:
    assert len(parse_addresses(b"a:;b:;", MimeLimits(max_addresses=2))) == 4
    with pytest.raises(MessageLimitExceeded):
        parse_addresses(b"a:;b:;c:;", MimeLimits(max_addresses=2))


def test_all_header_blocks_together_are_bounded() -> None:
    raw = nested(b"X: " + b"a" * 100 + b"\r\n", b"X: " + b"a" * 100 + b"\r\n")
    assert scan_message(raw, MimeLimits(max_all_header_bytes=400))
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(raw, MimeLimits(max_all_header_bytes=300))
    assert caught.value.fault is MimeFault.HEADER_BYTES


def test_plain_addresses_make_mailboxes_and_others_do_not() -> None:
    assert Mailbox.of("a.b@c.test", "É").address == "a.b@c.test"
    for text in ("", "a", "a@", "@b", "a b@c.test", "a@b.test>\r\nBcc: e@f.test"):
        with pytest.raises(InvalidValue):
            Mailbox.of(text)


def test_local_part_that_needs_quotes_gets_them() -> None:
    assert Mailbox(name="", local='a "b\\', domain="c.test").address == '"a \\"b\\\\"@c.test'


def test_representation_says_nothing() -> None:
    assert "a.b" not in repr(Mailbox.of("a.b@c.test"))
