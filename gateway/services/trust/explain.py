"""Say what would happen to a message from one address to another, rule by rule (``pli policy explain``)."""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import VaultKind
from gateway.domain.space import SpaceState
from gateway.domain.verdict import Accept, Verdict
from gateway.policy.facts import (
    Attempts,
    Certificate,
    ConnectionFacts,
    Entrance,
    MailFacts,
    RcptFacts,
    RecipientFacts,
    Tls,
)
from gateway.policy.initiation import accepting_rule
from gateway.policy.settings import PolicySettings
from gateway.policy.stages import INITIATION, TRANSPORT, TRUST, RuleOutcome
from gateway.policy.stages import explain as explain_stage
from gateway.ports.store import Store, Tx
from gateway.services.patient_blocks import blocks
from gateway.services.trust.exchange_state import state_of
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import find_recipient


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict that the sender would get, and what every rule said."""

    verdict: Verdict
    outcomes: tuple[RuleOutcome, ...]


async def explain(
    store: Store,
    trust: TrustFacts,
    settings: PolicySettings,
    sender: MailAddress,
    recipient: MailAddress,
    at: datetime | None = None,
) -> Explanation:
    """Judge with a certificate or sign-in that is right for the sender, as of `at` for the age of the lists.

    A patient writes from the web space, whose messages meet the same rules (`patient_writing`).
    """
    listener, space, laboratory = await store.read(lambda tx: _listener(tx, settings, sender))
    relayed, submitted = listener is Entrance.RELAY, listener is Entrance.SUBMISSION
    connection = ConnectionFacts(
        listener=listener,
        tls=Tls.ADEQUATE,
        certificate=Certificate.VALID if relayed else Certificate.ABSENT,
        peer_domains=frozenset({sender.domain}),
        # A mailbox of a laboratory here sends by the key that is bound to it.
        laboratory=sender if laboratory else None,
        signed_in=sender if submitted else None,
    )
    mail = MailFacts(connection, trust.sources(at), replace(trust.sender(sender), space=space))
    known = await store.read(lambda tx: _recipient(tx, trust, settings, sender, recipient))
    judged = replace(known, attempts=Attempts())
    rcpt = RcptFacts(mail.connection, mail.sources, mail.sender, judged)
    outcomes = (
        *explain_stage(TRANSPORT, mail, settings),
        *explain_stage(TRUST, mail, settings),
        *explain_stage(INITIATION, rcpt, settings),
    )
    first = next((outcome.refusal for outcome in outcomes if outcome.refusal is not None), None)
    return Explanation(first or Accept(accepting_rule(rcpt, settings)), outcomes)


def _listener(tx: Tx, settings: PolicySettings, sender: MailAddress) -> tuple[Entrance, SpaceState | None, bool]:
    """Say where the sender's messages come in, a patient's own space's state, and if it is a laboratory here."""
    found = tx.spaces.resolve(sender)
    if settings.is_patient(sender):
        return Entrance.INTERNAL, tx.spaces.state(found[0]) if found else None, False
    laboratory = found is not None and found[1] is VaultKind.APP
    return Entrance.RELAY if found is None or laboratory else Entrance.SUBMISSION, None, laboratory


def _recipient(
    tx: Tx, trust: TrustFacts, settings: PolicySettings, sender: MailAddress, recipient: MailAddress
) -> RecipientFacts:
    writer = tx.spaces.resolve(sender)
    exchange = state_of(tx, writer[0], recipient) if writer else ExchangeState.NONE
    blocked = blocks(tx, writer[0], trust.names(recipient)) if writer else False
    found = find_recipient(
        tx, recipient, trust, settings, sender=trust.names(sender), exchange=exchange, blocked=blocked
    )
    return found.facts
