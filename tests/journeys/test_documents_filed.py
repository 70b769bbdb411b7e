"""What reaches the dossier, in every form in which laboratories send it, and only once."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import aiohttp
import orjson
import pytest

from dossier_bridge.synthetic import claimed, laboratory_report, pdf_page
from gateway.domain.document import DocumentNote
from gateway.domain.dossier import ORIGINAL, PRESENTATION
from gateway.services.sign_in.application_tokens import issue_token
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import (
    BIOLAB,
    LILAS,
    Letter,
    a_report_on,
    archive_of,
    relay,
    relay_connection,
    result_letter,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import GatewaySite, Patient, Seen
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.xdist_group("gateway")
ONE_FILED = Seen(messages=1, documents=1, notices=1)
PDF = pdf_page(["Document inventé"])


def delivered(site: GatewaySite, patient: Patient, sent: Letter) -> Seen:
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    return site.seen_by(patient)


# ---------------------------------------------------------------- forms


def test_result_is_filed_with_its_values_and_shown_with_its_message(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient, pdf=PDF)
    sent = result_letter(LILAS, patient, report)
    assert delivered(site, patient, sent) == ONE_FILED
    (document,), (message,) = site.documents(patient), site.messages(patient.address)
    assert document.identity_verified
    assert document.result_count == len(report.results)
    assert [result.code for result in site.results(patient, document)] == [result.code for result in report.results]
    assert document.glance.examinations == tuple(result.label for result in report.results[:3])
    assert site.file(patient, document, ORIGINAL) == laboratory_report(report)
    assert site.file(patient, document, PRESENTATION) == PDF
    assert (message.message_id, message.sender_name) == (sent.message_id, "Laboratoire des Lilas")
    assert message.subject == sent.subject.removeprefix("XDM/1.0/DDM+")


def test_filed_result_is_acknowledged_by_one_receipt(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient)
    delivered(site, patient, sent)
    (told,) = receipts(site, LILAS, sent.message_id)
    assert disposition(told)["disposition"] == "automatic-action/MDN-sent-automatically; processed"
    assert disposition(told)["original-message-id"] == sent.message_id


def test_filed_result_is_silent_when_no_receipt_was_asked(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient, asks_receipt=False)
    assert delivered(site, patient, sent) == ONE_FILED
    assert receipts(site, LILAS, sent.message_id) == []


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/octet-stream", "IHE_XDM.zip"),
        ("application/octet-stream", "document.bin"),
        ("application/x-zip-compressed", "ihe_xdm.ZIP"),
        ("text/plain", "IHE_XDM.zip"),
    ],
)
def test_archive_is_read_whatever_it_is_called(
    site: GatewaySite, patient: Patient, media_type: str, name: str
) -> None:
    archive = xdm(archive_of(a_report_on(patient)), media_type, name)
    assert delivered(site, patient, with_attachments(LILAS, patient, archive)) == ONE_FILED
    assert site.documents(patient)[0].identity_verified


def test_report_without_an_archive_is_read(site: GatewaySite, patient: Patient) -> None:
    report = laboratory_report(a_report_on(patient))
    assert delivered(site, patient, with_attachments(LILAS, patient, ("cr.xml", "text/xml", report))) == ONE_FILED
    assert site.documents(patient)[0].identity_verified


def test_several_reports_of_one_archive_are_filed_each(site: GatewaySite, patient: Patient) -> None:
    archive = archive_of(a_report_on(patient), a_report_on(patient), a_report_on(patient))
    seen = delivered(site, patient, with_attachments(LILAS, patient, xdm(archive)))
    assert seen == Seen(messages=1, documents=3, notices=1)


def test_pdf_beside_its_report_is_no_second_document(site: GatewaySite, patient: Patient) -> None:
    name = f"20260105_CR-BIO_{patient.identity.traits.birth_name}_{patient.identity.traits.given_names[0]}.pdf"
    sent = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(patient))), (name, "application/pdf", PDF))
    assert delivered(site, patient, sent) == ONE_FILED
    assert site.file(patient, site.documents(patient)[0], PRESENTATION) == PDF


async def test_pdf_that_nothing_shows_to_be_the_copy_stands_by_its_report_unverified(
    site: GatewaySite, patient: Patient
) -> None:
    report = a_report_on(patient)
    sent = with_attachments(LILAS, patient, xdm(archive_of(report)), ("resultat.pdf", "application/pdf", PDF))
    assert delivered(site, patient, sent) == ONE_FILED
    (document,) = site.documents(patient)
    assert (document.identity_verified, site.file(patient, document, PRESENTATION)) == (True, None)
    assert site.file(patient, document, "joined-1") == PDF
    async with signed_in(site, patient) as browser:
        page = await browser.get(f"/documents/{document.id:x}")
        assert "Joint au même message, identité non vérifiée" in page
        assert await browser.file(f"/documents/{document.id:x}/fichiers/joined-1") == ("application/pdf", PDF)
    assert (await by_program(site, patient, document.id))[0] == "text/xml"


def test_bare_pdf_is_visible_at_once_and_filed_unverified(site: GatewaySite, patient: Patient) -> None:
    pdf = pdf_page([patient.address])
    sent = with_attachments(LILAS, patient, ("Courrier.pdf", "application/pdf", pdf), asks_receipt=False)
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    assert site.messages(patient.address)[0].message_id == sent.message_id  # before anything follows
    site.settle()
    assert site.seen_by(patient) == ONE_FILED
    (document,) = site.documents(patient)
    assert not document.identity_verified
    assert DocumentNote.IDENTITY_UNVERIFIED in document.entry.notes
    assert site.file(patient, document, ORIGINAL) == pdf


_PIXELS = bytes(range(256))
PICTURES = {"image/jpeg": b"\xff\xd8\xff\xe0" + _PIXELS, "image/png": b"\x89PNG\r\n\x1a\n" + _PIXELS}


@pytest.mark.parametrize("media_type", PICTURES)
async def test_picture_comes_from_smtp_into_the_record_and_is_read_there(
    site: GatewaySite, patient: Patient, media_type: str
) -> None:
    data, name = PICTURES[media_type], f"ordonnance.{media_type.partition('/')[2]}"
    sent = with_attachments(LILAS, patient, (name, media_type, data))
    assert delivered(site, patient, sent) == ONE_FILED
    (told,), (document,) = receipts(site, LILAS, sent.message_id), site.documents(patient)
    assert disposition(told)["disposition"].endswith("; processed")
    assert not document.identity_verified
    assert await by_program(site, patient, document.id) == (media_type, data)
    async with signed_in(site, patient) as browser:
        assert f"{document.id:x}" in await browser.get("/documents")
        assert await browser.file(f"/documents/{document.id:x}/fichiers/original") == (media_type, data)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a document"])
def test_picture_that_the_letter_itself_shows_is_no_document(
    site: GatewaySite, patient: Patient, beside: bool
) -> None:
    message = EmailMessage(policy=SMTP)
    for field, value in (("From", LILAS), ("To", patient.address), ("Subject", "Logo"), ("Message-ID", "<logo@x.y>")):
        message[field] = value
    message.set_content("<p>Bonjour.<img src='cid:logo@x.y'></p>", subtype="html")
    message.add_related(PICTURES["image/png"], "image", "png", cid="<logo@x.y>")
    if beside:
        message.add_attachment(PDF, "application", "pdf", filename="Courrier.pdf")
    seen = delivered(site, patient, Letter(message.as_bytes(), "<logo@x.y>", "Logo"))
    assert seen == Seen(messages=1, documents=int(beside), notices=1)


async def by_program(site: GatewaySite, patient: Patient, document: int) -> tuple[str, bytes]:
    """Find the document over FHIR, and give the first file that it names, as type and octets."""
    it, base = site.observer.core, f"https://localhost:{site.ports['web']}/fhir"
    token = site.observer.run(issue_token(it.store, it.clock, site.vault(patient.address), timedelta(hours=1)))
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=False), headers={"Authorization": f"Bearer {token}"}
    ) as client:
        async with client.get(f"{base}/DocumentReference") as answer:
            (entry,) = orjson.loads(await answer.read())["entry"]
        content = entry["resource"]["content"][0]
        assert not any("joined" in one["attachment"]["url"] for one in entry["resource"]["content"])
        assert entry["resource"]["id"] == f"{document:x}"
        async with client.get(content["attachment"]["url"]) as answer:
            return answer.content_type, await answer.read()


def test_outlook_s_winmail_is_delivered_as_it_is(site: GatewaySite, patient: Patient) -> None:
    tnef = b"\x78\x9f\x3e\x22" + bytes(200)
    sent = with_attachments(LILAS, patient, ("winmail.dat", "application/ms-tnef", tnef))
    assert delivered(site, patient, sent) == Seen(messages=1, notices=1)
    assert [file.name for file in site.messages(patient.address)[0].attachments] == ["winmail.dat"]


@pytest.mark.parametrize("name", ["résultat.pdf", "../../evasion.pdf", "C:\\evasion.pdf", "a\u202efdp.txt", ""])
def test_attachment_of_any_name_is_delivered_under_a_safe_one(site: GatewaySite, patient: Patient, name: str) -> None:
    encoded = base64.b64encode(name.encode()).decode()
    sent = with_attachments(LILAS, patient, (f"=?utf-8?b?{encoded}?=", "application/pdf", PDF))
    assert delivered(site, patient, sent).messages == 1
    (shown,) = [file.name for file in site.messages(patient.address)[0].attachments]
    assert not set(shown) & set("/\\:\u202e")


def test_result_of_another_operator_s_laboratory_is_filed(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(BIOLAB, patient, asks_receipt=False)
    assert relay(site, BIOLAB, patient.address, sent.raw, holder=BIOLAB).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == ONE_FILED
    assert site.documents(patient)[0].sender == BIOLAB


# ---------------------------------------------------------------- once


def test_message_sent_twice_is_stored_and_filed_once_and_told_twice(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient)
    assert delivered(site, patient, sent) == ONE_FILED
    assert delivered(site, patient, sent) == ONE_FILED
    assert len(receipts(site, LILAS, sent.message_id)) == 2


def test_message_sent_twice_at_once_is_stored_and_filed_once(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient)
    pair = site.world.senders[LILAS].certificate, site.world.senders[LILAS].key
    with relay_connection(site, pair) as one, relay_connection(site, pair) as other:
        for client in (one, other):
            client.mail(LILAS)
            client.rcpt(patient.address)
            client.putcmd("data")
            assert client.getreply()[0] == 354
        for client in (one, other):
            client.send(sent.raw + b".\r\n")
        assert [client.getreply()[0] for client in (one, other)] == [250, 250]
    site.settle()
    assert site.seen_by(patient) == ONE_FILED


def test_plain_message_sent_twice_is_shown_once(site: GatewaySite, patient: Patient) -> None:
    sent = with_attachments(LILAS, patient, ("Courrier.pdf", "application/pdf", PDF))
    assert delivered(site, patient, sent) == ONE_FILED
    assert delivered(site, patient, sent) == ONE_FILED


def test_client_gone_after_the_dot_changes_nothing(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient)
    pair = site.world.senders[LILAS].certificate, site.world.senders[LILAS].key
    with relay_connection(site, pair) as client:
        client.mail(LILAS)
        client.rcpt(patient.address)
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(sent.raw + b".\r\n")
    assert delivered(site, patient, sent) == ONE_FILED


def test_document_sent_again_in_another_message_is_filed_once(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient)
    assert delivered(site, patient, result_letter(LILAS, patient, report)) == ONE_FILED
    again = result_letter(LILAS, patient, report)
    assert delivered(site, patient, again) == Seen(messages=2, documents=1, notices=2)
    assert len(receipts(site, LILAS, again.message_id)) == 1


def test_same_document_for_two_patients_is_each_one_s_own(site: GatewaySite) -> None:
    one, other = site.new_patients(2)
    first = a_report_on(one)
    assert delivered(site, one, result_letter(LILAS, one, first)) == ONE_FILED
    second = a_report_on(claimed(other.identity), unique_id=first.unique_id, set_id=first.set_id)
    assert delivered(site, other, result_letter(LILAS, other, second)) == ONE_FILED


# ---------------------------------------------------------------- replaced


@pytest.mark.parametrize("order", ["in order", "the new one first"])
def test_replacement_marks_the_old_document(site: GatewaySite, patient: Patient, order: str) -> None:
    old = a_report_on(patient)
    new = a_report_on(patient, set_id=old.set_id, version=2, replaces=old.unique_id)
    reports = (old, new) if order == "in order" else (new, old)
    for report in reports:
        delivered(site, patient, result_letter(LILAS, patient, report))
    filed = {document.entry.unique_id: document for document in site.documents(patient)}
    assert filed[old.unique_id].replaced_by == filed[new.unique_id].id
    assert filed[new.unique_id].replaced_by is None


def test_document_of_another_set_replaces_nothing(site: GatewaySite, patient: Patient) -> None:
    for report in (a_report_on(patient), a_report_on(patient, version=2)):
        delivered(site, patient, result_letter(LILAS, patient, report))
    assert [document.replaced_by for document in site.documents(patient)] == [None, None]


async def test_same_identifier_with_other_octets_is_a_new_version_and_both_are_told(
    site: GatewaySite, patient: Patient
) -> None:
    first = a_report_on(patient)
    second = a_report_on(patient, unique_id=first.unique_id, set_id=first.set_id, title="Compte rendu corrigé")
    for report in (first, second):
        delivered(site, patient, result_letter(LILAS, patient, report))
    old, new = sorted(site.documents(patient), key=lambda document: document.filed_at)
    assert (old.replaced_by, new.replaced_by) == (new.id, None)
    async with signed_in(site, patient) as browser:
        assert f'href="/documents/{new.id:x}">Ouvrir la version corrigée' in await browser.get(f"/documents/{old.id:x}")
        assert f'href="/documents/{old.id:x}">Ouvrir la version remplacée' in await browser.get(
            f"/documents/{new.id:x}"
        )


async def test_correction_by_another_sender_stands_beside_and_each_page_leads_to_the_other(
    site: GatewaySite, patient: Patient
) -> None:
    first = a_report_on(patient)
    other = a_report_on(patient, replaces=first.unique_id)
    delivered(site, patient, result_letter(LILAS, patient, first))
    sent = result_letter(BIOLAB, patient, other)
    assert relay(site, BIOLAB, patient.address, sent.raw, holder=BIOLAB).status == "250 2.0.0"
    site.settle()
    one, two = site.documents(patient)
    assert (one.replaced_by, two.replaced_by) == (None, None)
    async with signed_in(site, patient) as browser:
        for document, beside in ((one, two), (two, one)):
            page = await browser.get(f"/documents/{document.id:x}")
            assert "Un autre expéditeur a envoyé une version différente" in page
            assert f'href="/documents/{beside.id:x}">Ouvrir l’autre version' in page


def test_resend_of_what_was_filed_without_asking_stays_silent(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient, asks_receipt=False)
    for _ in range(2):
        assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
        site.settle()
    assert receipts(site, LILAS, sent.message_id) == []
