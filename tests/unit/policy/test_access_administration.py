"""ACC-17: a professional changes the profile that its patient entrusted to them, and no other (E15)."""

import pytest

from gateway.domain.access import Action, Role, SpacePart
from gateway.policy.access import reasons
from gateway.policy.access.facts import Consent, Title
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import CODE, CONSENT, EMERGENCY, asked, is_unsure, refuses, said

PROFILE = SpacePart.PROFILE
ENTRUSTED = Consent(administers=True)


def test_acc_17_permits_whom_the_patient_entrusted_with_the_profile() -> None:
    ask = asked(Role.PROFESSIONAL, Action.CHANGE, part=PROFILE, title=ENTRUSTED)
    assert said("ACC-17", ask) is None


@pytest.mark.parametrize("action", [Action.LIST, Action.READ, Action.ADD])
def test_acc_17_permits_whoever_reads_confirms_or_sets_a_goal(action: Action) -> None:
    assert said("ACC-17", asked(Role.PROFESSIONAL, action, part=PROFILE)) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROFESSIONAL])
def test_acc_17_permits_everybody_else_what_other_rules_give_them(role: Role) -> None:
    assert said("ACC-17", asked(role, Action.CHANGE, part=PROFILE)) is None


@pytest.mark.parametrize("title", [CONSENT, CODE, EMERGENCY, None])
def test_acc_17_refuses_a_professional_by_any_other_title(title: Title | None) -> None:
    ask = asked(Role.PROFESSIONAL, Action.CHANGE, part=PROFILE, title=title)
    assert refuses(said("ACC-17", ask), reasons.NOT_ENTRUSTED)


def test_acc_17_refuses_a_delegate_of_whom_was_entrusted() -> None:
    ask = asked(Role.PROFESSIONAL, Action.CHANGE, part=PROFILE, title=ENTRUSTED, who={"responsible": "Dr Claire"})
    assert refuses(said("ACC-17", ask), reasons.NOT_ENTRUSTED)


def test_acc_17_defers_when_choices_are_not_known() -> None:
    assert is_unsure(said("ACC-17", asked(Role.PROFESSIONAL, Action.CHANGE, part=PROFILE, title=UNKNOWN)), "ACC-17")
