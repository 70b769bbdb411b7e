"""The one function that says who may do what in a space; web, FHIR, IMAP and exports ask it, and nothing else does."""

from dataclasses import dataclass

from gateway.domain.access import Action, Actor
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access.administration import confirmation_is_theirs, profile_is_entrusted
from gateway.policy.access.age import holder_may_consent
from gateway.policy.access.budget import duties_of, readings_are_within_the_budget
from gateway.policy.access.care import care_history_is_shown
from gateway.policy.access.documents import (
    patient_side_may_read_it,
    profession_reads_this_kind,
    professional_is_shown_it,
)
from gateway.policy.access.facts import AccessFacts
from gateway.policy.access.standing import account_is_in_force, action_belongs_to_the_role, space_can_be_entered
from gateway.policy.access.titles import (
    application_is_granted,
    emergency_is_consented,
    mandate_is_in_effect,
    patient_is_in_their_own_space,
    professional_has_consent,
    professional_is_not_blocked,
    service_says_why,
)
from gateway.policy.access.verdict import AccessVerdict, Ask, Objection, Permit

ACCESS = (
    account_is_in_force,
    space_can_be_entered,
    action_belongs_to_the_role,
    patient_is_in_their_own_space,
    mandate_is_in_effect,
    professional_has_consent,
    emergency_is_consented,
    application_is_granted,
    service_says_why,
    professional_is_not_blocked,
    patient_side_may_read_it,
    professional_is_shown_it,
    profession_reads_this_kind,
    readings_are_within_the_budget,
    care_history_is_shown,
    holder_may_consent,
    profile_is_entrusted,
    confirmation_is_theirs,
)
"""The rules in the order they are asked; the first objection wins."""

_DEFAULT = AccessSettings()


@dataclass(frozen=True, slots=True)
class AccessOutcome:
    """What one rule said; `objection` is None when it had nothing to object."""

    rule: str
    title: str
    objection: Objection | None


def decide_access(
    actor: Actor, action: Action, facts: AccessFacts, settings: AccessSettings = _DEFAULT
) -> AccessVerdict:
    """Permit, refuse, or say that it is not known now."""
    ask = Ask(actor, action, facts)
    for rule in ACCESS:
        objection = rule.check(ask, settings)
        if objection is not None:
            return objection
    return Permit(duties_of(ask))


def explain_access(
    actor: Actor, action: Action, facts: AccessFacts, settings: AccessSettings = _DEFAULT
) -> tuple[AccessOutcome, ...]:
    """Ask every rule, also past the first objection, for ``pli access explain``."""
    ask = Ask(actor, action, facts)
    return tuple(AccessOutcome(rule.id, rule.title, rule.check(ask, settings)) for rule in ACCESS)
