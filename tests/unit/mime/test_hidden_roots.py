"""A clinical root pushed out of sight is held all the same: nothing is shown before its identity verdict (A12)."""

import base64

import pytest

from gateway.domain.mime import Kind, attachments, scan_message

_CDA = b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'


def kind_of(data: bytes) -> Kind:
    """Send `data` as an attachment and give what it is taken for."""
    return kind_of_body(base64.encodebytes(data).replace(b"\n", b"\r\n"), "base64")


def kind_of_body(body: bytes, encoding: str) -> Kind:
    """Send an attachment whose body stands as given in the message."""
    raw = (
        b"From: <a@labo.example>\r\nContent-Type: text/xml; name=resultat.xml\r\n"
        b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + body
    )
    return attachments(scan_message(raw))[0].kind


@pytest.mark.parametrize("front", [b"\r\n" * 3_000, b"!" * 900 + b"\r\n" + b"?" * 900 + b"\r\n"])
def test_document_behind_what_base64_does_not_read_is_held(front: bytes) -> None:
    assert kind_of_body(front + base64.encodebytes(_CDA).replace(b"\n", b"\r\n"), "base64") is Kind.CDA


def test_document_in_very_short_lines_of_base64_is_held() -> None:
    filled = base64.b64encode(b"<?xml version='1.0'?><!--" + b"x" * 600 + b"-->" + _CDA)
    body = b"\r\n".join(filled[at : at + 4] for at in range(0, len(filled), 4))
    assert kind_of_body(body, "base64") is Kind.CDA


def test_document_behind_soft_line_breaks_is_held() -> None:
    assert kind_of_body(b"=\r\n" * 3_000 + _CDA.replace(b"=", b"=3D"), "quoted-printable") is Kind.CDA


@pytest.mark.parametrize(
    "prologue",
    [
        b"<!--" + b"x" * 70_000 + b"-->",
        b"<?note " + b"x" * 70_000 + b"?>",
        b"<!DOCTYPE a [" + b"<!ENTITY b 'c'>" * 6_000 + b"]>",
        b" " * 2_000,
    ],
)
def test_root_behind_a_long_prologue_is_held(prologue: bytes) -> None:
    assert kind_of(b'<?xml version="1.0"?>'[: 21 * (prologue[:1] == b"<")] + prologue + _CDA).is_held


def test_document_behind_its_own_style_sheet_is_held() -> None:
    sheet = b"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>" + b"<xsl:text>x</xsl:text>" * 5_000
    assert kind_of(sheet + _CDA + b"</xsl:stylesheet>") is Kind.CDA


def test_other_markup_is_not_held() -> None:
    assert not kind_of(b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g/>" * 30_000 + b"</svg>").is_held
