"""A file that no reader takes is kept back, shown to nobody and told; the rest of its message goes its way (A18)."""

import base64
import re
from email.message import EmailMessage

import aiohttp
import pytest

from dossier_bridge.synthetic import Submitted, laboratory_report, pdf_page, xdm_archive
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient, Seen
from tests.builders.patient_browser import conversation_with, signed_in
from tests.builders.quarantine import kept_from, words_of
from tests.builders.wrapped import zip_of

pytestmark = pytest.mark.xdist_group("gateway")

PDF = ("compte-rendu.pdf", "application/pdf", pdf_page(["Compte rendu de radiographie"]))
HL7 = (
    "resultats.hl7",
    "application/octet-stream",
    b"MSH|^~\\&|LABO|LILAS|PLI|PLI|20261102||ORU^R01|1|P|2.5\rPID|1||1^^^X\rOBX|1|NM|GLU||5\r",
)
HPRIM = (
    "courrier.hpm",
    "text/plain",
    (
        b"12345\r\nDUPONT\r\nJEAN\r\n1 rue\r\n\r\n75001 PARIS\r\n01/01/1950\r\n150017500112345\r\n1\r\n02/11/2026\r\n"
        b"99999\r\n88888\r\n****FIN****\r\n****FINFICHIER****\r\n"
    ),
)
RAR = ("lot.rar", "application/octet-stream", b"Rar!\x1a\x07\x01\x00" + bytes(200))
LOCKED = ("lot.7z", "application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(200))
SIGNED = (
    "smime.p7m", "application/pkcs7-mime", b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + bytes(99)
)  # fmt: skip
ASIDE = {name: (name, kind, data) for name, kind, data in (HL7, HPRIM, RAR, LOCKED, SIGNED)}


def taken(site: GatewaySite, patient: Patient, sent: Letter) -> EmailMessage:
    """Send what is taken in part; give its one receipt."""
    before = site.quarantined()
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.quarantined() == before + 1
    (told,) = receipts(site, LILAS, sent.message_id)
    return told


@pytest.mark.parametrize("name", ASIDE)
async def test_pdf_beside_it_is_filed_and_the_file_named_to_the_sender(
    site: GatewaySite, patient: Patient, name: str
) -> None:
    sent = with_attachments(LILAS, patient, ASIDE[name], PDF)
    told = taken(site, patient, sent)
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
    assert told["Subject"] == f"Intégré en partie : {sent.subject}"
    fields = disposition(told)
    assert fields["disposition"].endswith("; processed/warning")
    assert fields["warning"].startswith(f"906^{name}: ")
    assert "error" not in fields
    assert name in words_of(told)
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
        assert name not in page
        assert "Un fichier joint n’est pas affiché." in page
        assert PDF[0].removesuffix(".pdf") in page


async def test_file_kept_back_is_given_by_no_address(site: GatewaySite, patient: Patient) -> None:
    taken(site, patient, with_attachments(LILAS, patient, PDF, HL7))
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
        (given,) = re.findall(r'href="(/messages/[^"]+/pieces/[^"]+)"', page)
        assert (await browser.file(given))[1] == PDF[2]
        own, _, section = given.rpartition("/")
        with pytest.raises(aiohttp.ClientResponseError, match="404"):
            await browser.file(f"{own}/{int(section) + 1}")


def test_result_that_was_checked_is_filed_beside_it(site: GatewaySite, patient: Patient) -> None:
    sent = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(patient))), HL7)
    taken(site, patient, sent)
    (document,) = site.documents(patient)
    assert document.identity_verified


def test_nothing_else_taken_refuses_the_whole(site: GatewaySite, patient: Patient) -> None:
    told = kept_from(site, patient, with_attachments(LILAS, patient, HL7), "906")
    assert disposition(told)["error"].startswith("906^")


def test_another_patient_s_document_refuses_the_whole(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    sent = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(other))), HL7, PDF)
    kept_from(site, patient, sent, "904")


def test_broken_document_refuses_the_whole(site: GatewaySite, patient: Patient) -> None:
    report = laboratory_report(a_report_on(patient))
    sent = with_attachments(LILAS, patient, ("a.xml", "text/xml", report[: len(report) // 2]), HL7, PDF)
    kept_from(site, patient, sent, "906")


def test_pdf_in_a_zip_is_filed_like_one_that_is_attached(site: GatewaySite, patient: Patient) -> None:
    sent = with_attachments(LILAS, patient, ("envoi.zip", "application/zip", zip_of({"CR/" + PDF[0]: PDF[2]})))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (document,) = site.documents(patient)
    assert (document.entry.title, document.identity_verified) == ("compte-rendu", False)
    assert len(receipts(site, LILAS, sent.message_id)) == 1


async def test_message_that_holds_such_a_file_is_not_given_either(site: GatewaySite, patient: Patient) -> None:
    inner = EmailMessage()
    inner["Subject"] = "Transfert"
    inner.set_content("Voici les fichiers.")
    inner.add_attachment(HL7[2], "application", "octet-stream", filename=HL7[0])
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = LILAS, patient.address, "Transfert"
    outer["Message-ID"], outer["Date"] = "<transfert@labo-lilas.mssante.fr>", "Sat, 28 Nov 2026 10:00:00 +0000"
    outer["Disposition-Notification-To"] = LILAS
    outer.set_content("Bonjour.")
    outer.add_attachment(PDF[2], "application", "pdf", filename=PDF[0])
    outer.add_attachment(inner)
    raw = outer.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert relay(site, LILAS, patient.address, raw).status == "250 2.0.0"
    site.settle()
    assert len(site.documents(patient)) == 1
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
        (given,) = re.findall(r'href="(/messages/[^"]+/pieces/[^"]+)"', page)
        assert (await browser.file(given))[1] == PDF[2]
        own = given.rpartition("/")[0]
        for section in ("3", "3.2"):
            with pytest.raises(aiohttp.ClientResponseError, match="404"):
                await browser.file(f"{own}/{section}")


async def test_file_that_calls_itself_a_picture_of_the_letter_is_not_shown_in_it(
    site: GatewaySite, patient: Patient
) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = LILAS, patient.address, "Images"
    letter["Message-ID"], letter["Date"] = "<images@labo-lilas.mssante.fr>", "Sat, 28 Nov 2026 10:00:00 +0000"
    letter.set_content("Bonjour.")
    letter.add_alternative('<p>Bonjour.</p><img src="cid:a@b">', subtype="html")
    page_of = letter.get_payload(1)
    assert isinstance(page_of, EmailMessage)
    page_of.add_related(HL7[2], "image", "png", cid="<a@b>")
    letter.make_mixed()
    letter.add_attachment(PDF[2], "application", "pdf", filename=PDF[0])
    raw = letter.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert relay(site, LILAS, patient.address, raw).status == "250 2.0.0"
    site.settle()
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
        (frame,) = re.findall(r'src="(/messages/[^"]+/mise-en-forme)"', page)
        shown = await browser.get(frame)
    assert "Bonjour." in shown
    assert base64.b64encode(HL7[2])[:20].decode() not in shown


def mixed(name: str, of: Patient) -> bytes:
    """Make an archive of a report of a patient, and of a file that no reader takes."""
    report = a_report_on(of)
    written = laboratory_report(report)
    submitted = [
        Submitted(name="DOC0001.XML", data=written, unique_id=report.unique_id),
        Submitted(name="DOC0002.HL7", data=HL7[2], unique_id=f"{report.unique_id}.2", media_type="text/plain"),
    ]
    made = {
        "HL7 first": lambda: zip_of({"a.hl7": HL7[2], "b.xml": written}),
        "HL7 last": lambda: zip_of({"a.xml": written, "b.hl7": HL7[2]}),
        "zip in zip": lambda: zip_of({"a.zip": zip_of({"a.7z": LOCKED[2]}), "b.xml": written}),
        "submission": lambda: xdm_archive(submitted, report.patient),
    }
    return made[name]()


MIXED = {
    "HL7 first": "lot.zip/a.hl7", "HL7 last": "lot.zip/b.hl7", "zip in zip": "lot.zip/a.zip/a.7z",
    "submission": "lot.zip/IHE_XDM/SUBSET01/DOC0002.HL7",
}  # fmt: skip
"""Archives of both, and how the sender is told of the file."""


@pytest.mark.parametrize("name", MIXED)
def test_document_beside_it_in_one_archive_is_filed(site: GatewaySite, patient: Patient, name: str) -> None:
    told = taken(
        site, patient, with_attachments(LILAS, patient, ("lot.zip", "application/zip", mixed(name, patient)))
    )
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
    assert site.documents(patient)[0].identity_verified
    assert disposition(told)["warning"].startswith(f"906^{MIXED[name]}: ")


@pytest.mark.parametrize("name", MIXED)
def test_other_patient_s_document_beside_it_in_one_archive_refuses_the_whole(site: GatewaySite, name: str) -> None:
    patient, other = site.new_patients(2)
    archive = ("lot.zip", "application/zip", mixed(name, other))
    kept_from(site, patient, with_attachments(LILAS, patient, archive, PDF), "904")


def test_submission_of_nothing_that_is_read_refuses_the_whole(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    report = a_report_on(other)
    submitted = [Submitted(name="A.HL7", data=HL7[2], unique_id=report.unique_id, media_type="text/plain")]
    archive = ("lot.zip", "application/zip", xdm_archive(submitted, report.patient))
    kept_from(site, patient, with_attachments(LILAS, patient, archive, PDF), "906")


def test_pdf_beside_it_in_one_archive_is_filed_too(site: GatewaySite, patient: Patient) -> None:
    archive = ("lot.zip", "application/zip", zip_of({"a.hl7": HL7[2], "b.pdf": PDF[2] + b"%"}))
    taken(site, patient, with_attachments(LILAS, patient, archive, PDF))
    assert len(site.documents(patient)) == 2


async def test_archive_that_holds_it_is_given_by_no_address(site: GatewaySite, patient: Patient) -> None:
    archive = ("lot.zip", "application/zip", mixed("HL7 last", patient))
    taken(site, patient, with_attachments(LILAS, patient, archive))
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
        assert "lot.zip" not in page
        assert re.findall(r'href="(/messages/[^"]+/pieces/[^"]+)"', page) == []
