"""A PDF beside a document that is in the dossier already is not lost with its second coming (A19)."""

import pytest

from dossier_bridge.synthetic import pdf_page
from tests.builders.gateway_mail import BIOLAB, LILAS, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient

pytestmark = pytest.mark.xdist_group("gateway")
LETTER = ("consultation.pdf", "application/pdf", pdf_page(["Lettre de consultation"]))
MARKED = ("N", "INVISIBLE_PATIENT")


def sent(site: GatewaySite, patient: Patient, sender: str, *attachments: tuple[str, str, bytes]) -> list[str]:
    """Send, and give the titles of what is in the dossier then."""
    letter = with_attachments(sender, patient, *attachments)
    assert relay(site, sender, patient.address, letter.raw, holder=sender).status == "250 2.0.0"
    site.settle()
    return sorted(document.entry.title for document in site.documents(patient))


def test_letter_beside_a_result_that_was_filed_before_is_filed_alone(site: GatewaySite, patient: Patient) -> None:
    result = xdm(archive_of(a_report_on(patient)))
    (title,) = sent(site, patient, LILAS, result)
    assert sent(site, patient, BIOLAB, result, LETTER) == sorted([title, "consultation"])
    letter = next(document for document in site.documents(patient) if document.entry.title == "consultation")
    assert not letter.identity_verified


def test_what_came_with_it_the_first_time_is_not_filed_again(site: GatewaySite, patient: Patient) -> None:
    result = xdm(archive_of(a_report_on(patient)))
    assert len(sent(site, patient, LILAS, result, LETTER)) == 1
    assert len(sent(site, patient, LILAS, result, LETTER)) == 1


def test_letter_sent_again_beside_it_is_filed_once(site: GatewaySite, patient: Patient) -> None:
    result = xdm(archive_of(a_report_on(patient)))
    sent(site, patient, LILAS, result)
    assert sent(site, patient, BIOLAB, result, LETTER) == sent(site, patient, BIOLAB, result, LETTER)


def test_copy_that_comes_later_is_filed_alone(site: GatewaySite, patient: Patient) -> None:
    traits = patient.identity.traits
    copy = (f"20260105_CR-BIO_{traits.birth_name}_{traits.given_names[0]}.pdf", "application/pdf", LETTER[2])
    result = xdm(archive_of(a_report_on(patient)))
    (title,) = sent(site, patient, LILAS, result)
    assert sent(site, patient, LILAS, result, copy) == [title, title]


def test_letter_beside_a_withheld_result_is_withheld(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient)
    assert sent(site, patient, LILAS, xdm(archive_of(report, confidentiality=MARKED))) == []
    assert sent(site, patient, BIOLAB, xdm(archive_of(report)), LETTER) == []
