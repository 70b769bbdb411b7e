"""Documents that must not be filed: another patient's, nobody's, unreadable or hostile ones; and each told why.

Such a message is acknowledged, since it is safe, and then kept from the patient as a whole (features A12): nothing
to be seen, no exchange, no notice; one more message under the operator's key; one receipt with the code of STD §1.7.
"""

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.synthetic import Submitted, claimed, laboratory_report, pdf_page, xdm_archive, xdm_metadata, zipped
from gateway.domain.exchange import ExchangeState
from gateway.domain.identity import BirthDate, ClaimedIdentity, Sex
from tests.builders.bad_archives import HOSTILE_ARCHIVES, HOSTILE_XML, archive_with
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import (
    CLAIRE,
    LILAS,
    a_report_on,
    archive_of,
    relay,
    result_letter,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient, Seen
from tests.builders.quarantine import kept_from, words_of

pytestmark = pytest.mark.xdist_group("gateway")
LABELS = {
    "903": "INS absente du document",
    "904": "INS ou etat civil du document differents de ceux du destinataire",
    "905": "INS incomplete dans le document",
    "906": "Document non integre",
}


# ---------------------------------------------------------------- whose document

# What a document claims, made of its true patient and of another one, and the code it is refused with.
CLAIMS: dict[str, tuple[str, Callable[[ClaimedIdentity, ClaimedIdentity], ClaimedIdentity]]] = {
    "another patient": ("904", lambda _, other: other),
    "the number of another patient": ("904", lambda own, other: replace(own, identifiers=other.identifiers)),
    "the numbers of two patients": (
        "904", lambda own, other: replace(own, identifiers=(*own.identifiers, *other.identifiers)),
    ),
    "a number of another root": (
        "904", lambda own, _: replace(own, identifiers=(("1.2.250.1.213.1.4.10", own.identifiers[0][1]),)),
    ),
    "another birth name": ("904", lambda own, _: replace(own, birth_name="TOURVEL")),
    "the right name as used name only": (
        "904", lambda own, _: replace(own, birth_name="TOURVEL", used_name=own.birth_name),
    ),
    "another given name": ("904", lambda own, _: replace(own, given_names=("Odile",))),
    "another sex": ("904", lambda own, _: replace(own, sex=Sex.MALE)),
    "another birth date": ("904", lambda own, _: replace(own, birth_date=BirthDate(1976, 7, 15))),
    "no number": ("903", lambda own, _: replace(own, identifiers=())),
    "a hospital's own number": ("903", lambda own, _: replace(own, identifiers=(("1.2.250.1.999.3", "IPP12"),))),
    "no birth name": ("905", lambda own, _: replace(own, birth_name="")),
    "no given name": ("905", lambda own, _: replace(own, given_names=())),
    "no birth date": ("905", lambda own, _: replace(own, birth_date=None)),
    "no sex": ("905", lambda own, _: replace(own, sex=None)),
}  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_document_of_anybody_else_is_kept_from_the_patient(site: GatewaySite, claim: str) -> None:
    patient, other = site.new_patients(2)
    code, made = CLAIMS[claim]
    who = made(claimed(patient.identity), claimed(other.identity))
    sent = result_letter(LILAS, patient, a_report_on(who))
    told = disposition(kept_from(site, patient, sent, code))
    assert told["disposition"] == "automatic-action/MDN-sent-automatically; processed/error"
    assert told["error"].startswith(f"{code}^{LABELS[code]}")
    assert told["original-message-id"] == sent.message_id
    assert site.seen_by(other) == NOTHING


def test_sender_is_told_what_differs_in_kind_and_never_the_values(site: GatewaySite) -> None:
    patient = site.new_patient()
    who = replace(claimed(patient.identity), birth_date=BirthDate(1976, 7, 15), sex=Sex.MALE)
    told = kept_from(site, patient, result_letter(LILAS, patient, a_report_on(who)), "904")
    assert "Ce qui diffère\N{NO-BREAK SPACE}: sexe, date de naissance." in words_of(told)
    assert disposition(told)["error"].endswith("Ce qui differe : sexe, date de naissance.")
    assert "1976" not in words_of(told)


def test_receipt_of_a_bare_pdf_says_that_nobody_checked_its_patient(site: GatewaySite) -> None:
    patient = site.new_patient()
    sent = with_attachments(LILAS, patient, ("resultat.pdf", "application/pdf", pdf_page(["x"])))
    relay(site, LILAS, patient.address, sent.raw)
    site.settle()
    (told,) = receipts(site, LILAS, sent.message_id)
    assert "Identité non vérifiée" in words_of(told)


def test_result_that_is_not_found_in_what_is_attached_gets_its_receipt(site: GatewaySite) -> None:
    patient = site.new_patient()
    sent = with_attachments(LILAS, patient, ("dessin.svg", "image/svg+xml", b"<svg/>"))
    relay(site, LILAS, patient.address, sent.raw)
    site.settle()
    (told,) = receipts(site, LILAS, sent.message_id)
    assert disposition(told)["error"].startswith("906^")
    assert site.seen_by(patient).messages == 1


def test_refusal_without_a_receipt_asked_returns_the_original(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    sent = result_letter(LILAS, patient, a_report_on(other), asks_receipt=False)
    told = kept_from(site, patient, sent, "904")
    assert told.get_content_type() == "multipart/mixed"
    assert "Motif\N{NO-BREAK SPACE}: 904 — INS ou état civil du document différents" in words_of(told)
    (original,) = [part for part in told.walk() if part.get_content_type() == "message/rfc822"]
    assert sent.message_id in original.as_string()


def test_one_document_of_another_patient_keeps_the_whole_message(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    files = [xdm(archive_of(a_report_on(patient))), xdm(archive_of(a_report_on(other)), name="IHE_XDM2.zip")]
    kept_from(site, patient, with_attachments(LILAS, patient, *files), "904")


def test_archive_of_two_patients_is_refused(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    ours, theirs = a_report_on(patient), a_report_on(other)
    one, two = (
        Submitted(name=f"{number}.XML", data=laboratory_report(report), unique_id=report.unique_id)
        for number, report in enumerate([ours, theirs])
    )
    folder = "IHE_XDM/SUBSET0"
    archive = zipped({
        f"{folder}1/METADATA.XML": xdm_metadata([one], ours.patient), f"{folder}1/0.XML": one.data,
        f"{folder}2/METADATA.XML": xdm_metadata([two], theirs.patient), f"{folder}2/1.XML": two.data,
    })  # fmt: skip
    told = kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive)), "904")
    assert FaultReason.TWO_PATIENTS.sentence in words_of(told)


def test_same_file_said_to_be_of_two_patients_is_refused(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    file = Submitted(name="CR.PDF", data=pdf_page(["Document inventé"]), media_type="application/pdf")
    archives = [xdm_archive([file], claimed(who.identity)) for who in (patient, other)]
    files = [xdm(data, name=f"IHE_XDM{number}.zip") for number, data in enumerate(archives)]
    kept_from(site, patient, with_attachments(LILAS, patient, *files), "904")


@pytest.mark.parametrize("lying", ["document", "metadata"])
def test_metadata_and_document_must_name_the_same_patient(site: GatewaySite, lying: str) -> None:
    patient, other = site.new_patients(2)
    inside, outside = (other, patient) if lying == "document" else (patient, other)
    report = a_report_on(inside)
    file = Submitted(name="DOC0001.XML", data=laboratory_report(report), unique_id=report.unique_id)
    archive = xdm_archive([file], claimed(outside.identity))
    kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive)), "904")


def test_pdf_beside_a_refused_document_is_kept_too(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    pdf = ("20260105_CR-BIO_X_Y.pdf", "application/pdf", pdf_page(["Document inventé"]))
    sent = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(other))), pdf)
    kept_from(site, patient, sent, "904")


def test_refused_document_of_a_doctor_opens_no_exchange(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    sent = result_letter(CLAIRE, patient, a_report_on(other))
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.exchange(patient, CLAIRE) is ExchangeState.NONE
    assert site.seen_by(patient) == NOTHING
    assert len(receipts(site, CLAIRE, sent.message_id)) == 1


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize("attack", HOSTILE_ARCHIVES)
def test_hostile_archive_is_kept_from_the_patient(site: GatewaySite, attack: str) -> None:
    patient, (reason, made) = site.new_patient(), HOSTILE_ARCHIVES[attack]
    sent = with_attachments(LILAS, patient, xdm(made(a_report_on(patient))))
    told = kept_from(site, patient, sent, "906")
    assert disposition(told)["error"].startswith(f"906^{LABELS['906']}")
    assert reason.sentence in words_of(told)
    assert not list(Path("/tmp").glob("pli-evasion*"))


@pytest.mark.parametrize("attack", HOSTILE_XML)
def test_hostile_xml_is_kept_from_the_patient(site: GatewaySite, attack: str) -> None:
    patient, (reason, change) = site.new_patient(), HOSTILE_XML[attack]
    report = a_report_on(patient)
    archive = archive_with(report, change(laboratory_report(report)))
    told = kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive)), "906")
    assert reason.sentence in words_of(told)
    assert "root:" not in told.as_string()


OLD_CDA = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId extension="POCD_HD000020"/></ClinicalDocument>'


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [
        ("resultat.hl7", "application/hl7-v2", b"MSH|^~\\&|LABO|X|DOSSIER|Y|20260105||ORU^R01|1|P|2.5\r\n"),
        ("resultat.json", "application/fhir+json", b'{"resourceType": "Bundle", "type": "document"}'),
        ("resultat.hpr", "application/x-hprim", b"H|~^\\&|ORU|LABO|\r\n"),
        ("transfert.eml", "application/octet-stream", b"Subject: resultat d'un autre\r\n\r\nBonjour\r\n"),
        ("cda.xml", "text/xml", b'<!DOCTYPE x><ClinicalDocument xmlns="urn:hl7-org:v3"/>'),
    ],
)
def test_clinical_data_that_cannot_be_checked_are_kept_from_the_patient(
    site: GatewaySite, patient: Patient, name: str, media_type: str, data: bytes
) -> None:
    kept_from(site, patient, with_attachments(LILAS, patient, (name, media_type, data)), "906")


def test_version_of_a_document_that_is_not_supported_is_told_apart(site: GatewaySite, patient: Patient) -> None:
    kept_from(site, patient, with_attachments(LILAS, patient, ("ancien.xml", "text/xml", OLD_CDA)), "900")


def test_nothing_outside_is_fetched_for_a_document(site: GatewaySite, patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as spy:
        spy.setblocking(False)
        place = f"http://localhost:{spy.getsockname()[1]}"
        report = a_report_on(patient)
        good = laboratory_report(report)
        declared = good.replace(b"?>\n", f'?>\n<!DOCTYPE x SYSTEM "{place}/x.dtd">'.encode(), 1)
        kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive_with(report, declared))), "906")
        styled = good.replace(b"?>\n", f'?>\n<?xml-stylesheet type="text/xsl" href="{place}/x.xsl"?>'.encode(), 1)
        sent = with_attachments(LILAS, patient, xdm(archive_with(report, styled)))
        assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
        site.settle()
        assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
        with pytest.raises(BlockingIOError):
            spy.accept()


# ---------------------------------------------------------------- again


def test_refused_message_sent_again_is_kept_once_and_told_twice(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    sent = result_letter(LILAS, patient, a_report_on(other))
    kept_from(site, patient, sent, "904")
    before = site.quarantined()
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == NOTHING
    assert site.quarantined() == before
    assert len(receipts(site, LILAS, sent.message_id)) == 2


def test_corrected_document_is_filed_after_a_refusal(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    kept_from(site, patient, result_letter(LILAS, patient, a_report_on(other)), "904")
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
