"""A subject that announces a document, and what is attached is none: nobody is told that it arrived (STD §1.4)."""

import io
import zipfile
from collections.abc import Callable

import pytest

from dossier_bridge.synthetic import claimed, pdf_page, xdm_metadata, zipped
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import (
    CLAIRE,
    LILAS,
    PAUL,
    a_report_on,
    archive_of,
    relay,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient

pytestmark = pytest.mark.xdist_group("gateway")

_TEXT = "Résultats en pièce jointe.\r\n".encode()


def _zip(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return written.getvalue()


NOTHING_THAT_COULD_BE_ONE = {
    "a note": ("notes.txt", "text/plain", _TEXT),
    "an appointment": ("rdv.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "a page": ("page.html", "text/html", b"<html><body>Bonjour</body></html>"),
    "an empty file": ("IHE_XDM.txt", "text/plain", b""),
}


@pytest.mark.parametrize("what", NOTHING_THAT_COULD_BE_ONE)
def test_file_that_can_be_no_document_is_refused_at_once(site: GatewaySite, what: str) -> None:
    patient = site.new_patient()
    sent = with_attachments(LILAS, patient, NOTHING_THAT_COULD_BE_ONE[what])
    answer = relay(site, LILAS, patient.address, sent.raw)
    assert (answer.status, "XDM/1.0/DDM" in answer.text) == ("550 5.6.0", True)
    assert site.seen_by(patient) == NOTHING


ARCHIVES: dict[str, Callable[[Patient], bytes]] = {
    "cut in the middle": lambda patient: archive_of(a_report_on(patient))[:1500],
    "no octet of an archive": lambda _: b"PK\x03\x04",
    "an empty file": lambda _: b"",
    "an empty archive": lambda _: _zip(),
    "no metadata and no document": lambda _: _zip(readme__txt=_TEXT),
    "an archive of another name": lambda _: _zip(readme__txt=_TEXT),
    "metadata that describe nothing": lambda patient: zipped(
        {"IHE_XDM/SUBSET01/METADATA.XML": xdm_metadata([], claimed(patient.identity))}
    ),
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_archive_without_a_document_is_answered_with_906(site: GatewaySite, what: str) -> None:
    patient = site.new_patient()
    name = "resultats.zip" if "another name" in what else "IHE_XDM.zip"
    sent = with_attachments(LILAS, patient, xdm(ARCHIVES[what](patient), name=name))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (receipt,) = receipts(site, LILAS, sent.message_id)
    told = disposition(receipt)
    assert told["disposition"] == "automatic-action/MDN-sent-automatically; processed/error"
    assert told["error"].startswith("906^")
    assert site.documents(patient) == []


def test_note_that_is_called_anything_else_is_looked_through_and_answered_with_906(site: GatewaySite) -> None:
    patient = site.new_patient()
    sent = with_attachments(LILAS, patient, ("notes.txt", "application/octet-stream", _TEXT))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (receipt,) = receipts(site, LILAS, sent.message_id)
    assert disposition(receipt)["error"].startswith("906^")


def test_pdf_alone_is_taken_for_the_document_and_said_to_be_unverified(site: GatewaySite) -> None:
    patient = site.new_patient()
    sent = with_attachments(LILAS, patient, ("cr.pdf", "application/pdf", pdf_page("Résultats")))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (receipt,) = receipts(site, LILAS, sent.message_id)
    assert "Identité non vérifiée" in receipt.as_string() or "non v=C3=A9rifi=C3=A9e" in receipt.as_string()
    assert len(site.documents(patient)) == 1


PROGRAMS = {
    "a program without its suffix in a zip": _zip(lisezmoi__txt=_TEXT, photo__jpg=b"MZ\x90\0\x03" + bytes(600)),
    "a program in a zip in a zip": _zip(a__zip=_zip(b__zip=_zip(photo__jpg=b"\x7fELF" + bytes(900)))),
    "a document with macros in a zip": _zip(a__docx=_zip(**{"word/vbaProject.bin": b"x"})),
    "a sheet with macros under a part of another name": _zip(
        xl_data__dat=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000) + "_VBA_PROJECT".encode("utf-16-le")
    ),
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_program_inside_an_archive_is_refused_among_professionals_too(site: GatewaySite, what: str) -> None:
    patient = site.new_patient()
    raw = with_attachments(CLAIRE, patient, ("dossier.zip", "application/zip", PROGRAMS[what])).raw
    answer = submit(site, CLAIRE, PAUL, raw.replace(patient.address.encode(), PAUL.encode()))
    assert (answer.status, "macros" in answer.text) == ("550 5.7.1", True)


def test_ordinary_archive_passes_among_professionals(site: GatewaySite) -> None:
    patient = site.new_patient()
    file = ("dossier.zip", "application/zip", _zip(a__txt=_TEXT, b__pdf=pdf_page("x")))
    raw = with_attachments(CLAIRE, patient, file).raw
    assert submit(site, CLAIRE, PAUL, raw.replace(patient.address.encode(), PAUL.encode())).status == "250 2.0.0"
