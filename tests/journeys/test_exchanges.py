"""Who may write to whom, and until when: exchanges opened, ended and reopened by SMTP, answered on the web (A7, A8)."""

import html

import aiohttp
import pytest

from gateway.domain.exchange import ExchangeState
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    PAUL,
    Letter,
    converse,
    letter,
    pair_of,
    raw_letter,
    receipt_of,
    relay,
    relay_connection,
    result_letter,
    submit,
)
from tests.builders.gateway_site import CABINET, GatewaySite, Patient, Seen
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
NONE, OPEN, ENDED = ExchangeState.NONE, ExchangeState.OPEN, ExchangeState.ENDED
CARDIOLOGY = "cardiologie@chu-vallon.mssante.fr"
ANSWER = "Bonjour, je me sens mieux depuis lundi."


def written(site: GatewaySite, sender: str, patient: Patient, subject: str = "", **fields: str) -> Letter:
    """Have a professional write by submission, and let it be accepted."""
    sent = letter(sender, patient.address, subject, **fields)
    assert submit(site, sender, patient.address, sent.raw).status == "250 2.0.0"
    return sent


# ---------------------------------------------------------------- opened


@pytest.mark.parametrize("sender", [CLAIRE, CABINET, CARDIOLOGY])
def test_professional_practice_and_department_open_an_exchange(
    site: GatewaySite, patient: Patient, sender: str
) -> None:
    written(site, sender, patient)
    assert site.exchange(patient, sender) is OPEN
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, exchanges=1, notices=1)


def test_exchange_is_with_the_one_who_wrote_only(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient, Cc=PAUL)
    assert (site.exchange(patient, CLAIRE), site.exchange(patient, PAUL)) == (OPEN, NONE)


@pytest.mark.parametrize("sender", [LILAS, BIOLAB])
def test_automatic_result_opens_nothing(site: GatewaySite, patient: Patient, sender: str) -> None:
    sent = result_letter(sender, patient, asks_receipt=False)
    assert relay(site, sender, patient.address, sent.raw, holder=sender).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
    assert site.messages(patient.address)[0].no_reply


def test_application_with_a_trusted_reply_to_opens_for_that_mailbox(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address, Reply_To=f"<{CARDIOLOGY}>")
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    assert (site.exchange(patient, CARDIOLOGY), site.exchange(patient, LILAS)) == (OPEN, NONE)


@pytest.mark.parametrize("reply_to", ["voisin@gmail.example", BIOLAB, "inconnu@medecin.mssante.fr"])
def test_reply_to_nobody_trusted_opens_nothing(site: GatewaySite, patient: Patient, reply_to: str) -> None:
    sent = letter(LILAS, patient.address, Reply_To=f"<{reply_to}>")
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    assert site.seen_by(patient).exchanges == 0


def test_reply_to_somebody_else_does_not_take_the_sender_s_place(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient, Reply_To=f"<{CABINET}>")
    assert (site.exchange(patient, CABINET), site.exchange(patient, CLAIRE)) == (NONE, OPEN)


def test_absence_reply_opens_nothing(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient, Auto_Submitted="auto-replied")
    assert site.exchange(patient, CLAIRE) is NONE


def test_held_result_of_a_doctor_opens_only_once_it_is_filed(site: GatewaySite, patient: Patient) -> None:
    sent = result_letter(CLAIRE, patient, asks_receipt=False)
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.exchange(patient, CLAIRE) is OPEN


# ---------------------------------------------------------------- ended and reopened


@pytest.mark.parametrize(
    ("subject", "fields"),
    [
        ("[FIN]", {}),
        ("Bonne continuation", {"X_MSS_MES": "FIN"}),
        ("  [FIN] ", {}),
    ],
)
def test_doctor_ends_the_exchange(
    site: GatewaySite, patient: Patient, subject: str, fields: dict[str, str]
) -> None:
    written(site, CLAIRE, patient)
    written(site, PAUL, patient)
    written(site, CLAIRE, patient, subject, **fields)
    assert (site.exchange(patient, CLAIRE), site.exchange(patient, PAUL)) == (ENDED, OPEN)
    assert len(site.messages(patient.address)) == 3


def test_end_may_be_encoded(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient)
    raw = raw_letter(
        f"From: <{CLAIRE}>\nTo: <{patient.address}>\nSubject: =?utf-8?b?W0ZJTl0=?=\nMessage-ID: <fin@x.example>"
    )
    assert submit(site, CLAIRE, patient.address, raw).status == "250 2.0.0"
    assert site.exchange(patient, CLAIRE) is ENDED


@pytest.mark.parametrize("subject", ["Re: [FIN]", "[FIN] du traitement", "[fin]", "FIN"])
def test_subject_that_only_resembles_an_end_ends_nothing(site: GatewaySite, patient: Patient, subject: str) -> None:
    written(site, CLAIRE, patient)
    written(site, CLAIRE, patient, subject)
    assert site.exchange(patient, CLAIRE) is OPEN


def test_writing_again_reopens(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient)
    written(site, CLAIRE, patient, "[FIN]")
    written(site, CLAIRE, patient, "Votre bilan")
    assert site.exchange(patient, CLAIRE) is OPEN


def test_end_sent_twice_ends_once_and_does_not_end_what_came_between(site: GatewaySite, patient: Patient) -> None:
    end = written(site, CLAIRE, patient, "[FIN]")
    written(site, CLAIRE, patient)
    assert submit(site, CLAIRE, patient.address, end.raw).status == "250 2.0.0"
    assert site.exchange(patient, CLAIRE) is OPEN


# ---------------------------------------------------------------- answered


async def test_patient_answers_and_the_doctor_reads_it_by_imap(site: GatewaySite, patient: Patient) -> None:
    sent = written(site, CLAIRE, patient)
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        page = await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": ANSWER})
    assert ANSWER in page
    site.settle()
    (answer,) = mail_with(site, CLAIRE, "In-Reply-To", sent.message_id)
    assert str(answer["From"]).endswith(f"<{patient.address}>")
    assert answer["Subject"] == f"Re: {sent.subject}"
    assert answer.get_content().strip() == ANSWER


async def test_answer_goes_to_the_trusted_reply_to(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address, Reply_To=f"<{CARDIOLOGY}>")
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Laboratoire des Lilas")  # lists are headed by who wrote
        page = await browser.get(path)
        assert "Votre réponse à Cardiologie, CHU du Vallon" in page
        await browser.submit(page, f"{path}/reponse", {"texte": ANSWER})
    site.settle()
    assert len(mail_with(site, CARDIOLOGY, "In-Reply-To", sent.message_id)) == 1
    assert mail_with(site, LILAS, "In-Reply-To", sent.message_id) == []


async def test_patient_reads_who_ended_and_has_no_form(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient)
    written(site, CLAIRE, patient, "[FIN]")
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(await conversation_with(browser, "Dr Claire Martin")))
    assert "Dr Claire Martin a mis fin à vos échanges." in page
    assert "<textarea" not in page


async def test_form_opened_before_the_end_is_refused_after_it(site: GatewaySite, patient: Patient) -> None:
    sent = written(site, CLAIRE, patient)
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        page = await browser.get(path)
        written(site, CLAIRE, patient, "[FIN]")
        with pytest.raises(aiohttp.ClientResponseError) as refused:
            await browser.submit(page, f"{path}/reponse", {"texte": ANSWER})
    assert refused.value.status == 409
    site.settle()
    assert mail_with(site, CLAIRE, "In-Reply-To", sent.message_id) == []


async def test_automatic_result_has_no_form(site: GatewaySite, patient: Patient) -> None:
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).status == "250 2.0.0"
    site.settle()
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Laboratoire des Lilas"))
    assert "<textarea" not in page


async def test_receipt_for_a_patient_s_answer_is_let_in_and_opens_nothing(site: GatewaySite, patient: Patient) -> None:
    sent = written(site, CLAIRE, patient)
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": ANSWER})
    site.settle()
    (answer,) = mail_with(site, CLAIRE, "In-Reply-To", sent.message_id)
    report = receipt_of(BIOLAB, patient.address, str(answer["Message-ID"]))
    with relay_connection(site, pair_of(site, BIOLAB)) as client:
        assert converse(client, "", [patient.address], report).status == "250 2.0.0"
    assert site.exchange(patient, BIOLAB) is NONE
