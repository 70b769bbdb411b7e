"""ENVELOPE, BODY and BODYSTRUCTURE as IMAP clients read them."""

import pytest

from gateway.domain.mime import envelope_wire, scan_message, structure_wires


def crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


def envelope(fields: str) -> str:
    return envelope_wire(scan_message(crlf(fields + "\n\n"))).decode()


def test_envelope_of_rfc_3501_section_8() -> None:
    fields = """Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.test>
Subject: IMAP4rev1 WG mtg summary and minutes
To: imap@cac.washington.test
cc: minutes@CNRI.Reston.VA.test, John Klensin <KLENSIN@MIT.test>
Message-Id: <B27397-0100000@cac.washington.test>"""
    gray = '(("Terry Gray" NIL "gray" "cac.washington.test"))'
    assert envelope(fields) == (
        '("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev1 WG mtg summary and minutes" '
        f'{gray} {gray} {gray} ((NIL NIL "imap" "cac.washington.test")) '
        '((NIL NIL "minutes" "CNRI.Reston.VA.test")("John Klensin" NIL "KLENSIN" "MIT.test")) NIL NIL '
        '"<B27397-0100000@cac.washington.test>")'
    )


def test_absent_fields_are_nil_and_empty_ones_empty() -> None:
    assert envelope("X-A: b") == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
    assert envelope("Subject:") == '(NIL "" NIL NIL NIL NIL NIL NIL NIL NIL)'


def test_empty_sender_and_reply_to_are_those_of_from() -> None:
    box = '((NIL NIL "a" "b.test"))'
    assert envelope("From: a@b.test\nSender:\nReply-To: ,") == f"(NIL NIL {box} {box} {box} NIL NIL NIL NIL NIL)"
    assert '((NIL NIL "c" "d.test"))' in envelope("From: a@b.test\nReply-To: c@d.test")


def test_groups_are_marked_by_nil_hosts() -> None:
    assert (
        '((NIL NIL "A \\"B\\"" NIL)("Ed" NIL "c" "a.test")(NIL NIL "e" "f.test")(NIL NIL NIL NIL))'
        in envelope('To: "A \\"B\\"": Ed <c@a.test>, e@f.test;')
    )
    assert '((NIL NIL "Undisclosed" NIL)(NIL NIL NIL NIL))' in envelope("To: Undisclosed:;")


def test_address_without_domain_is_not_taken_for_a_group() -> None:
    assert '((NIL NIL "alice" "MISSING_DOMAIN"))' in envelope("To: alice")


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        ("=?utf-8?Q?=C3=A9?=", '"=?utf-8?Q?=C3=A9?="'),
        ('say "a\\b"', '"say \\"a\\\\b\\""'),
        ("one\n two\n\tthree", '"one two three"'),
        ("é", "{2}\r\né"),
        ("x" * 900 + "\n " + "y" * 200, "{1101}\r\n" + "x" * 900 + " " + "y" * 200),
    ],
)
def test_strings_are_quoted_or_literals(value: str, wire: str) -> None:
    assert envelope(f"Subject: {value}") == f"(NIL {wire} NIL NIL NIL NIL NIL NIL NIL NIL)"


def test_8_bit_names_are_literals() -> None:
    assert "(({2}\r\né NIL \"a\" \"b.test\"))" in envelope("From: é <a@b.test>")


MIXED = crlf("""Subject: a
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=i
Content-Language: fr, en

--i
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

un
deux
--i
Content-Type: text/html

<p>un
--i--
--b
Content-Type: application/pdf; name="r.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="r.pdf"
Content-ID: <1@x>
Content-Description: report
Content-MD5: Q2hlY2s=
Content-Location: http://x.test/

JVBERi0=
--b
Content-Type: message/rfc822

Subject: in
From: a@b.test

hello
--b--
""")


def test_bodystructure_has_extension_data() -> None:
    box = '((NIL NIL "a" "b.test"))'
    assert structure_wires(scan_message(MIXED))[0].decode() == (
        '((("text" "plain" ("charset" "utf-8") NIL NIL "8bit" 8 1 NIL NIL NIL NIL)'
        '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 5 0 NIL NIL NIL NIL)'
        ' "alternative" ("boundary" "i") NIL ("fr" "en") NIL)'
        '("application" "pdf" ("name" "r.pdf") "<1@x>" "report" "base64" 8 "Q2hlY2s=" '
        '("attachment" ("filename" "r.pdf")) NIL "http://x.test/")'
        '("message" "rfc822" NIL NIL NIL "7bit" 36 '
        f'(NIL "in" {box} {box} {box} NIL NIL NIL NIL NIL) '
        '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)'
        ' "mixed" ("boundary" "b") NIL NIL NIL)'
    )


def test_body_has_none() -> None:
    box = '((NIL NIL "a" "b.test"))'
    assert structure_wires(scan_message(MIXED))[1].decode() == (
        '((("text" "plain" ("charset" "utf-8") NIL NIL "8bit" 8 1)'
        '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 5 0) "alternative")'
        '("application" "pdf" ("name" "r.pdf") "<1@x>" "report" "base64" 8)'
        f'("message" "rfc822" NIL NIL NIL "7bit" 36 (NIL "in" {box} {box} {box} NIL NIL NIL NIL NIL) '
        '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 0) 3) "mixed")'
    )


def test_single_part_message() -> None:
    scanned = scan_message(b"Content-Disposition: inline\r\n\r\none\r\n")
    assert structure_wires(scanned)[0] == (
        b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 1 NIL ("inline" NIL) NIL NIL)'
    )


def test_encoded_nested_message_is_shown_as_a_file() -> None:
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYg==\r\n"
    assert structure_wires(scan_message(raw))[1] == b'("application" "octet-stream" NIL NIL NIL "base64" 10)'


def test_unknown_transfer_encoding_is_shown_as_binary() -> None:
    raw = b"Content-Type: a/b\r\nContent-Transfer-Encoding: x\x07\r\n\r\n"
    assert structure_wires(scan_message(raw))[1] == b'("a" "b" NIL NIL NIL "binary" 0)'


def test_multipart_always_shows_a_part() -> None:
    assert structure_wires(scan_message(b"Content-Type: multipart/mixed\r\n\r\n"))[1] == (
        b'(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed")'
    )


def test_extended_charset_is_not_doubled() -> None:
    raw = b"Content-Type: text/plain; charset*=''utf-8\r\n\r\n"
    assert b'("charset*" "\'\'utf-8")' in structure_wires(scan_message(raw))[1]
