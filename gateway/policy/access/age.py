"""ACC-16: a minor may sign in and read, and leaves consents to who stands in their place (E40)."""

from gateway.domain.access import Action, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN

_CONSENTING = frozenset({Action.ADD, Action.CHANGE})


@access_rule("ACC-16")
def holder_may_consent(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let a minor sign in, and leave consents to their legal representatives until the age of consent (E40)."""
    if ask.actor.role is not Role.PATIENT or ask.facts.part is not SpacePart.RIGHTS or ask.action not in _CONSENTING:
        return None
    if ask.facts.too_young is UNKNOWN:
        return reasons.not_known("ACC-16", "age not known")
    return Refuse(reasons.TOO_YOUNG, "below the age of consent") if ask.facts.too_young else None
