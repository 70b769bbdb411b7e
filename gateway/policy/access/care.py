"""ACC-15: one switch of the patient hides the whole history of care from everybody else (E78)."""

from gateway.domain.access import Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.domain.mandates import MandateKind
from gateway.policy.access import reasons
from gateway.policy.access.facts import Mandate
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN

_IN_THEIR_PLACE = {MandateKind.MINOR, MandateKind.TUTELLE}


@access_rule("ACC-15")
def care_history_is_shown(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Hide the history of care from all but the patient, or who stands in their place, when they say so (E78)."""
    if ask.facts.part is not SpacePart.CARE_HISTORY or ask.actor.role is Role.PATIENT:
        return None
    title = ask.facts.title
    if isinstance(title, Mandate) and title.kind in _IN_THEIR_PLACE:
        return None
    if ask.facts.care_hidden is UNKNOWN:
        return reasons.not_known("ACC-15", "whether the history is hidden not known")
    return Refuse(reasons.CARE_HIDDEN, "history hidden") if ask.facts.care_hidden else None
