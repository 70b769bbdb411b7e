"""Attachments and what they really are, whatever they are called."""

import base64
import io
import zipfile
from dataclasses import replace

import pytest

from gateway.domain.mime import Kind, attachments, is_filed, marks, must_be_held, scan_message


def crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


def message(content: bytes, media_type: str = "application/octet-stream", filename: str | None = None) -> bytes:
    name = f"Content-Disposition: attachment; filename={filename}\n" if filename else ""
    head = crlf(f"Content-Type: {media_type}\nContent-Transfer-Encoding: base64\n{name}\n")
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n")


def archive(*names: str, filler: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"\x01" * filler)
    return out.getvalue()


CDA = '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (archive("INDEX.HTM", "README.TXT", "IHE_XDM/SUBSET01/METADATA.XML"), Kind.XDM),
        (archive("IHE_XDM/SUBSET01/METADATA.XML"), Kind.XDM),
        (archive("README.TXT", "ihe_xdm/subset01/metadata.xml"), Kind.XDM),
        (archive("a/IHE_XDM/METADATA.XML"), Kind.ZIP),
        (archive("readme.txt"), Kind.ZIP),
        (archive(), Kind.ZIP),
        (CDA.encode(), Kind.CDA),
        (b"\xef\xbb\xbf" + CDA.encode(), Kind.CDA),
        (CDA.encode("utf-16"), Kind.CDA),
        (CDA.encode("utf-16-be").join([b"\xfe\xff", b""]), Kind.CDA),
        (b"<xsl:stylesheet>" + b" " * 50_000 + b'<cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3">', Kind.CDA),
        (b"<report>ClinicalDocument</report>", Kind.OTHER),
        (b"<!DOCTYPE html><ClinicalDocument>", Kind.CDA),
        (b"MSH|^~\\&|LAB|", Kind.HL7V2),
        (b"\x0bMSH|^~\\&|LAB|", Kind.HL7V2),
        (b"BHS|^~\\&|LAB|", Kind.HL7V2),
        (b"H|~^\\&|00001|", Kind.HPRIM),
        (b"HELLO", Kind.OTHER),
        (b'{\n "id": "x", "resourceType" : "Bundle"', Kind.FHIR),
        (b'{"type": "Bundle"}', Kind.OTHER),
        (b'<Bundle xmlns="http://hl7.org/fhir">', Kind.FHIR),
        (b"<?xml version='1.0'?><DocumentReference\n xmlns='http://hl7.org/fhir'>", Kind.FHIR),
        (PDF, Kind.PDF),
        (b"\r\n" + PDF, Kind.PDF),
        (b"\0" * 128 + b"DICM" + b"\2\0", Kind.DICOM),
        (b"\x89PNG\r\n\x1a\n....", Kind.IMAGE),
        (b"\xff\xd8\xff\xe0", Kind.IMAGE),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind.IMAGE),
        (b"\0\0\0\x1cftypheic", Kind.IMAGE),
        (b"RIFF\x01\x02\x03\x04WEBP", Kind.IMAGE),
        (b"RIFF\x01\x02\x03\x04WAVE", Kind.OTHER),
        (b"BEGIN:VCALENDAR\r\n", Kind.CALENDAR),
        (b"\x78\x9f\x3e\x22\x01", Kind.WINMAIL),
        (b"", Kind.OTHER),
        (b"anything", Kind.OTHER),
    ],
)
def test_contents_tell_the_kind(content: bytes, kind: Kind) -> None:
    (found,) = attachments(scan_message(message(content)))
    assert found.kind is kind


def test_directory_at_the_end_of_a_large_archive_tells_xdm() -> None:
    content = archive("README.TXT", "a.pdf", "IHE_XDM/SUBSET01/METADATA.XML", filler=100_000)
    assert attachments(scan_message(message(content)))[0].kind is Kind.XDM


def test_kind_is_told_in_every_transfer_encoding() -> None:
    names = archive("README.TXT", "IHE_XDM/M.XML").hex(" ").upper().split()
    quoted = "=" + "=\n=".join("=".join(names[at : at + 20]) for at in range(0, len(names), 20))
    raw = crlf(f"Content-Type: application/zip\nContent-Transfer-Encoding: quoted-printable\n\n{quoted}")
    assert attachments(scan_message(raw))[0].kind is Kind.XDM
    raw = crlf("Content-Type: application/xml\nContent-Transfer-Encoding: 8bit\n\n") + CDA.encode()
    assert attachments(scan_message(raw))[0].kind is Kind.CDA
    binary = archive("README.TXT", "IHE_XDM/M.XML")
    head = crlf("Content-Type: application/zip\nContent-Transfer-Encoding: binary\n\n")
    assert attachments(scan_message(head + binary, transparent=True))[0].kind is Kind.XDM


@pytest.mark.parametrize(
    ("media_type", "filename", "kind"),
    [
        ("application/octet-stream", "IHE_XDM.zip", Kind.XDM),
        ("application/octet-stream", "ihe_xdm(1).ZIP", Kind.XDM),
        ("application/octet-stream", "winmail.dat", Kind.WINMAIL),
        ("application/ms-tnef", None, Kind.WINMAIL),
        ("application/hl7-v2", None, Kind.HL7V2),
        ("application/octet-stream", "r.hpr", Kind.HPRIM),
        ("application/fhir+json", None, Kind.FHIR),
        ("text/calendar", None, Kind.CALENDAR),
        ("application/pdf", "r.pdf", Kind.OTHER),
        ("application/dicom", None, Kind.OTHER),
        ("image/bmp", None, Kind.OTHER),
        ("image/svg+xml", None, Kind.OTHER),
        ("text/csv", None, Kind.TEXT),
        ("message/delivery-status", None, Kind.REPORT),
        ("application/octet-stream", "pdf", Kind.OTHER),
    ],
)
def test_labels_tell_the_kind_where_contents_do_not(media_type: str, filename: str | None, kind: Kind) -> None:
    assert attachments(scan_message(message(b"zzzz", media_type, filename)))[0].kind is kind


def test_pdf_behind_a_little_of_something_else_is_a_pdf() -> None:
    found = attachments(scan_message(message(b"\1\2header" + PDF, "application/pdf", "r.pdf")))
    assert [item.kind for item in found] == [Kind.PDF]


def test_text_of_a_letter_in_wide_letters_stays_its_text() -> None:
    body = base64.encodebytes("Bonjour à vous".encode("utf-16-le")).replace(b"\n", b"\r\n")
    head = crlf("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n")
    assert attachments(scan_message(head + body)) == ()


def test_file_of_octets_is_no_text_whatever_it_is_called() -> None:
    assert attachments(scan_message(message(b"a\1\2b", "text/plain", "a.txt")))[0].kind is Kind.OTHER


def test_archive_called_xdm_is_xdm_even_if_it_holds_nothing() -> None:
    assert attachments(scan_message(message(archive("a"), filename="IHE_XDM.zip")))[0].kind is Kind.XDM


@pytest.mark.parametrize("kind", list(Kind))
def test_all_is_held_but_what_is_known_to_be_harmless(kind: Kind) -> None:
    shown = {"text", "pdf", "image", "calendar", "report", "message"}
    assert kind.is_held is (kind.value not in shown)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("inline", [False, True])
def test_what_is_held_and_pdf_and_pictures_beside_the_text_are_filed(kind: Kind, inline: bool) -> None:
    beside = {Kind.PDF} if inline else {Kind.PDF, Kind.IMAGE}
    (found,) = attachments(scan_message(message(b"a\1\2b", filename="a")))
    assert is_filed(replace(found, kind=kind, inline=inline)) is (kind.is_held or kind in beside)


def mixed(*parts: str, subtype: str = "mixed") -> bytes:
    body = "".join(f"--b\n{part}\n" for part in parts)
    return crlf(f"Content-Type: multipart/{subtype}; boundary=b\n\n{body}--b--\n")


def test_texts_to_read_are_no_attachments() -> None:
    raw = mixed("\nplain", "Content-Type: text/html\n\n<p>x", subtype="alternative")
    assert attachments(scan_message(raw)) == ()
    assert not must_be_held(attachments(scan_message(raw)))


@pytest.mark.parametrize(
    "part",
    [
        "Content-Disposition: attachment\n\nplain",
        "Content-Type: text/plain; name=a.txt\n\nplain",
        "Content-Type: text/csv\n\na;b",
        "\nMSH|^~\\&|LAB|",
    ],
)
def test_other_texts_are(part: str) -> None:
    assert [item.section for item in attachments(scan_message(mixed("\nbody", part)))] == ["2"]


@pytest.mark.parametrize(
    ("html", "fields", "inline"),
    [
        ('<img src="cid:i@x">', "Content-Type: image/png\nContent-ID: <i@x>", True),
        ("<img src='CID:i%40x'>", "Content-Type: image/gif\nContent-ID: <i@x>", True),
        ("<img src=cid:a&amp;b>", "Content-Type: image/png\nContent-ID: <a&b>", True),
        ('<img src="cid:i">', "Content-Type: image/png\nContent-ID: <i>\nContent-Disposition: attachment", True),
        ("<p>Voici.</p>", "Content-Type: image/png\nContent-ID: <i>", False),
        ("<p>Voici.</p>", "Content-Type: image/png\nContent-ID: <i>\nContent-Disposition: inline", False),
        ('<img src="cid:j">', "Content-Type: image/png\nContent-ID: <i>", False),
        ('<img src="cid:i">', "Content-Type: image/tiff\nContent-ID: <i>", False),
        ('<img src="cid:i">', "Content-Type: application/octet-stream\nContent-ID: <i>", False),
    ],
)
def test_picture_is_inline_where_the_text_shows_it_and_nowhere_else(html: str, fields: str, inline: bool) -> None:
    raw = mixed(f"Content-Type: text/html\n\n{html}", f"{fields}\n\nGIF89a")
    assert [item.inline for item in attachments(scan_message(raw))] == [inline]


def test_picture_named_by_a_message_inside_is_not_inline() -> None:
    inner = "Content-Type: message/rfc822\n\nContent-Type: text/html\n\n<img src=cid:i>"
    picture = "Content-Type: image/png\nContent-ID: <i>\n\nGIF89a"
    scanned = scan_message(mixed("Content-Type: text/html\n\n<p>x</p>", inner, picture))
    assert [item.inline for item in attachments(scanned)] == [False, False]


@pytest.mark.parametrize(
    "text", ["a3f1" * 16, "ACGTTGCAAC" * 6 + "\nTTGACGTACC" * 9, "PAPIER" * 12, "x1" * 400, "P" + "AbCd" * 30]
)
def test_text_of_base64_letters_is_a_text(text: str) -> None:
    assert attachments(scan_message(f"Subject: a\n\n{text}\n".replace("\n", "\r\n").encode())) == ()


@pytest.mark.parametrize(
    "data",
    [CDA.encode(), CDA.encode("utf-16"), b"PK\x03\x04" + bytes(60), b"%PDF-1.4" + bytes(60), b"x" * 60 + CDA.encode()],
)
def test_text_of_base64_letters_that_hold_a_file_is_one(data: bytes) -> None:
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    assert must_be_held(attachments(scan_message(b"Subject: a\r\n\r\n" + body)))


def test_result_inside_a_forwarded_message_is_found() -> None:
    scanned = scan_message(mixed("\nsee", f"Content-Type: message/rfc822\n\nContent-Type: text/xml\n\n{CDA}"))
    assert [(a.section, a.kind, a.kind.is_held) for a in attachments(scanned)] == [
        ("2", Kind.MESSAGE, False), ("2.1", Kind.CDA, True),
    ]  # fmt: skip
    assert must_be_held(attachments(scanned))


def test_attachment_without_name_gets_one() -> None:
    raw = mixed(*(f"Content-Type: {name}\n\nx" for name in ("application/pdf", "application/x-y", "audio/wav")))
    assert [a.filename for a in attachments(scan_message(raw))] == [
        "piece-jointe-1.pdf", "piece-jointe-2.bin", "piece-jointe-3.wav",
    ]  # fmt: skip
    assert attachments(scan_message(raw))[0].media_type == "application/pdf"


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("photo.jpg", b"MZ\x90\0\x03" + bytes(60)), ("a.bin", b"\x7fELF\x02"), ("a", b"\xca\xfe\xba\xbe\0"),
        ("a.txt", b"#!/bin/sh\nrm"), ("a.doc.lnk", b"x"), ("a.js", b"var a = {}"), ("Facture.PDF.VBS", b"%PDF-1.4"),
        ("a.hta", b"<html><script>"), ("a.ps1 .", b"x"), ("a.docm", b"PK\x03\x04"),
        ("a.doc", marks.COMPOUND + bytes(600) + "_VBA_PROJECT".encode("utf-16-le")),
    ],
)  # fmt: skip
def test_program_is_known_by_its_octets_or_its_name(filename: str, content: bytes) -> None:
    (found,) = attachments(scan_message(message(content, filename=f'"{filename}"')))
    assert (found.kind, found.kind.is_held) == (Kind.PROGRAM, True)


@pytest.mark.parametrize("name", ["a.exe", "dossier/lance.bat", "word/vbaProject.bin"])
def test_program_is_known_by_its_name_in_a_zip(name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("lisezmoi.txt", b"x")
        written.writestr(name, b"x")
    (found,) = attachments(scan_message(message(archive.getvalue(), filename="a.zip")))
    assert found.kind is Kind.PROGRAM


@pytest.mark.parametrize(
    ("filename", "content"),
    [("a.txt", b"MZ est une abbreviation"), ("a.doc", marks.COMPOUND + bytes(600)), ("www.labo.com", b"Bonjour")],
)
def test_ordinary_file_is_no_program(filename: str, content: bytes) -> None:
    (found,) = attachments(scan_message(message(content, filename=filename)))
    assert found.kind is not Kind.PROGRAM


def test_letter_that_begins_like_a_script_is_a_letter() -> None:
    assert attachments(scan_message(b"Subject: a\r\n\r\n#!/bin/sh est une ligne\r\n")) == ()


@pytest.mark.parametrize("hidden", ["MSH|^~\\&|LAB|LILAS|PLI|PLI|2||ORU^R01|1|P|2.5\nPID|1||1\n", CDA])
def test_text_that_asks_to_be_a_file_is_searched_like_one_that_bears_a_name(hidden: str) -> None:
    text = f"Voici les résultats :\n{hidden}\n"
    raw = crlf(f"Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment\n\n{text}")
    found = attachments(scan_message(raw))
    assert [part.kind for part in found] == [Kind.OTHER]
    assert must_be_held(found)


def test_ordinary_text_that_asks_to_be_a_file_is_shown_at_once() -> None:
    raw = crlf("Content-Type: text/plain\nContent-Disposition: attachment\n\nBonjour.\n")
    assert not must_be_held(attachments(scan_message(raw)))
