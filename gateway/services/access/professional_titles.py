"""By what a professional acts in a patient's space, and how far their reading budget is used.

What lets them in stands in the patient's vault: a standing consent, or an opening by code or in an emergency. That the
record was opened today, and its place in the day's count, stands in theirs (`gateway.services.openings`).
"""

from datetime import datetime

from gateway.domain.access import Actor, Role
from gateway.domain.errors import SealBroken
from gateway.domain.local_days import local_day
from gateway.domain.patient_choices import EmergencyConsent
from gateway.domain.record_openings import OpenedBy, RecordOpening, RecordReading
from gateway.policy.access.facts import CodeAccess, Consent, Emergency, EmergencyKind, Readings
from gateway.policy.access.titles import emergency_kind
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Tx
from gateway.services.access.patient_choices import consent_for, emergency_consent


def professional_title_of(tx: Tx, actor: Actor, at: datetime) -> Consent | CodeAccess | Emergency | Unknown | None:
    """Give what lets a professional in: an emergency while it lasts, else a standing consent, else a code.

    An emergency to which the patient no longer consents gives way to what else there is.
    """
    theirs = openings_of(tx, actor, at)
    kind = emergency_kind(actor, tx.access_settings)
    opened = next((one for one in theirs if one.how is OpenedBy(kind.value)), None)
    emergency = emergency_title(tx, actor, kind, opened.ends, opened.reason) if opened else None
    if emergency is not None and emergency.consented is not False:
        return emergency
    consent, by_code = consent_for(tx, actor), [one.ends for one in theirs if one.how is OpenedBy.CODE]
    return consent or (CodeAccess(max(by_code)) if by_code else emergency)


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


def reading_in_force(tx: Tx, actor: Actor, at: datetime) -> RecordReading | None:
    """Give the reading of today by which a record is open to them; of the day before while an emergency lasts.

    Nobody is sent out at midnight who is saving somebody.
    """
    home = actor.counted_in
    if home is None:
        return None
    days = {local_day(at), *(local_day(one.made) for one in openings_of(tx, actor, at) if one.how.is_emergency)}
    readings = (tx.record_openings.reading(home, day, actor.vault) for day in sorted(days, reverse=True))
    return next((one for one in readings if one is not None), None)


def readings_of(tx: Tx, actor: Actor, at: datetime) -> Readings | Unknown | None:
    """Say whether a professional has opened this record today, and whether they were stopped; None when they have not.

    Whoever is in their own mailbox, or no professional, opens no record.
    """
    if actor.role is not Role.PROFESSIONAL or actor.home == actor.vault:
        return Readings(opened=0, in_own_exchange=True)
    if actor.counted_in is None:
        return UNKNOWN
    try:
        state = tx.record_openings.reader_state(actor.counted_in)
        reading = reading_in_force(tx, actor, at)
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
