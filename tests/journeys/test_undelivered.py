"""A space that closes between RCPT and DATA: its sender is told, once, in the words of the refusal, and nobody else."""

from email.message import EmailMessage

import pytest

from gateway.domain.mailbox import OPERATOR
from gateway.domain.space import SpaceState
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import (
    LILAS,
    PAUL,
    Answer,
    letter,
    pair_of,
    raw_letter,
    relay_connection,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient
from tests.builders.store import move_space

pytestmark = pytest.mark.xdist_group("gateway")
SENTENCE = "Patient non joignable par cette messagerie\N{NO-BREAK SPACE}; remettez le document autrement."
STATES = ["closed", "opposed", "erased"]


def set_state(site: GatewaySite, patient: Patient, state: str) -> None:
    """Change the state of a space beside the server."""
    vault = site.vault(patient.address)
    site.observer.run(site.observer.core.store.write(lambda tx: move_space(tx, vault, SpaceState(state))))


def closed_before_data(
    site: GatewaySite, patient: Patient, sender: str, raw: bytes, state: str = "closed", *, also: str = PAUL
) -> Answer:
    """Have the space change its state after both RCPT were accepted and before the message is sent."""
    with relay_connection(site, pair_of(site, LILAS)) as client:
        assert client.mail(sender)[0] == 250
        assert [client.rcpt(to)[0] for to in (patient.address, also)] == [250, 250]
        set_state(site, patient, state)
        code, text = client.data(raw)
    site.settle()
    return Answer("DATA", code, text.decode())


def reports(site: GatewaySite, sender: str, message_id: str) -> list[EmailMessage]:
    """Give the delivery reports that a mailbox got about a message."""
    return [
        message
        for message in mail_with(site, sender, "In-Reply-To", message_id)
        if message.get_param("report-type") == "delivery-status"
    ]


def status_fields(report: EmailMessage) -> dict[str, str]:
    """Give the fields of the one recipient (RFC 3464 §2.3), names in lower case."""
    part = next(part for part in report.walk() if part.get_content_type() == "message/delivery-status")
    fields = part.get_payload(1)
    assert isinstance(fields, EmailMessage)
    return {name.lower(): str(value) for name, value in fields.items()}


def test_sender_is_told_and_the_other_recipient_has_the_message(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address)
    assert closed_before_data(site, patient, LILAS, sent.raw).status == "250 2.0.0"
    assert site.seen_by(patient) == NOTHING
    assert site.messages(PAUL)[0].message_id == sent.message_id
    (report,) = reports(site, LILAS, sent.message_id)
    assert report["Subject"] == "Message non distribué"
    assert report["Auto-Submitted"] == "auto-replied"
    assert status_fields(report) == {
        "final-recipient": f"rfc822; {patient.address}",
        "action": "failed",
        "status": "5.1.1",
        "diagnostic-code": (
            "smtp; 550 5.1.1 Patient cannot be reached by this service; deliver the document by other means."
        ),
    }
    assert sent.subject in report.as_string()


def test_report_is_the_same_whatever_the_cause_and_gives_the_sentence_of_the_refusal(site: GatewaySite) -> None:
    texts = set()
    for state in STATES:
        patient = site.new_patient()
        sent = letter(LILAS, patient.address)
        closed_before_data(site, patient, LILAS, sent.raw, state)
        (report,) = reports(site, LILAS, sent.message_id)
        body = report.get_body()
        assert isinstance(body, EmailMessage)
        texts.add(body.get_content())
        assert state not in report.as_string()
    (text,) = texts
    assert SENTENCE in text


def test_operator_alone_reads_the_cause(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address)
    closed_before_data(site, patient, LILAS, sent.raw)
    events = site.observer.read(lambda tx: tx.audit.events(OPERATOR))
    assert [(e.outcome, e.detail) for e in events if e.action == "message.undelivered"][:1] == [
        ("POL-24", "space closed or sender blocked since RCPT")
    ]
    assert patient.address not in site.log()


def test_message_sent_again_is_reported_once(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address)
    assert closed_before_data(site, patient, LILAS, sent.raw).status == "250 2.0.0"
    set_state(site, patient, "active")
    assert closed_before_data(site, patient, LILAS, sent.raw).status == "250 2.0.0"
    assert len(reports(site, LILAS, sent.message_id)) == 1
    assert [card.message_id for card in site.messages(PAUL)].count(sent.message_id) == 1


def test_message_to_nobody_else_is_refused_and_not_reported(site: GatewaySite, patient: Patient) -> None:
    sent = letter(LILAS, patient.address)
    with relay_connection(site, pair_of(site, LILAS)) as client:
        client.mail(LILAS)
        client.rcpt(patient.address)
        set_state(site, patient, "closed")
        code, text = client.data(sent.raw)
    site.settle()
    assert (code, text.split()[0]) == (550, b"5.1.1")
    assert reports(site, LILAS, sent.message_id) == []


def test_report_is_never_answered_by_a_report(site: GatewaySite, patient: Patient) -> None:
    raw = raw_letter(
        f"""From: <{LILAS}>
To: <{patient.address}>
Subject: Message non distribue
Message-ID: <rapport.{patient.email}>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
""",
        "--b\r\n\r\nNon.\r\n--b--\r\n",
    )
    assert closed_before_data(site, patient, LILAS, raw).status == "250 2.0.0"
    assert reports(site, LILAS, f"<rapport.{patient.email}>") == []
