"""Whom the patient of a space has blocked: one question, the same for mail, deposits and records (A3, A9, F77)."""

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Tx


def blocks(tx: Tx, vault: VaultId, names: frozenset[str]) -> bool | Unknown:
    """Say whether the patient has blocked whoever bears any of these names; unknown when the choices do not open."""
    try:
        return tx.patient_choices.get(vault).blocks(names)
    except SealBroken:
        return UNKNOWN
