"""By what a professional acts in a patient's space, and how far their reading budget is used."""

from datetime import datetime

from gateway.domain.access import Actor
from gateway.policy.access.facts import CodeAccess, Consent, Emergency, Readings
from gateway.policy.facts import Unknown
from gateway.ports.store import Tx
from gateway.services.access.patient_choices import consent_for


def professional_title_of(tx: Tx, actor: Actor, _at: datetime) -> Consent | CodeAccess | Emergency | Unknown | None:
    """Give what lets a professional in: the patient's standing consent."""
    return consent_for(tx, actor)


def readings_of(_tx: Tx, _actor: Actor, _at: datetime) -> Readings:
    """Give how many persons a professional has opened; no face counts them yet."""
    return Readings(opened=1, in_own_exchange=False)
