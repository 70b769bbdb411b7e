"""Messages that Pli writes: read back as written, and safe from what is put into them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.mime import (
    ComposedMessage,
    Kind,
    Mailbox,
    OutgoingAttachment,
    attachments,
    check_transparency,
    compose,
    decoded_body,
    is_message_id,
    scan_message,
    text_of,
)

MESSAGE = ComposedMessage(
    from_=Mailbox.of("elise@patient.test", "Élise Dupont"),
    to=(Mailbox.of("medecin@cabinet.test", "Dr Jean Légaré"), Mailbox.of("b@c.test")),
    subject="Résultats du 6 mai",
    text="Bonjour,\n\nMerci. É.\n",
    message_id="<1@patient.test>",
    date=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
)


def test_fields_are_read_back() -> None:
    scanned = scan_message(compose(replace(
        MESSAGE, cc=(Mailbox.of("d@e.test"),), in_reply_to="<0@x.test>", references=("<z@x.test>", "<0@x.test>"),
        headers=(("X-MSS-NIL", "Pli"), ("Auto-Submitted", "auto-replied")),
    )))  # fmt: skip
    assert (scanned.subject, scanned.date, scanned.message_id) == (MESSAGE.subject, MESSAGE.date, MESSAGE.message_id)
    assert [(box.name, box.address) for box in (*scanned.from_, *scanned.to, *scanned.cc)] == [
        ("Élise Dupont", "elise@patient.test"), ("Dr Jean Légaré", "medecin@cabinet.test"), ("", "b@c.test"),
        ("", "d@e.test"),
    ]  # fmt: skip
    assert (scanned.in_reply_to, scanned.references) == ("<0@x.test>", ("<z@x.test>", "<0@x.test>"))
    assert (scanned.headers.text("x-mss-nil"), scanned.is_automatic_reply) == ("Pli", True)
    assert scanned.author is not None


@pytest.mark.parametrize(
    "text", ["", "a", "a\n", "é\n.\n..\nFrom x\n", "x" * 5000, "é" * 5000, "trailing \t\n", "a\n\n\nb", "=3D", "\u202e"]
)
def test_text_is_read_back(text: str) -> None:
    raw = compose(replace(MESSAGE, text=text))
    check_transparency(raw)
    assert text_of(raw, scan_message(raw).root) == text.rstrip("\n") + "\n"


def test_line_ends_of_forms_become_crlf_and_controls_go() -> None:
    raw = compose(replace(MESSAGE, text="a\r\nb\rc\nd\0\x08"))
    assert text_of(raw, scan_message(raw).root) == "a\nb\nc\nd\n"


def test_attachments_are_read_back() -> None:
    name = "résumé très long " + "x" * 100 + ".pdf"
    files = (
        OutgoingAttachment(name, "application/pdf", b"%PDF-" + bytes(range(256)) * 5),
        OutgoingAttachment('a"b.txt', "text/plain", b""),
        OutgoingAttachment("é.txt", "text/plain", b"x"),
    )
    raw = compose(replace(MESSAGE, attachments=files))
    check_transparency(raw)
    scanned = scan_message(raw)
    found = attachments(scanned)
    assert [(a.filename, a.media_type) for a in found] == [(name, "application/pdf"), ("a_b.txt", "text/plain"),
                                                               ("é.txt", "text/plain")]
    assert [decoded_body(raw, a.part) for a in found] == [file.content for file in files]
    assert text_of(raw, scanned.root.parts[0]) == MESSAGE.text
    assert scanned.defects == frozenset()


def test_attached_message_is_nested() -> None:
    inner = compose(MESSAGE)
    file = OutgoingAttachment("", "message/rfc822", inner)
    raw = compose(replace(MESSAGE, message_id="<2@x.test>", attachments=(file,)))
    part = scan_message(raw).root.parts[1]
    assert part.kind is Kind.MESSAGE
    assert raw[part.body_start : part.body_end] == inner


def test_8_bit_nested_message_is_declared_at_every_level() -> None:
    file = OutgoingAttachment("", "message/rfc822", "Subject: é\r\n\r\nx".encode())
    root = scan_message(compose(replace(MESSAGE, attachments=(file,)))).root
    assert (root.encoding, root.parts[1].encoding) == ("8bit", "8bit")


def test_boundary_occurs_in_no_part() -> None:
    first = compose(replace(MESSAGE, attachments=(OutgoingAttachment("a", "a/b", b""),)))
    boundary = scan_message(first).root.content_type.parameters["boundary"]
    text = f"--{boundary}\n"
    raw = compose(replace(MESSAGE, text=text, attachments=(OutgoingAttachment("a", "a/b", b""),)))
    assert scan_message(raw).root.content_type.parameters["boundary"] != boundary
    assert text_of(raw, scan_message(raw).root.parts[0]) == text


def test_equal_messages_give_equal_bytes() -> None:
    assert compose(MESSAGE) == compose(replace(MESSAGE))


INJECTION = "x\r\nBcc: eve@evil.test\r\n\r\nbody"


@pytest.mark.parametrize(
    "message",
    [
        replace(MESSAGE, subject=INJECTION),
        replace(MESSAGE, from_=Mailbox.of("a@b.test", INJECTION)),
        replace(MESSAGE, from_=Mailbox.of("a@b.test", '"\\' + INJECTION + "é")),
        replace(MESSAGE, headers=(("X-A", INJECTION),)),
        replace(MESSAGE, subject="=?utf-8?Q?x=0D=0ABcc:_eve@evil.test?="),
        replace(MESSAGE, attachments=(OutgoingAttachment(INJECTION, "a/b", b""),)),
    ],
)
def test_text_injects_no_field(message: ComposedMessage) -> None:
    raw = compose(message)
    check_transparency(raw)
    assert [part.headers.count("bcc") for part in scan_message(raw).root.walk()].count(0) >= 1
    assert b"\r\nBcc" not in raw


@pytest.mark.parametrize(
    "message",
    [
        replace(MESSAGE, to=()),
        replace(MESSAGE, to=(Mailbox(name="", local="a@b.test>\r\nBcc: c", domain="d.test"),)),
        replace(MESSAGE, to=(Mailbox(name="", local="a", domain="b.test,c@d.test"),)),
        replace(MESSAGE, to=(Mailbox(name="", local="", domain=""),)),
        replace(MESSAGE, to=(Mailbox(name="", local="é", domain="b.test"),)),
        replace(MESSAGE, to=(Mailbox(name="", local="€", domain="b.test"),)),
        replace(MESSAGE, message_id="1@x.test"),
        replace(MESSAGE, message_id="<1@x.test>\r\nBcc: <a>"),
        replace(MESSAGE, in_reply_to="<a b>"),
        replace(MESSAGE, references=("<a>", "b")),
        replace(MESSAGE, headers=(("X A", "b"),)),
        replace(MESSAGE, headers=(("X-A: b\r\nBcc", "b"),)),
        replace(MESSAGE, headers=(("", "b"),)),
        replace(MESSAGE, headers=(("BCC", "b"),)),
        replace(MESSAGE, headers=(("Content-Type", "b"),)),
        replace(MESSAGE, attachments=(OutgoingAttachment("a", "a/b\r\nX: y", b""),)),
        replace(MESSAGE, attachments=(OutgoingAttachment("a", "multipart/mixed", b""),)),
        replace(MESSAGE, attachments=(OutgoingAttachment("a", "message/partial", b""),)),
    ],
)
def test_what_does_not_fit_its_grammar_is_refused(message: ComposedMessage) -> None:
    with pytest.raises(InvalidValue):
        compose(message)


@pytest.mark.parametrize("subject", ["", "a" * 2000, "é" * 2000, "mot " * 200, "a  b", "=?a", "x" * 600 + " y", "a\tb"])
def test_long_subjects_fold_within_998_characters_and_are_read_back(subject: str) -> None:
    raw = compose(replace(MESSAGE, subject=subject))
    check_transparency(raw)
    assert scan_message(raw).subject == subject.strip().replace("\t", " ")


@pytest.mark.parametrize(
    "name", ["", "Dr. A, B", 'a "b" \\c', "é", "a" * 300, "=?utf-8?Q?a?=", "a@b.test", "(a)", "O'Neil  x"]
)
def test_display_names_are_read_back(name: str) -> None:
    raw = compose(replace(MESSAGE, from_=Mailbox.of("a@b.test", name)))
    (box,) = scan_message(raw).from_
    assert (box.name, box.address, box.valid) == (" ".join(name.split()), "a@b.test", True)


def test_quoted_local_part_is_read_back() -> None:
    box = Mailbox(name="", local='a "b', domain="c.test")
    assert scan_message(compose(replace(MESSAGE, to=(box,)))).to[0].local == 'a "b'


@pytest.mark.parametrize(
    ("identifier", "is_one"),
    [
        ("<1@lilas.example>", True),
        ("1@lilas.example", False),
        ("<1@lilas.example> x", False),
        ("<1@lilas.example>\r\nBcc: <b@c.example>", False),
        ("<>", False),
        ("<é@lilas.example>", False),
        (f"<{'a' * 901}>", False),
    ],
)
def test_identifier_that_cannot_be_written_again_is_known(identifier: str, is_one: bool) -> None:
    assert is_message_id(identifier) is is_one
