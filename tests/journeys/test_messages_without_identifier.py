"""Messages without Message-ID or Date, and blind copies: completed where they are written, kept as sent elsewhere."""

import itertools

import pytest

from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, LILAS, PAUL, raw_letter, relay, submit
from tests.builders.gateway_site import GatewaySite, Patient

pytestmark = pytest.mark.xdist_group("gateway")
_numbers = itertools.count(1)


def _rough(sender: str, recipient: str, more: str = "") -> tuple[bytes, str]:
    subject = f"Sans identifiant {next(_numbers)}"
    return raw_letter(f"From: {sender}\nTo: {recipient}\nSubject: {subject}{more}"), subject


def test_submitted_message_gets_what_it_lacks_and_is_another_each_time(site: GatewaySite) -> None:
    raw, subject = _rough(CLAIRE, PAUL)
    assert [submit(site, CLAIRE, PAUL, raw).status for _ in range(2)] == ["250 2.0.0"] * 2
    site.settle()
    found = mail_with(site, PAUL, "Subject", subject)
    assert len({message["Message-ID"] for message in found}) == 2
    assert all(message["Date"] for message in found)


def test_submitted_message_keeps_what_it_has(site: GatewaySite) -> None:
    raw, subject = _rough(CLAIRE, PAUL, "\nMessage-ID: <a.moi@example.test>\nDate: Mon, 05 Jan 2026 09:30:00 +0100")
    submit(site, CLAIRE, PAUL, raw)
    site.settle()
    (found,) = mail_with(site, PAUL, "Subject", subject)
    assert (found.get_all("Message-ID"), len(found.get_all("Date") or ())) == (["<a.moi@example.test>"], 1)


def test_nobody_reads_of_blind_copies(site: GatewaySite) -> None:
    raw, subject = _rough(CLAIRE, PAUL, f"\nBcc: {CLAIRE},\n {LILAS}\nX-Kept: oui")
    submit(site, CLAIRE, PAUL, raw)
    site.settle()
    (found,) = mail_with(site, PAUL, "Subject", subject)
    assert (found["Bcc"], found["X-Kept"], found.get_content().strip()) == (None, "oui", "Bonjour.")


def test_relayed_message_stays_as_sent_and_is_taken_once(site: GatewaySite, patient: Patient) -> None:
    raw, _ = _rough(LILAS, patient.address)
    answers = [relay(site, LILAS, patient.address, raw) for _ in range(2)]
    site.settle()
    assert [answer.status for answer in answers] == ["250 2.0.0"] * 2
    assert answers[0].text == answers[1].text  # the second names the message that exists
    assert site.seen_by(patient).messages == 1
