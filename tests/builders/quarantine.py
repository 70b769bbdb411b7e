"""What a sender, a patient and the operator see of a message that was kept from its patient."""

from email.message import EmailMessage

from tests.builders.gateway_inbox import receipts
from tests.builders.gateway_mail import LILAS, Letter, relay
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient


def kept_from(site: GatewaySite, patient: Patient, sent: Letter, code: str) -> EmailMessage:
    """Send, and check all that a quarantine is; give the one receipt."""
    before = site.quarantined()
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == NOTHING
    assert site.quarantined() == before + 1
    (told,) = receipts(site, LILAS, sent.message_id)
    assert told["Subject"] == f"[KO Intégration système !][{code}] {sent.subject}"
    assert told["Auto-Submitted"] == "auto-replied"
    return told


def words_of(message: EmailMessage) -> str:
    """Give what a person reads of a receipt."""
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    return str(part.get_content())
