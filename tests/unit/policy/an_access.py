"""Accesses that every rule permits, one a role; a test changes the one fact that it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.domain.access import Action, Actor, Audience, PurposeOfUse, Right, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.domain.document import DocumentCategory
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState
from gateway.policy.access.decision import ACCESS, decide_access
from gateway.policy.access.facts import (
    AccessFacts,
    CodeAccess,
    Consent,
    DocumentFacts,
    Emergency,
    EmergencyKind,
    Grant,
    Mandate,
    Office,
    Own,
    Readings,
    Title,
)
from gateway.policy.access.reasons import NOT_KNOWN
from gateway.policy.access.verdict import AccessReason, AccessVerdict, Ask, Objection, Refuse, Unsure

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
CARDIOLOGY, EMERGENCY_ROOM = "750000001", "750000002"
DOCTOR, NURSE = "10", "60"

OWN, CONSENT, CODE, OFFICE = Own(), Consent(), CodeAccess(LATER), Office("demande du patient par téléphone")
MINOR = Mandate(kind=MandateKind.MINOR, accepted=True, ends=LATER)
CARER = Mandate(kind=MandateKind.CARER, accepted=True, ends=LATER)
EMERGENCY = Emergency(
    kind=EmergencyKind.BREAK_GLASS, ends=LATER, reason="inconscient", consented=True, hidden_too=False
)
GRANT = Grant(ends=LATER, scopes=frozenset({Right(SpacePart.DOCUMENTS, Action.READ)}))
TITLES: dict[Role, Title] = {
    Role.PATIENT: OWN,
    Role.GUARDIAN: MINOR,
    Role.CARER: CARER,
    Role.PROFESSIONAL: CONSENT,
    Role.APPLICATION: GRANT,
    Role.AGENT: OFFICE,
    Role.OPERATOR: OFFICE,
    Role.SYSTEM: Office(),
}


def actor(role: Role, **changes: Any) -> Actor:
    """Make an actor; a professional is a doctor of the cardiology department."""
    known: dict[str, Any] = {"account": "a", "vault": VaultId(1), "purpose": PurposeOfUse.PATIENT_REQUEST}
    if role is Role.PROFESSIONAL:
        known |= {"profession": DOCTOR, "organisation_id": CARDIOLOGY, "purpose": PurposeOfUse.TREATMENT}
    return Actor(role=role, **known | changes)


def document(**changes: Any) -> DocumentFacts:
    """Make a document that is hidden from nobody."""
    known: dict[str, Any] = {
        "category": DocumentCategory.BIOLOGY, "hidden_from": Audience.NOBODY, "is_author": False, "choice": None,
    }  # fmt: skip
    return DocumentFacts(**known | changes)


def readings(opened: int = 1, **changes: Any) -> Readings:
    """Make the first reading of a day, of somebody the professional has no exchange with."""
    return Readings(**{"opened": opened, "in_own_exchange": False, **changes})


def facts(role: Role, **changes: Any) -> AccessFacts:
    """Make what is known of a reading that is permitted."""
    known: dict[str, Any] = {
        "part": SpacePart.DOCUMENTS, "now": NOW, "in_force": True, "state": SpaceState.ACTIVE,
        "title": TITLES[role], "blocked": False, "document": document(), "readings": readings(),
        "too_young": False, "confirmation": None,
    }  # fmt: skip
    return AccessFacts(**known | changes)


def asked(role: Role, action: Action = Action.READ, who: dict[str, Any] | None = None, **changes: Any) -> Ask:
    """Make a whole question."""
    return Ask(actor(role, **who or {}), action, facts(role, **changes))


def said(rule_id: str, ask: Ask, settings: AccessSettings | None = None) -> Objection | None:
    """Ask one rule."""
    rule = next(rule for rule in ACCESS if rule.id == rule_id)
    return rule.check(ask, settings or AccessSettings())


def decided(ask: Ask, settings: AccessSettings | None = None) -> AccessVerdict:
    """Ask all rules."""
    return decide_access(ask.actor, ask.action, ask.facts, settings or AccessSettings())


def refuses(objection: AccessVerdict | None, reason: AccessReason) -> bool:
    """Say whether this is a refusal for this reason."""
    return isinstance(objection, Refuse) and objection.reason is reason


def is_unsure(objection: AccessVerdict | None, rule_id: str) -> bool:
    """Say whether this puts off, by this rule."""
    return isinstance(objection, Unsure) and objection.reason is NOT_KNOWN[rule_id]
