"""A professional asks whether their letter was read: the patient opens it, and one receipt arrives (STD §1.7, §2.3)."""

import asyncio
import re
from email.message import EmailMessage

import pytest

from dossier_bridge.synthetic import pdf_page
from tests.builders.gateway_inbox import disposition, mail_with, receipts
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    PAUL,
    Letter,
    converse,
    letter,
    pair_of,
    receipt_of,
    relay,
    relay_connection,
    result_letter,
    submit,
    with_attachments,
)
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import conversation_with, signed_in
from tests.builders.store import newest

pytestmark = pytest.mark.xdist_group("gateway")
DISPLAYED = "manual-action/MDN-sent-automatically; displayed"


def asked(site: GatewaySite, patient: Patient, receipt_to: str = f"<{CLAIRE}>") -> Letter:
    """Have Dr Martin submit a letter that asks for a receipt."""
    sent = letter(CLAIRE, patient.address, Disposition_Notification_To=receipt_to)
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    return sent


async def opened(site: GatewaySite, patient: Patient, name: str = "Dr Claire Martin", times: int = 1) -> None:
    """Have the patient open the letter, several times at once when told."""
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, name)
        await asyncio.gather(*(browser.get(path) for _ in range(times)))
    site.settle()


async def test_doctor_finds_one_receipt_once_the_patient_has_opened_the_letter(
    site: GatewaySite, patient: Patient
) -> None:
    sent = asked(site, patient)
    site.settle()
    assert receipts(site, CLAIRE, sent.message_id) == []
    await opened(site, patient)
    (told,) = receipts(site, CLAIRE, sent.message_id)
    fields = disposition(told)
    assert fields["disposition"] == DISPLAYED
    assert fields["original-message-id"] == sent.message_id
    assert fields["final-recipient"].replace(" ", "") == f"rfc822;{patient.address}".lower()
    assert told["Auto-Submitted"] == "auto-replied"
    assert patient.address.lower() in str(told["From"])
    assert told["Subject"] == f"Lu : {sent.subject}"


async def test_opening_again_and_twice_at_once_tells_once(site: GatewaySite, patient: Patient) -> None:
    sent = asked(site, patient)
    await opened(site, patient, times=2)
    await opened(site, patient)
    assert len(receipts(site, CLAIRE, sent.message_id)) == 1


async def test_html_opened_by_its_own_address_is_an_opening(site: GatewaySite, patient: Patient) -> None:
    message = EmailMessage()
    message.set_content("Bonjour.")
    message.add_alternative("<p>Bonjour.</p>", subtype="html")
    for name, value in (("From", CLAIRE), ("To", patient.address), ("Subject", "Lettre"), ("Message-ID", "<mise@x.y>")):
        message[name] = value
    message["Disposition-Notification-To"] = CLAIRE
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    assert submit(site, CLAIRE, patient.address, raw).status == "250 2.0.0"
    vault = site.vault(patient.address)
    mid = site.observer.read(lambda tx: newest(tx, vault, 1))[0][1].mid
    async with signed_in(site, patient) as browser:
        await browser.get(f"/messages/{mid:x}/mise-en-forme")
        await browser.get(f"/messages/{mid:x}/mise-en-forme")
        assert not re.search("Non lu", await browser.get(f"/messages/{mid:x}"))
    site.settle()
    assert len(receipts(site, CLAIRE, "<mise@x.y>")) == 1


async def test_filed_document_is_told_by_its_filing_only(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(LILAS, patient)
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    await opened(site, patient, "Laboratoire des Lilas")
    (told,) = receipts(site, LILAS, sent.message_id)
    assert disposition(told)["disposition"] == "automatic-action/MDN-sent-automatically; processed"


async def test_bare_pdf_opened_at_once_is_told_by_its_filing_only(site: GatewaySite, patient: Patient) -> None:
    sent = with_attachments(LILAS, patient, ("a.pdf", "application/pdf", pdf_page(["Document inventé"])))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    await opened(site, patient, "Laboratoire des Lilas")
    (told,) = receipts(site, LILAS, sent.message_id)
    assert disposition(told)["disposition"].endswith("; processed")


@pytest.mark.parametrize("receipt_to", [f"<{PAUL}>", "<voisin@gmail.example>", f"<{CLAIRE}>, <{PAUL}>", "Claire"])
async def test_receipt_goes_to_nobody_but_the_trusted_sender(
    site: GatewaySite, patient: Patient, receipt_to: str
) -> None:
    sent = asked(site, patient, receipt_to)
    await opened(site, patient)
    assert receipts(site, CLAIRE, sent.message_id) == receipts(site, PAUL, sent.message_id) == []


async def test_letter_that_asks_nothing_is_read_in_silence(site: GatewaySite, patient: Patient) -> None:
    sent = letter(CLAIRE, patient.address)
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    await opened(site, patient)
    assert receipts(site, CLAIRE, sent.message_id) == []


async def test_report_is_never_answered(site: GatewaySite, patient: Patient) -> None:
    sent = letter(CLAIRE, patient.address)
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": "Merci."})
        site.settle()
        (answer,) = mail_with(site, CLAIRE, "In-Reply-To", sent.message_id)
        report = receipt_of(BIOLAB, patient.address, str(answer["Message-ID"]))
        asking = f"Disposition-Notification-To: <{BIOLAB}>\r\n".encode() + report
        with relay_connection(site, pair_of(site, BIOLAB)) as client:
            assert converse(client, "", [patient.address], asking).status == "250 2.0.0"
        vault = site.vault(patient.address)
        for _, entry, _ in site.observer.read(lambda tx: newest(tx, vault, 9)):
            await browser.get(f"/messages/{entry.thread:x}")
    events = site.observer.read(lambda tx: tx.audit.events(vault))
    assert [event.action for event in events if event.action.startswith("receipt")] == []
