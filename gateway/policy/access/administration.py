"""ACC-17: whom a patient entrusts with their profile may change it; every other professional reads it (E15)."""

from gateway.domain.access import Action, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.facts import Consent
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN


@access_rule("ACC-17")
def profile_is_entrusted(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a professional change a profile only when the patient entrusted it to them in person (E15)."""
    is_change = ask.facts.part is SpacePart.PROFILE and ask.action is Action.CHANGE
    if ask.actor.role is not Role.PROFESSIONAL or not is_change:
        return None
    title = ask.facts.title
    if title is UNKNOWN:
        return reasons.not_known("ACC-17", "consents not known")
    if not isinstance(title, Consent) or not title.administers:
        return Refuse(reasons.NOT_ENTRUSTED, "profile not entrusted to them")
    return Refuse(reasons.NOT_ENTRUSTED, "a delegate") if ask.actor.responsible else None
