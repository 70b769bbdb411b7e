"""ACC-04 to ACC-10: by what each role may act, and the patient's block, which no title overrides."""

from datetime import datetime

from gateway.domain.access import Actor, Role
from gateway.domain.access_settings import AccessSettings
from gateway.domain.mandates import MandateKind
from gateway.policy.access import reasons
from gateway.policy.access.facts import (
    CodeAccess,
    Consent,
    Emergency,
    EmergencyKind,
    Grant,
    Mandate,
    Office,
    Own,
)
from gateway.policy.access.verdict import AccessReason, Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN

_OFFICES = {Role.AGENT, Role.OPERATOR, Role.SYSTEM}


@access_rule("ACC-04")
def patient_is_in_their_own_space(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a patient act in their own space and in no other (F91)."""
    title = ask.facts.title
    if ask.actor.role is not Role.PATIENT:
        return None
    if title is UNKNOWN:
        return reasons.not_known("ACC-04", "owner of the space not known")
    return None if isinstance(title, Own) else Refuse(reasons.NOT_YOUR_SPACE, "not their own space")


@access_rule("ACC-05")
def mandate_is_in_effect(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let guardians and carers act while their mandate lasts; a carer's has an end (A14, A22, E12)."""
    title, role = ask.facts.title, ask.actor.role
    if role not in {Role.GUARDIAN, Role.CARER}:
        return None
    if title is UNKNOWN:
        return reasons.not_known("ACC-05", "mandate not known")
    if not isinstance(title, Mandate) or (title.kind is MandateKind.CARER) is not (role is Role.CARER):
        return Refuse(reasons.NO_MANDATE, "no mandate for this role")
    if not title.accepted:
        return Refuse(reasons.NO_MANDATE, "mandate not accepted, or ended")
    if title.ends is None:
        return Refuse(reasons.NO_MANDATE, "mandate without an end") if role is Role.CARER else None
    return _unless_over(ask, title.ends, reasons.NO_MANDATE)


@access_rule("ACC-06")
def professional_has_consent(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a professional in by standing consent, by a single-use code or in an emergency (A1, F76)."""
    title = ask.facts.title
    if ask.actor.role is not Role.PROFESSIONAL:
        return None
    match title:
        case Own() | Emergency():
            return None
        case Consent() if title.organisation_id and title.organisation_id != ask.actor.organisation_id:
            return Refuse(reasons.NO_CONSENT, "consent to another organisation")
        case Consent():
            return _unless_over(ask, title.ends, reasons.NO_CONSENT) if title.ends else None
        case CodeAccess():
            return _unless_over(ask, title.ends, reasons.NO_CONSENT)
        case _ if title is UNKNOWN:
            return reasons.not_known("ACC-06", "consents not known")
        case _:
            return Refuse(reasons.NO_CONSENT, "no consent")


@access_rule("ACC-07")
def emergency_is_consented(ask: Ask, settings: AccessSettings) -> Objection | None:
    """Require of an emergency access the patient's consent to its kind, a reason and an end (A5, F80)."""
    title = ask.facts.title
    if ask.actor.role is not Role.PROFESSIONAL or not isinstance(title, Emergency):
        return None
    if title.kind is not emergency_kind(ask.actor, settings):
        return Refuse(reasons.NO_EMERGENCY, f"not the kind of emergency of who asks: {title.kind.value}")
    if title.consented is UNKNOWN:
        return reasons.not_known("ACC-07", "emergency consents not known")
    if not title.consented:
        return Refuse(reasons.NO_EMERGENCY, f"no consent to {title.kind.value}")
    if not title.reason.strip():
        return Refuse(reasons.NO_EMERGENCY, "no reason")
    return _unless_over(ask, title.ends, reasons.NO_EMERGENCY)


@access_rule("ACC-08")
def application_is_granted(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let an application act while the patient's grant lasts, on the kinds of documents it names (F74, E25)."""
    title, document = ask.facts.title, ask.facts.document
    if ask.actor.role is not Role.APPLICATION:
        return None
    if title is UNKNOWN:
        return reasons.not_known("ACC-08", "grant not known")
    if not isinstance(title, Grant):
        return Refuse(reasons.NOT_GRANTED, "no grant")
    if title.categories is not None and document is not None:
        if document is UNKNOWN:
            return reasons.not_known("ACC-08", "document not known")
        if document.category not in title.categories:
            return Refuse(reasons.NOT_GRANTED, "not a kind of document of the grant")
    return _unless_over(ask, title.ends, reasons.NOT_GRANTED)


@access_rule("ACC-09")
def service_says_why(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let agents and operators act by their office only, and with a reason (F11, F23)."""
    title, role = ask.facts.title, ask.actor.role
    if role not in _OFFICES:
        return None
    if title is UNKNOWN:
        return reasons.not_known("ACC-09", "office not known")
    if not isinstance(title, Office):
        return Refuse(reasons.NO_OFFICE, "no office")
    said = role is Role.SYSTEM or title.reason.strip()
    return None if said else Refuse(reasons.NO_OFFICE, "no reason")


@access_rule("ACC-10")
def professional_is_not_blocked(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let nobody in whom the patient has blocked, author, consented or in an emergency (A3, F77)."""
    blocked = ask.facts.blocked
    if ask.actor.role is not Role.PROFESSIONAL or isinstance(ask.facts.title, Own):
        return None
    if blocked is UNKNOWN:
        return reasons.not_known("ACC-10", "blocks not known")
    return Refuse(reasons.BLOCKED, "blocked by the patient") if blocked else None


def emergency_kind(actor: Actor, settings: AccessSettings) -> EmergencyKind:
    """Say as whom somebody comes in an emergency: what they act for decides, nobody chooses it (A5)."""
    serves = settings.is_emergency_service(actor.organisation_id)
    return EmergencyKind.SERVICES if serves else EmergencyKind.BREAK_GLASS


def _unless_over(ask: Ask, ends: datetime, reason: AccessReason) -> Refuse | None:
    return None if ask.facts.now < ends else Refuse(reason, "over")
