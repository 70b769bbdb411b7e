"""A clinical root pushed out of sight is held all the same: nothing is shown before its identity verdict (A12)."""

import base64

import pytest

from gateway.domain.mime import Kind, attachments, scan_message

_CDA = b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'


def kind_of(data: bytes) -> Kind:
    """Send `data` as an attachment and give what it is taken for."""
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    raw = (
        b"From: <a@labo.example>\r\nContent-Type: text/xml; name=resultat.xml\r\n"
        b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body
    )
    return attachments(scan_message(raw))[0].kind


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
    assert kind_of(b'<?xml version="1.0"?>'[: 21 * (prologue[:1] == b"<")] + prologue + _CDA).is_clinical


def test_document_behind_its_own_style_sheet_is_held() -> None:
    sheet = b"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>" + b"<xsl:text>x</xsl:text>" * 5_000
    assert kind_of(sheet + _CDA + b"</xsl:stylesheet>") is Kind.CDA


def test_other_markup_is_not_held() -> None:
    assert not kind_of(b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g/>" * 30_000 + b"</svg>").is_clinical
