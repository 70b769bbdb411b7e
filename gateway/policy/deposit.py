"""Deposit stage: may who is trusted as a sender also put documents into a record without a message (F99)?

Asked after transport and trust, and before initiation: the depositor is proved and known as a sender by mail is.
"""

from gateway.domain.directory import MailboxKind
from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.policy.facts import UNKNOWN, MailFacts
from gateway.policy.rule import Refusal, Stage, rule
from gateway.policy.settings import PolicySettings

_DEPOSITORS = frozenset({MailboxKind.ORGANISATION, MailboxKind.APPLICATION})


@rule("POL-13")
def depositor_is_an_organisation(facts: MailFacts, _settings: PolicySettings) -> Refusal | None:
    """Let organisations and applications deposit, by a mailbox that is named and listed (F99)."""
    sender, entry = facts.sender.reverse_path, facts.sender.entry
    if sender is None:
        return Reject(reasons.DEPOSITOR_UNNAMED, "no depositor named, none bound to the certificate")
    if entry is UNKNOWN:
        return reasons.not_known("POL-13", "depositor's entry not readable")
    if entry is not None and entry.kind in _DEPOSITORS:
        return None
    return Reject(reasons.DEPOSITOR_KIND, f"kind {entry.kind.value if entry else 'unknown'}")


DEPOSIT = Stage.of("deposit", depositor_is_an_organisation)
