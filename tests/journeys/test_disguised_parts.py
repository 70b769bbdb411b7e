"""A document of another patient in every shape that MIME allows, by real SMTP: never seen (features A12)."""

import base64
from collections.abc import Callable

import pytest

from dossier_bridge.synthetic import Submitted, claimed, laboratory_report, pdf_page, xdm_archive
from tests.builders.gateway_mail import LILAS, a_report_on, raw_letter, relay
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient
from tests.builders.wrapped import zip_in_zip

pytestmark = pytest.mark.xdist_group("gateway")


def _lines(data: bytes) -> str:
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def _part(head: str, body: str) -> str:
    return f"--b\r\n{head}\r\n\r\n{body}\r\n".replace("\r\r", "\r")


def _multipart(*parts: str, subtype: str = "mixed") -> tuple[str, str]:
    return f"Content-Type: multipart/{subtype}; boundary=b", "".join(parts) + "--b--\r\n"


_XML = "Content-Type: text/xml\r\nContent-Transfer-Encoding: base64"
_WORDS = _part("Content-Type: text/plain", "Bonjour.")

# Header lines and body of a message that bears the document given.
SHAPES: dict[str, Callable[[bytes], tuple[str, str]]] = {
    "the whole message": lambda cda: ("Content-Type: text/xml\nContent-Transfer-Encoding: base64", _lines(cda)),
    "the text of the letter": lambda cda: ("Content-Type: text/plain; charset=utf-8", _crlf(cda)),
    "a page of HTML": lambda cda: ("Content-Type: text/html; charset=utf-8", "<html><body>" + _crlf(cda)),
    "no type at all": lambda cda: ("Content-Transfer-Encoding: base64", _lines(cda)),
    "a senseless type": lambda cda: ("Content-Type: xml\nContent-Transfer-Encoding: base64", _lines(cda)),
    "a type given twice": lambda cda: (
        "Content-Type: text/plain\nContent-Type: text/xml\nContent-Transfer-Encoding: base64", _lines(cda),
    ),
    "an encoding given twice": lambda cda: (
        "Content-Type: text/xml\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit", _lines(cda),
    ),
    "an encoding given twice, the other first": lambda cda: (
        "Content-Type: text/xml\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64", _lines(cda),
    ),
    "a misspelt encoding": lambda cda: ("Content-Type: text/xml\nContent-Transfer-Encoding: base-64", _lines(cda)),
    "an encoding that is not undone": lambda cda: (
        "Content-Type: application/xml\nContent-Transfer-Encoding: x-gzip64", _lines(cda),
    ),
    "an alternative": lambda cda: _multipart(_WORDS, _part(_XML, _lines(cda)), subtype="alternative"),
    "a picture of the text": lambda cda: _multipart(
        _WORDS, _part("Content-Type: image/png\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64", _lines(cda)),
        subtype="related",
    ),
    "a forwarded message": lambda cda: _multipart(
        _WORDS, _part("Content-Type: message/rfc822", f"Subject: x\r\n{_XML}\r\n\r\n{_lines(cda)}")
    ),
    "a forwarded message with an archive": lambda cda: _multipart(
        _WORDS,
        _part(
            "Content-Type: message/rfc822",
            "Subject: x\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + _lines(zip_in_zip(cda, 2)),
        ),
    ),
    "a message in base64": lambda cda: _multipart(
        _WORDS,
        _part(
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
            _lines(f"Subject: x\r\n{_XML}\r\n\r\n{_lines(cda)}".encode()),
        ),
    ),
    "part of a message": lambda cda: _multipart(
        _WORDS,
        _part("Content-Type: message/partial; number=1; total=1; id=a", f"Subject: x\r\n{_XML}\r\n\r\n{_lines(cda)}"),
    ),
    "a digest": lambda cda: _multipart(
        f"--b\r\n\r\nSubject: x\r\n{_XML}\r\n\r\n{_lines(cda)}\r\n", subtype="digest"
    ),
    "a report": lambda cda: _multipart(
        _WORDS, _part("Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64", _lines(cda)),
        subtype="report",
    ),
    "a multipart without a boundary": lambda cda: ("Content-Type: multipart/mixed", _crlf(cda)),
    "a multipart whose boundary never comes": lambda cda: (
        "Content-Type: multipart/mixed; boundary=c\nContent-Transfer-Encoding: base64", _lines(cda),
    ),
    "a part that never ends": lambda cda: ("Content-Type: multipart/mixed; boundary=b", _part(_XML, _lines(cda))),
    "a part behind the end of an inner multipart": lambda cda: _multipart(
        _part("Content-Type: multipart/mixed; boundary=c", "--c\r\n\r\nBonjour\r\n--c--"), _part(_XML, _lines(cda))
    ),
    "quoted-printable": lambda cda: (
        "Content-Type: text/plain; name=a.txt\nContent-Transfer-Encoding: quoted-printable",
        "".join(f"={octet:02X}" + "=\r\n" * (n % 25 == 24) for n, octet in enumerate(cda)),
    ),
}  # fmt: skip


def _crlf(data: bytes) -> str:
    return data.decode().replace("\n", "").replace("><", ">\r\n<")


def _message(patient: Patient, shape: tuple[str, str]) -> bytes:
    fields, body = shape
    return raw_letter(
        f"From: <{LILAS}>\nTo: <{patient.address}>\nSubject: Bilan\nMessage-ID: <{id(shape):x}@labo.example>\n"
        f"Date: Mon, 05 Jan 2026 09:30:00 +0100\nMIME-Version: 1.0\n{fields}",
        body,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_document_of_another_patient_is_never_seen_whatever_part_it_is(site: GatewaySite, shape: str) -> None:
    patient, other = site.new_patients(2)
    report = laboratory_report(a_report_on(other))
    answer = relay(site, LILAS, patient.address, _message(patient, SHAPES[shape](report)))
    site.settle()
    assert answer.status in {"250 2.0.0", "550 5.6.0"}
    assert site.seen_by(patient) == NOTHING


@pytest.mark.parametrize(
    "fields",
    [
        'Content-Type: multipart/mixed boundary="b"',
        "Content-Type: multipart/mixed; boundary=c",
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b",
    ],
)
def test_result_that_a_broken_structure_hides_is_refused_with_the_reason(site: GatewaySite, fields: str) -> None:
    patient = site.new_patient()
    part = _part("Content-Type: application/zip; name=IHE_XDM.zip\r\nContent-Transfer-Encoding: base64", _lines(
        xdm_archive([Submitted(name="D.XML", data=laboratory_report(a_report_on(patient)))], claimed(patient.identity))
    ))  # fmt: skip
    _, body = _multipart(_WORDS, part)
    answer = relay(site, LILAS, patient.address, _message(patient, (fields, body)))
    assert (answer.status, "MIME" in answer.text) == ("550 5.6.0", True)
    assert site.seen_by(patient) == NOTHING


def test_subject_that_announces_a_document_needs_one(site: GatewaySite) -> None:
    patient = site.new_patient()
    raw = _message(patient, ("Content-Type: text/plain", "Bonjour.\r\n"))
    announced = raw.replace(b"Subject: Bilan", b"Subject: XDM/1.0/DDM+Bilan")
    answer = relay(site, LILAS, patient.address, announced)
    assert (answer.status, "XDM/1.0/DDM" in answer.text) == ("550 5.6.0", True)
    assert site.seen_by(patient) == NOTHING


def test_program_under_any_name_is_refused(site: GatewaySite) -> None:
    patient = site.new_patient()
    part = _part("Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64", _lines(b"MZ" + bytes(90)))
    answer = relay(site, LILAS, patient.address, _message(patient, _multipart(_WORDS, part)))
    assert (answer.status, "macros" in answer.text) == ("550 5.7.1", True)
    assert site.seen_by(patient) == NOTHING


def test_pdf_that_a_submission_describes_for_another_patient_is_never_seen(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    archive = xdm_archive(
        [Submitted(name="CR.PDF", data=pdf_page(["x"]), media_type="application/pdf")], claimed(other.identity)
    )
    part = _part("Content-Type: application/zip\r\nContent-Transfer-Encoding: base64", _lines(archive))
    relay(site, LILAS, patient.address, _message(patient, _multipart(_WORDS, part)))
    site.settle()
    assert site.seen_by(patient) == NOTHING
