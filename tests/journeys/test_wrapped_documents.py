"""Documents inside other files, sent by real SMTP: filed, refused or kept; ordinary files of letters are delivered.

A document of another patient is never seen, however it is wrapped (features A12).
"""

import re

import pytest

from dossier_bridge.synthetic import laboratory_report
from gateway.domain.dossier import ORIGINAL
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import (
    CLAIRE,
    LILAS,
    Letter,
    a_report_on,
    archive_of,
    relay,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import GatewaySite, Patient, Seen
from tests.builders.patient_browser import conversation_with, signed_in
from tests.builders.quarantine import kept_from, words_of
from tests.builders.wrapped import ORDINARY, READ, REFUSED, Way

pytestmark = pytest.mark.xdist_group("gateway")


def sent_as(way: Way, recipient: Patient, about: Patient) -> Letter:
    """Write a message to one patient that bears a report about another (or the same), wrapped."""
    report = laboratory_report(a_report_on(about))
    return with_attachments(LILAS, recipient, (way.name, way.media_type, way.made(report)))


@pytest.mark.parametrize("way", READ)
def test_wrapped_document_of_another_patient_is_kept_from_the_patient(site: GatewaySite, way: str) -> None:
    patient, other = site.new_patients(2)
    told = kept_from(site, patient, sent_as(READ[way], patient, other), "904")
    assert disposition(told)["error"].startswith("904^")


@pytest.mark.parametrize("way", READ)
def test_wrapped_document_of_the_patient_is_filed(site: GatewaySite, patient: Patient, way: str) -> None:
    sent = sent_as(READ[way], patient, patient)
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
    (document,) = site.documents(patient)
    assert document.identity_verified
    original = site.file(patient, document, ORIGINAL)
    assert original is not None
    assert b"ClinicalDocument" in original.replace(b"\0", b"")
    assert len(receipts(site, LILAS, sent.message_id)) == 1


@pytest.mark.parametrize("way", REFUSED)
def test_file_that_cannot_be_looked_into_is_kept_and_the_sender_told_what_to_do(
    site: GatewaySite, patient: Patient, way: str
) -> None:
    reason, made = REFUSED[way]
    told = kept_from(site, patient, sent_as(made, patient, patient), "906")
    assert reason.sentence in words_of(told)


@pytest.mark.parametrize("way", ORDINARY)
def test_ordinary_file_of_a_letter_is_delivered(site: GatewaySite, patient: Patient, way: str) -> None:
    made, before = ORDINARY[way], site.quarantined()
    # Its subject announces no document: with one, a note would be refused (POL-40).
    raw = re.sub(rb"Subject: [^\r]*(?:\r\n [^\r]*)*", b"Subject: Envoi", sent_as(made, patient, patient).raw)
    assert relay(site, LILAS, patient.address, raw).status == "250 2.0.0"
    site.settle()
    (message,) = site.messages(patient.address)
    assert [file.name for file in message.attachments] == [made.name]
    assert site.quarantined() == before


def test_ordinary_file_that_was_looked_through_is_not_told_as_filed(site: GatewaySite, patient: Patient) -> None:
    sent = sent_as(ORDINARY["Word document"], patient, patient)
    for _ in range(2):
        assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
        site.settle()
    assert site.seen_by(patient) == Seen(messages=1, notices=1)
    # Its subject announces a document: whoever asked is told that there is none, again when it is sent again.
    assert [disposition(told)["error"][:4] for told in receipts(site, LILAS, sent.message_id)] == ["906^"] * 2


async def test_letter_with_an_ordinary_file_is_read_on_the_page_once_it_was_looked_through(site: GatewaySite) -> None:
    patient = site.new_patient()
    made = ORDINARY["Word document"]
    file = (made.name, made.media_type, made.made(b""))
    submit(site, CLAIRE, patient.address, with_attachments(CLAIRE, patient, file).raw)
    site.settle()
    async with signed_in(site, patient) as browser:
        assert made.name in await browser.get(await conversation_with(browser, "Dr Claire Martin"))


def test_wrapped_document_of_another_patient_keeps_the_patient_s_own_beside_it(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    way = READ["zip in a zip"]
    theirs = (way.name, way.media_type, way.made(laboratory_report(a_report_on(other))))
    sent = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(patient))), theirs)
    kept_from(site, patient, sent, "904")
