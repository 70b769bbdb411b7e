"""ACC-17 and ACC-18: who changes a profile for its patient, and who takes back what a professional confirmed in it."""

from gateway.domain.access import Action, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.facts import Consent, Title
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN, Unknown


@access_rule("ACC-17")
def profile_is_entrusted(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a professional change a profile only when the patient entrusted it to them in person (E15)."""
    is_change = ask.facts.part is SpacePart.PROFILE and ask.action is Action.CHANGE
    if ask.actor.role is not Role.PROFESSIONAL or not is_change:
        return None
    title = ask.facts.title
    if title is UNKNOWN:
        return reasons.not_known("ACC-17", "consents not known")
    if not _is_entrusted(title):
        return Refuse(reasons.NOT_ENTRUSTED, "profile not entrusted to them")
    return Refuse(reasons.NOT_ENTRUSTED, "a delegate") if ask.actor.responsible else None


@access_rule("ACC-18")
def confirmation_is_theirs(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a confirmation be taken back by who gave it, who keeps the profile, or as its patient asks (E23, E52)."""
    confirmed, title = ask.facts.confirmation, ask.facts.title
    if ask.facts.part is not SpacePart.PROFILE or ask.action is not Action.ADD or confirmed is None:
        return None
    if confirmed is UNKNOWN:
        return reasons.not_known("ACC-18", "who confirmed it not known")
    if ask.actor.role is not Role.PROFESSIONAL:
        return Refuse(reasons.NOT_THEIR_CONFIRMATION, "not a professional")
    if confirmed.is_theirs or confirmed.is_contested:
        return None
    if title is UNKNOWN:
        return reasons.not_known("ACC-18", "consents not known")
    keeps = _is_entrusted(title) and not ask.actor.responsible
    return None if keeps else Refuse(reasons.NOT_THEIR_CONFIRMATION, "confirmed by somebody else")


def _is_entrusted(title: Title | Unknown | None) -> bool:
    return isinstance(title, Consent) and title.administers
