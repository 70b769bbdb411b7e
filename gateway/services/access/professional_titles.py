"""By what a professional acts in a patient's space, and how far their reading budget is used.

What lets them in stands in the patient's vault: a standing consent, or an opening by code or in an emergency. That the
record was opened today, and its place in the day's count, stands in theirs (`gateway.services.openings`).
"""

from datetime import datetime

from gateway.domain.access import Actor, Role
from gateway.domain.errors import SealBroken
from gateway.domain.local_days import local_day
from gateway.domain.patient_choices import EmergencyConsent
from gateway.domain.record_openings import OpenedBy, RecordOpening
from gateway.policy.access.facts import CodeAccess, Consent, Emergency, EmergencyKind, Readings
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Tx
from gateway.services.access.patient_choices import consent_for, emergency_consent


def professional_title_of(tx: Tx, actor: Actor, at: datetime) -> Consent | CodeAccess | Emergency | Unknown | None:
    """Give what lets a professional in: an emergency while it lasts, else a standing consent, else a code."""
    theirs = openings_of(tx, actor, at)
    emergency = next((one for one in theirs if one.how.is_emergency), None)
    if emergency is not None:
        return emergency_title(tx, actor, EmergencyKind(emergency.how.value), emergency.ends, emergency.reason)
    consent, by_code = consent_for(tx, actor), [one.ends for one in theirs if one.how is OpenedBy.CODE]
    return CodeAccess(max(by_code)) if consent is None and by_code else consent


def emergency_title(tx: Tx, actor: Actor, kind: EmergencyKind, ends: datetime, reason: str) -> Emergency:
    """Give an emergency access with what the patient has consented to (A5)."""
    return Emergency(
        kind=kind,
        ends=ends,
        reason=reason,
        consented=emergency_consent(tx, actor.vault, EmergencyConsent(kind.value)),
        hidden_too=emergency_consent(tx, actor.vault, EmergencyConsent.HIDDEN_TOO),
    )


def openings_of(tx: Tx, actor: Actor, at: datetime) -> list[RecordOpening]:
    """List the openings in force of a space that are this professional's."""
    kept = tx.record_openings.openings(actor.vault)
    return [one for one in kept if one.is_in_force(at) and not one.by.isdisjoint(actor.identifiers)]


def readings_of(tx: Tx, actor: Actor, at: datetime) -> Readings | Unknown | None:
    """Say whether a professional has opened this record today, and whether they were stopped; None when they have not.

    Whoever is in their own mailbox, or no professional, opens no record.
    """
    if actor.role is not Role.PROFESSIONAL or actor.home == actor.vault:
        return Readings(opened=0, in_own_exchange=True)
    if actor.home is None:
        return UNKNOWN
    try:
        state = tx.record_openings.reader_state(actor.home)
        reading = tx.record_openings.reading(actor.home, local_day(at), actor.vault)
    except SealBroken:
        return UNKNOWN
    if state is None or reading is None:
        return None
    return Readings(
        opened=0,
        in_own_exchange=reading.in_own_exchange,
        fresh_factor=reading.factor,
        reason=reading.reason,
        lifted_until=state.lifted_until,
        stopped=state.stopped is not None and state.day == local_day(at),
    )
