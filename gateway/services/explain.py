"""Say what would happen to a message from one address to another, rule by rule (``pli policy explain``)."""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultKind
from gateway.domain.verdict import Verdict
from gateway.policy.chain import INITIATION, TRANSPORT, TRUST, Outcome, decide
from gateway.policy.chain import explain as explain_stage
from gateway.policy.facts import (
    Attempts,
    Certificate,
    ConnectionFacts,
    Listener,
    MailFacts,
    RcptFacts,
    RecipientFacts,
    Tls,
)
from gateway.policy.settings import PolicySettings
from gateway.ports import Store, Tx
from gateway.services.trust import TrustFacts


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict that the sender would get, and what every rule said."""

    verdict: Verdict
    outcomes: tuple[Outcome, ...]


async def explain(
    store: Store,
    trust: TrustFacts,
    settings: PolicySettings,
    sender: MailAddress,
    recipient: MailAddress,
    at: datetime | None = None,
) -> Explanation:
    """Judge with a certificate or sign-in that is right for the sender, as of `at` for the age of the lists."""
    local = await store.read(lambda tx: tx.spaces.resolve(sender))
    submitted = local is not None and local[1] not in (VaultKind.SPACE, VaultKind.APP)
    connection = ConnectionFacts(
        Listener.SUBMISSION if submitted else Listener.RELAY,
        Tls.ADEQUATE,
        Certificate.ABSENT if submitted else Certificate.VALID,
        peer_domains=frozenset({sender.domain}),
        signed_in=sender if submitted else None,
    )
    mail = MailFacts(connection, trust.sources(at), trust.sender(sender))
    known = await store.read(lambda tx: _recipient(tx, settings, recipient))
    judged = replace(known, attempts=Attempts(), white_listed=trust.white_listed(recipient.domain))
    rcpt = RcptFacts(mail.connection, mail.sources, mail.sender, judged)
    outcomes = (
        *explain_stage(TRANSPORT, mail, settings),
        *explain_stage(TRUST, mail, settings),
        *explain_stage(INITIATION, rcpt, settings),
    )
    first = next((outcome.refusal for outcome in outcomes if outcome.refusal is not None), None)
    return Explanation(first or decide(INITIATION, rcpt, settings), outcomes)


def _recipient(tx: Tx, settings: PolicySettings, recipient: MailAddress) -> RecipientFacts:
    found = tx.spaces.resolve(recipient)
    patient = None
    if settings.is_patient(recipient):
        try:
            patient = PatientAddress.of(recipient, settings.patient_domain)
        except InvalidValue:
            patient = None
    return RecipientFacts(
        recipient,
        patient=patient,
        space=tx.spaces.state(found[0]) if found else None,
        blocked=False,
        mailbox_known=found is not None and found[1] is not VaultKind.SPACE,
    )
