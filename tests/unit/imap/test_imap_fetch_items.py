"""Every item of FETCH, and the label under which it is answered."""

import pytest

from gateway.imap.wire.commands.fetch import Fetch
from gateway.imap.wire.fetch import (
    ALL,
    FAST,
    FULL,
    RFC822,
    RFC822_HEADER,
    RFC822_TEXT,
    Attribute,
    BodySection,
    FetchItem,
    Partial,
    Section,
    SectionText,
)
from gateway.imap.wire.parser import parse_command
from gateway.imap.wire.refusal import CommandRefused


def fetch(arguments: bytes, verb: bytes = b"FETCH") -> Fetch:
    command = parse_command([b"t " + verb + b" 1 " + arguments], []).command
    assert isinstance(command, Fetch)
    return command


@pytest.mark.parametrize(("text", "items"), [
    (b"ALL", ALL), (b"FAST", FAST), (b"full", FULL),
    (b"FLAGS", (Attribute.FLAGS,)),
    (b"INTERNALDATE", (Attribute.INTERNALDATE,)),
    (b"RFC822.SIZE", (Attribute.RFC822_SIZE,)),
    (b"ENVELOPE", (Attribute.ENVELOPE,)),
    (b"BODY", (Attribute.BODY,)),
    (b"BODYSTRUCTURE", (Attribute.BODYSTRUCTURE,)),
    (b"UID", (Attribute.UID,)),
    (b"(MODSEQ)", (Attribute.MODSEQ,)),
    (b"RFC822", (RFC822,)),
    (b"RFC822.HEADER", (RFC822_HEADER,)),
    (b"rfc822.text", (RFC822_TEXT,)),
    (b"(FLAGS ENVELOPE)", (Attribute.FLAGS, Attribute.ENVELOPE)),
    (b"(FLAGS BODY BODY[] flags)", (Attribute.FLAGS, Attribute.BODY, BodySection(Section()))),
])
def test_an_item_is_read(text: bytes, items: tuple[FetchItem, ...]) -> None:
    assert fetch(text).items == items


@pytest.mark.parametrize(("text", "item", "label"), [
    (b"BODY[]", BodySection(Section()), b"BODY[]"),
    (b"body.peek[]", BodySection(Section(), peek=True), b"BODY[]"),
    (b"BODY[]<0.10>", BodySection(Section(), partial=Partial(0, 10)), b"BODY[]<0>"),
    (b"BODY.PEEK[TEXT]<512.4294967295>",
     BodySection(Section((), SectionText.TEXT), peek=True, partial=Partial(512, 4294967295)), b"BODY[TEXT]<512>"),
    (b"BODY[HEADER]", BodySection(Section((), SectionText.HEADER)), b"BODY[HEADER]"),
    (b"BODY[1]", BodySection(Section((1,))), b"BODY[1]"),
    (b"BODY[1.12.3]", BodySection(Section((1, 12, 3))), b"BODY[1.12.3]"),
    (b"BODY[1.mime]", BodySection(Section((1,), SectionText.MIME)), b"BODY[1.MIME]"),
    (b"BODY[2.HEADER]", BodySection(Section((2,), SectionText.HEADER)), b"BODY[2.HEADER]"),
    (b"BODY[2.1.TEXT]", BodySection(Section((2, 1), SectionText.TEXT)), b"BODY[2.1.TEXT]"),
    (b"BODY[HEADER.FIELDS (From to FROM)]",
     BodySection(Section((), SectionText.FIELDS, ("From", "to", "FROM"))), b"BODY[HEADER.FIELDS (From to FROM)]"),
    (b'BODY[HEADER.FIELDS ("a b" "c:" d)]',
     BodySection(Section((), SectionText.FIELDS, ("a b", "c:", "d"))), b'BODY[HEADER.FIELDS ("a b" c: d)]'),
    (b'BODY[3.HEADER.FIELDS.NOT ("X-a]\\"")]',
     BodySection(Section((3,), SectionText.FIELDS_NOT, ('X-a]"',))), b'BODY[3.HEADER.FIELDS.NOT ("X-a]\\"")]'),
    (b"RFC822", RFC822, b"RFC822"),
    (b"RFC822.HEADER", RFC822_HEADER, b"RFC822.HEADER"),
])
def test_a_section_is_read_and_labelled(text: bytes, item: BodySection, label: bytes) -> None:
    assert fetch(text).items == (item,)
    assert item.label == label


def test_only_rfc822_header_and_peek_leave_a_message_unseen() -> None:
    items = fetch(b"(RFC822 RFC822.HEADER RFC822.TEXT BODY[] BODY.PEEK[])").items
    assert [isinstance(item, BodySection) and item.peek for item in items] == [False, True, False, False, True]


def test_uid_fetch_always_asks_for_the_uid() -> None:
    command = fetch(b"(FLAGS UID)", b"UID FETCH")
    assert (command.uid, command.items) == (True, (Attribute.UID, Attribute.FLAGS))


@pytest.mark.parametrize(("text", "since", "vanished"), [
    (b"(FLAGS) (CHANGEDSINCE 0)", 0, False),
    (b"FLAGS (CHANGEDSINCE 9223372036854775807 VANISHED)", 9223372036854775807, True),
    (b"FLAGS (VANISHED CHANGEDSINCE 1)", 1, True),
])
def test_fetch_modifiers_are_read_and_imply_modseq(text: bytes, since: int, vanished: bool) -> None:
    command = fetch(text, b"UID FETCH")
    assert (command.changed_since, command.vanished) == (since, vanished)
    assert command.items == (Attribute.UID, Attribute.FLAGS, Attribute.MODSEQ)


@pytest.mark.parametrize("text", [
    b"", b"()", b"(ALL)", b"(FLAGS FAST)", b"XYZZY", b"BODY.PEEK", b"BODY[", b"BODY[]x", b"BODY[0]",
    b"BODY[1.]",
    b"BODY[1.0]", b"BODY[.1]", b"BODY[MIME]", b"BODY[1.FOO]", b"BODY[FOO]", b"BODY[HEADER.FIELDS]",
    b"BODY[HEADER.FIELDS ()]",
    b'BODY[HEADER.FIELDS ("")]',
    b"BODY[]<0>", b"BODY[]<0.0>", b"BODY[]<1.2", b"BODY[]<-1.2>", b"BODY[]<0.4294967296>",
    b"BODY[]<4294967296.1>",
    b"BODY[" + b"1." * 50 + b"1]", b"(FLAGS", b"(FLAGS  UID)", b"FLAGS UID", b"RFC822<0.1>", b"BINARY[1]",
    b"[]",
    b"(" + b" ".join(b"BODY[]<%d.1>" % n for n in range(101)) + b")",
    b"FLAGS ()", b"FLAGS (CHANGEDSINCE)", b"FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)", b"FLAGS (VANISHED)",
    b"FLAGS (CHANGEDSINCE 1 VANISHED)", b"FLAGS (CHANGEDSINCE 9223372036854775808)", b"FLAGS (OTHER 1)",
])
def test_a_malformed_fetch_is_bad(text: bytes) -> None:
    with pytest.raises(CommandRefused):
        fetch(text)
