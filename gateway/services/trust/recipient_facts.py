"""Facts about a recipient for the policy: the same whether it is named at RCPT, on a page or to `explain`."""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import OPERATOR, VaultId, VaultKind
from gateway.policy.facts import UNKNOWN, RecipientFacts, Unknown
from gateway.policy.settings import PolicySettings
from gateway.ports.store import Tx
from gateway.services.patient_blocks import blocks
from gateway.services.trust.facts import TrustFacts

Resolved: TypeAlias = tuple[VaultId, VaultKind]
"""Whose mailbox an address of ours is."""


@dataclass(frozen=True, slots=True)
class FoundRecipient:
    """A recipient, as the store knows it; `vault` is None for one that has no mailbox here."""

    facts: RecipientFacts
    vault: Resolved | None


def find_recipient(
    tx: Tx,
    recipient: MailAddress,
    trust: TrustFacts,
    settings: PolicySettings,
    *,
    position: int = 1,
    sender: frozenset[str] = frozenset(),
    exchange: ExchangeState | Unknown = UNKNOWN,
    blocked: bool | Unknown = False,
) -> FoundRecipient:
    """Gather what the store and the lists say of a recipient.

    Args:
        tx: the transaction to read in.
        recipient: ours or another operator's.
        trust: says which domains are white-listed.
        settings: names our own domains.
        position: 1 for the first of its envelope.
        sender: names of who writes, for a patient's blocks; none for the null sender, whom nobody can block.
        exchange: where a writing patient stands with them.
        blocked: whether a writing patient has blocked them.
    """
    vault = tx.spaces.resolve(recipient)
    # One path for found and not found: the reads, and so the time, are the same among refusals (A9).
    place = vault[0] if vault else OPERATOR
    state, kept_out = tx.spaces.state(place), blocks(tx, place, sender)
    facts = RecipientFacts(
        address=recipient,
        position=position,
        patient=_patient(recipient, settings),
        space=state if vault else None,
        blocked=kept_out if settings.is_patient(recipient) else blocked,
        mailbox_known=vault is not None and vault[1] is not VaultKind.SPACE and not trust.withdrawn(recipient),
        white_listed=not settings.is_ours(recipient) and trust.white_listed(recipient.domain),
        exchange=exchange,
    )
    return FoundRecipient(facts, vault)


def _patient(address: MailAddress, settings: PolicySettings) -> PatientAddress | None:
    """Read a patient's address; None for another domain, a wrong form or a wrong key."""
    try:
        return PatientAddress.of(address, settings.patient_domain)
    except InvalidValue:
        return None
