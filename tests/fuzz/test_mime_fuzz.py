"""Any bytes give a scan or a documented error, in bounded time; and what is written is read back."""

import base64
import binascii
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue, MalformedContent
from gateway.domain.mime import (
    ComposedMessage,
    Headers,
    Layout,
    Mailbox,
    MimeLimits,
    OutgoingAttachment,
    ParameterField,
    Part,
    ScannedMessage,
    addressees_of,
    attachments,
    check_transparency,
    compose,
    decode_words,
    decoded_body,
    encode_words,
    envelope_wire,
    header_text,
    html_to_text,
    normalised_subject,
    parse_addresses,
    parse_date,
    parse_report,
    preview,
    safe_filename,
    scan_message,
    section_range,
    select_header_fields,
    structure_wires,
    text_extract,
    text_of,
)
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.transfer import EncodedBody, decode_base64, decode_base64_strictly
from gateway.services.stored_octets import decoded

RECIPIENT = [MailAddress("295109912611193", "patient.mssante.fr")]
EXAMPLES = 400
BOUNDED = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SMALL = MimeLimits(
    max_header_bytes=4096, max_header_lines=50, max_depth=5, max_parts=20, max_addresses=20, max_parameters=10
)

# Lines that mean something to the scanner, in any order: far more telling than random bytes.
FRAGMENTS = st.sampled_from([
    b"", b"--b", b"--b--", b"--b ", b"--c", b"--c--", b"--bb", b"text", b"a: b", b" folded", b"\tfolded", b"no colon",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/mixed; boundary=c",
    b"Content-Type: multipart/digest; boundary=c", b"Content-Type: multipart/report; boundary=b",
    b"Content-Type: multipart/mixed; boundary=", b"Content-Type: message/rfc822", b"Content-Type: text/html",
    b"Content-Type: message/disposition-notification", b"Content-Type: message/delivery-status",
    b"Content-Type: application/pdf; name*0*=utf-8''%E9; name*1=\"x", b"Content-Type: text/plain; charset=utf-16",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-ID: <x>",
    b"Content-Disposition: attachment; filename=\"=?utf-8?Q?=E2=80=AE?=../x\"", b"Content-Language: fr, en",
    b":", b"From: a <b@c.test>, (d", b"To: g: \"x\\\" <y@[1]>;", b"Subject: =?utf-8?B?w6k?= =?x?Q?=E9?=",
    b"Date: 31 Feb 2024 1:2", b"Message-ID: <a@b>", b"References: <a@b> <c", b"Action: failed",
    b"Disposition: x; processed/Error: 904^y",
    b"<!-- <p> &#99999999999; </script>", b"UEsDBBQAAAAAAGAod10=", b"=3D=", b"MSH|", b"H|^~\\&|", b"\xe9\xff", b"{\"",
])  # fmt: skip
STRUCTURED = st.lists(FRAGMENTS, max_size=40).map(b"\r\n".join)
ANYTHING = st.one_of(st.binary(max_size=400), STRUCTURED)
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=300)


def scan_or_error(raw: bytes, *, transparent: bool) -> ScannedMessage | None:
    try:
        return scan_message(raw, SMALL, transparent=transparent)
    except MalformedContent:
        return None


def check_offsets(part: Part, start: int, end: int) -> None:
    assert start <= part.header_start <= part.body_start <= part.body_end <= end
    at = part.body_start
    for child in part.parts:
        check_offsets(child, at, part.body_end)
        at = child.body_end
    if part.message:
        check_offsets(part.message.root, part.body_start, part.body_end)
        assert part.message.root.body_end == part.body_end


@BOUNDED
@given(ANYTHING, st.booleans())
def test_any_bytes_give_a_scan_or_a_documented_error(raw: bytes, transparent: bool) -> None:
    scanned = scan_or_error(raw, transparent=transparent)
    if scanned is None:
        return
    check_offsets(scanned.root, 0, len(raw))
    assert scanned.size == len(raw)
    assert len(list(scanned.root.walk())) <= SMALL.max_parts
    for line in (scanned.subject, *(box.name for box in scanned.from_), *(a.filename for a in attachments(scanned))):
        assert not set(line) & set("\r\n\0\u202e")


@BOUNDED
@given(STRUCTURED)
def test_whatever_was_scanned_can_be_rendered_and_read(raw: bytes) -> None:
    scanned = scan_or_error(raw, transparent=True)
    if scanned is None:
        return
    for wire in (envelope_wire(scanned), *structure_wires(scanned)):
        assert read_list(wire) == len(wire)
    text_extract(raw, scanned).encode()
    preview(raw, scanned).encode()
    parse_report(raw, scanned)
    for part in scanned.root.walk():
        decoded_body(raw, part)
        text_of(raw, part).encode()


@BOUNDED
@given(STRUCTURED)
def test_sections_lie_inside_the_message_and_tile_it(raw: bytes) -> None:
    scanned = scan_or_error(raw, transparent=True)
    if scanned is None:
        return
    layout = Layout.of(scanned, attachments(scanned))
    assert Layout.from_bytes(layout.to_bytes()) == layout
    assert len({part.section for part in layout.parts}) == len(layout.parts)
    header, text = section_range(layout, "HEADER"), section_range(layout, "TEXT")
    assert header is not None
    assert text is not None
    assert (header[0], header[1], text[1]) == (0, text[0], len(raw))
    for part in layout.parts:
        mime, body = section_range(layout, f"{part.section}.MIME"), section_range(layout, part.section)
        assert mime is not None
        assert body is not None
        assert 0 <= mime[0] <= mime[1] == body[0] <= body[1] <= len(raw)
        inner = [section_range(layout, f"{part.section}.{name}") for name in ("HEADER", "TEXT")]
        if inner[0] and inner[1]:
            assert (inner[0][0], inner[0][1], inner[1][1]) == (body[0], inner[1][0], body[1])


@BOUNDED
@given(st.binary(max_size=300))
def test_readers_of_single_values_never_fail(data: bytes) -> None:
    decode_words(data).encode()
    parse_date(data)
    header_text(data)
    text = data.decode("latin-1")
    html_to_text(text).encode()
    safe_filename(text)
    normalised_subject(text)
    for reader in (lambda: ParameterField.parse(data, SMALL), lambda: parse_addresses(data, SMALL)):
        try:
            reader()
        except MalformedContent:
            continue


@BOUNDED
@given(st.lists(st.sampled_from([
    b"295109912611193", b"@", b"patient.mssante.fr", b"%", b"!", b"=", b"<", b">", b"(", b")", b'"', b"\\", b",", b":",
    b";", b" ", b".", "\u0430".encode(), "\uff20".encode(), b"=?utf-8?q?", b"?=", b"%40", b"[", b"]", b"a", b"\xe9",
]), max_size=12))  # fmt: skip
def test_any_address_field_is_read_and_a_patient_in_it_is_never_overlooked(pieces: list[bytes]) -> None:
    other = "279035121518989@patient.mssante.fr"
    value = b"".join(pieces)
    found = addressees_of(Headers.parse(b"To: " + value + b"\r\n\r\n"), RECIPIENT, "patient.mssante.fr")
    assert set(RECIPIENT) <= found.addressed
    plain = addressees_of(Headers.parse(b"To: " + value + b" ," + other.encode() + b"\r\n\r\n"), RECIPIENT,
                          "patient.mssante.fr")
    assert plain.unclear or MailAddress.parse(other) in plain.addressed


@BOUNDED
@given(STRUCTURED.map(lambda raw: raw + b"\r\n\r\n"), st.frozensets(st.sampled_from([b"from", b"to", b"a", b"x"])))
def test_selected_and_other_fields_are_all_fields(block: bytes, names: frozenset[bytes]) -> None:
    chosen = Headers.parse(select_header_fields(block, names)).fields
    others = Headers.parse(select_header_fields(block, names, invert=True)).fields
    assert sorted(chosen + others) == sorted(Headers.parse(block).fields)
    assert {name for name, _ in chosen} <= names


@BOUNDED
@given(ANYTHING)
def test_transparent_bytes_are_exactly_crlf_lines(raw: bytes) -> None:
    sound = b"\0" not in raw and raw.replace(b"\r\n", b"").count(b"\r") + raw.replace(b"\r\n", b"").count(b"\n") == 0
    sound = sound and all(len(line) <= 998 for line in raw.split(b"\r\n"))
    try:
        check_transparency(raw)
    except MalformedContent:
        assert not sound
    else:
        assert sound


@BOUNDED
@given(PLAIN)
def test_encoded_words_are_read_back(text: str) -> None:
    words = encode_words(text)
    written = " ".join(words).encode("ascii")
    assert decode_words(written) == decode_words(text.encode())


@BOUNDED
@given(st.text(max_size=200), st.text(max_size=99), st.text(max_size=60), st.text(max_size=60), st.binary(max_size=99))
def test_composed_messages_are_sound_whatever_is_put_into_them(
    subject: str, text: str, name: str, filename: str, content: bytes
) -> None:
    box = Mailbox.of("a@b.test", name)
    file = OutgoingAttachment(filename, "application/pdf", content)
    raw = compose(
        ComposedMessage(
            from_=box,
            to=(box,),
            subject=subject,
            text=text,
            message_id="<1@b.test>",
            date=datetime(2024, 5, 6, tzinfo=UTC),
            attachments=(file,),
            headers=(("X-A", subject),),
        )
    )
    scanned = scan_message(raw)
    assert scanned.defects == frozenset()
    assert scanned.author is not None
    assert scanned.author.address == "a@b.test"
    assert [name for name, _ in scanned.headers.fields] == [
        b"from", b"to", b"subject", b"date", b"message-id", b"x-a", b"mime-version", b"content-type",
    ]
    assert [decoded_body(raw, item.part) for item in attachments(scanned)] == [content]


@BOUNDED
@example("0", "0 ")
@given(st.text(max_size=40), st.text(max_size=40))
def test_composed_addresses_are_those_given_or_refused(local: str, domain: str) -> None:
    message = ComposedMessage(
        from_=Mailbox.of("a@b.test"),
        to=(Mailbox(name="", local=local, domain=domain),),
        subject="",
        text="",
        message_id="<1@b.test>",
        date=datetime(2024, 5, 6, tzinfo=UTC),
    )
    try:
        raw = compose(message)
    except InvalidValue:
        return
    assert [(box.local, box.domain) for box in scan_message(raw).to] == [(local, domain)]


def read_list(wire: bytes) -> int:
    """Read one parenthesised list of IMAP strings, literals, numbers and NILs; give where it ends."""
    depth, at = 0, 0
    while True:
        if wire[at : at + 1] == b"(":
            depth, at = depth + 1, at + 1
        elif wire[at : at + 1] == b")":
            depth, at = depth - 1, at + 1
            if not depth:
                return at
        elif wire[at : at + 1] == b'"':
            at += 1
            while wire[at : at + 1] != b'"':
                assert wire[at : at + 1] not in {b"\r", b"\n", b"\0", b""}
                assert wire[at] < 128
                at += 2 if wire[at : at + 1] == b"\\" else 1
            at += 1
        elif wire[at : at + 1] == b"{":
            end = wire.index(b"}\r\n", at)
            at = end + 3 + int(wire[at + 1 : end])
        elif wire[at : at + 3] == b"NIL":
            at += 3
        else:
            assert wire[at : at + 1] in b" 0123456789"
            at += 1


def multipart(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * count


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nesting of 1,000": lambda: b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000)
    ),
    "nested messages": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "50,000 parts": lambda: multipart(50_000),
    "500,000 addresses": lambda: b"To: " + b"a@b.test,\r\n " * 500_000 + b"\r\n\r\n",
    "addresses up to the limit of headers": lambda: b"To: " + (b"a," * 400 + b"\r\n ") * 127 + b"a\r\n\r\n",
    "at-signs": lambda: b"To: \"" + (b"@" * 900 + b"\r\n ") * 100 + b"\" <a@b.test>\r\n\r\n",
    "domains": lambda: b"To: \"" + (b"%@patient.mssante" * 50 + b"\r\n ") * 100 + b"\" <a@b.test>\r\n\r\n",
    "dots": lambda: b"Cc: (" + (b"@ . . " * 150 + b"\r\n ") * 100 + b")\r\n\r\n",
    "open angles in lists": lambda: b"Resent-To: " + (b"a<b@c>;" * 120 + b"\r\n ") * 100 + b"\r\n\r\n",
    "4,000 parameters": lambda: b"Content-Type: text/plain" + b";\r\n a=b" * 4000 + b"\r\n\r\n",
    "4,000 parameters on long lines": lambda: b"Content-Type: a/b" + (b";a=b" * 200 + b"\r\n ") * 20 + b"\r\n\r\n",
    "duplicate boundaries": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 20_000,
    "look-alike boundaries": lambda: multipart(1) + b"--bb\r\n" * 500_000,
    "empty boundary": lambda: b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n" + b"--\r\n" * 500_000,
    "deep and large": lambda: b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(20)
    ) + b"\r\n" + (b"-" * 60 + b"\r\n") * 160_000,
    "lines without colon": lambda: b"x" * 97 + b"\r\n" + b"no colon here\r\n" * 990,
    "open comments": lambda: b"From: " + (b"(" * 900 + b"\r\n ") * 110 + b"\r\n\r\n",
    "open quotes": lambda: b"From: " + (b"\"\\" * 450 + b"\r\n ") * 110 + b"\r\n\r\n",
    "empty quotes": lambda: b"From: " + (b"\"\"" * 450 + b"\r\n ") * 110 + b"\r\n\r\n",
    "open angles": lambda: b"From: " + (b"<" * 900 + b"\r\n ") * 110 + b"\r\n\r\n",
    "colons": lambda: b"From: " + (b"a:" * 450 + b"\r\n ") * 110 + b"\r\n\r\n",
    "comments": lambda: b"From: " + (b"(a)" * 300 + b"\r\n ") * 110 + b"\r\n\r\n",
    "open encoded words": lambda: b"Subject: " + (b"=?a?Q?" * 150 + b"\r\n ") * 110 + b"\r\n\r\n",
    "encoded words": lambda: b"Subject: " + (b"=?a?Q?b?=" * 100 + b"\r\n ") * 110 + b"\r\n\r\n",
    "continuations": lambda: b"Content-Type: a/b" + b"".join(b";\r\n n*%d*=%%41" % n for n in range(99)) + b"\r\n\r\n",
    "open tags": lambda: b"Content-Type: text/html\r\n\r\n" + (b"<a " * 300 + b"\r\n") * 1000,
    "open comments of HTML": lambda: b"Content-Type: text/html\r\n\r\n" + (b"<!--" * 200 + b"\r\n") * 1000,
    "open scripts": lambda: b"Content-Type: text/html\r\n\r\n" + (b"<script></script" * 60 + b"\r\n") * 1000,
    "markup that is no document": lambda: b"Content-Type: text/xml\r\n\r\n" + (b"<A x" * 200 + b"\r\n") * 1000,
    "quoting": lambda: b"\r\n" + (b"le " * 300 + b"\r\n") * 200,
    "markup full of names": lambda: b"Content-Type: text/xml\r\n\r\n<a>" + (
        b"<x ClinicalDocument :ClinicalDocument\r\n" * 250_000),
    "JSON full of types": lambda: b"Content-Type: a/b\r\n\r\n{" + b"\"resourceType\"           \r\n" * 400_000,
    "stars": lambda: b"Content-Type: a/b\r\n\r\n" + (b"*" * 900 + b"\r\n") * 10_000,
    "blank lines before base64 in 400 parts": lambda: multipart(1).replace(b"--b--\r\n", b"") + (
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"\r\n" * 12_000 + b"UEsDBA==\r\n") * 400 + b"--b--\r\n",
    "soft line breaks": lambda: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 3_000_000,
    "broken base64": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=A\r\n" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_message_takes_less_than_a_second(name: str) -> None:
    raw = HOSTILE[name]()
    before = time.process_time()
    try:
        scanned = scan_message(raw)
    except MalformedContent:
        pass
    else:
        envelope_wire(scanned)
        structure_wires(scanned)
        Layout.of(scanned, attachments(scanned)).to_bytes()
        text_extract(raw, scanned)
        preview(raw, scanned)
        addressees_of(scanned.headers, RECIPIENT, "patient.mssante.fr")
    assert time.process_time() - before < 1


@BOUNDED
@given(
    st.tuples(
        st.sampled_from([b"", b"PK\x03\x04", b"<", b"\0<", b"{", b"\x1f\x8b", b"P", b"\xff\xfe"]),
        st.binary(max_size=300),
    ).map(b"".join),
    st.sampled_from(["", "a.zip", "a.7z", "winmail.dat", "IHE_XDM.zip", "a.xml"]),
)
def test_any_octets_are_of_one_kind_and_the_same_however_they_are_encoded(data: bytes, name: str) -> None:
    plain = kind_of(EncodedBody(data, 0, len(data), "binary"), "application/octet-stream", name)
    for cut in (4, 76, 1_000):
        text = base64.b64encode(data)
        lines = b"\r\n".join(text[at : at + cut] for at in range(0, len(text), cut))
        assert kind_of(EncodedBody(lines, 0, len(lines), "base64"), "application/octet-stream", name) is plain


BASE64 = st.text("ABCDwxyz0189+/=-_ \r\n\xff", max_size=40).map(lambda text: text.encode("latin-1"))


@BOUNDED
@given(BASE64 | st.binary(max_size=40).map(base64.b64encode) | st.binary(max_size=200).map(base64.encodebytes))
@example(b"QUJD=QUJD")
@example(b"=QUJDR===")
def test_fast_decoder_reads_base64_as_the_library_of_python_does(data: bytes) -> None:
    assert _outcome(decode_base64_strictly, data) == _outcome(partial(binascii.a2b_base64, strict_mode=True), data)
    tolerant, behind = _outcome(binascii.a2b_base64, data), data.partition(b"=")[2].strip(b"=\r\n")
    if tolerant is not None and not behind:
        assert decode_base64(data) == tolerant


@BOUNDED
@given(BASE64 | st.binary(max_size=40).map(base64.b64encode), st.integers(1, 50), st.integers(0, 50))
@example(b"YWJj=ZGVm", 50, 3)
@example(b"=YWJj", 50, 3)
@example(b"RG9zZSBkZSBjZSBzb2lyOiAxMDA", 50, 20)
def test_a_part_is_one_file_whoever_decodes_it(data: bytes, cut: int, head: int) -> None:
    # What was read and checked is what is downloaded, shown and searched.
    whole = decode_base64(data)
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    assert b"".join(decoded(pieces, "base64")) == whole
    assert EncodedBody(data, 0, len(data), "base64").head(head) == whole[:head]


def _outcome(decode: Callable[[bytes], bytes], data: bytes) -> bytes | None:
    try:
        return decode(data)
    except binascii.Error:
        return None
