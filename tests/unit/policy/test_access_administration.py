"""ACC-17 and ACC-18: who changes a profile for its patient (E15), and who takes a confirmation back (E52)."""

import pytest

from gateway.domain.access import Action, Role, SpacePart
from gateway.policy.access import reasons
from gateway.policy.access.facts import ConfirmationFacts, Consent, Title
from gateway.policy.access.verdict import Ask
from gateway.policy.facts import UNKNOWN, Unknown
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


def taken_back(*, is_theirs: bool = False, is_contested: bool = False, role: Role = Role.PROFESSIONAL,
               title: Title | Unknown | None = CONSENT, responsible: str = "") -> Ask:  # fmt: skip
    facts = ConfirmationFacts(is_theirs=is_theirs, is_contested=is_contested)
    return asked(role, Action.ADD, {"responsible": responsible}, part=PROFILE, title=title, confirmation=facts)


@pytest.mark.parametrize("title", [CONSENT, CODE, EMERGENCY])
@pytest.mark.parametrize("responsible", ["", "Dr Claire"])
def test_acc_18_permits_whoever_gave_it_and_anybody_when_the_patient_contests_it(
    title: Title, responsible: str
) -> None:
    assert said("ACC-18", taken_back(is_theirs=True, title=title, responsible=responsible)) is None
    assert said("ACC-18", taken_back(is_contested=True, title=title, responsible=responsible)) is None


def test_acc_18_permits_who_keeps_the_profile_and_refuses_their_delegate() -> None:
    assert said("ACC-18", taken_back(title=ENTRUSTED)) is None
    delegate = taken_back(title=ENTRUSTED, responsible="Dr Claire")
    assert refuses(said("ACC-18", delegate), reasons.NOT_THEIR_CONFIRMATION)


@pytest.mark.parametrize("title", [CONSENT, CODE, EMERGENCY, None])
def test_acc_18_refuses_another_professional(title: Title | None) -> None:
    assert refuses(said("ACC-18", taken_back(title=title)), reasons.NOT_THEIR_CONFIRMATION)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROFESSIONAL])
def test_acc_18_refuses_whoever_is_no_professional_even_when_it_is_contested(role: Role) -> None:
    ask = taken_back(is_theirs=True, is_contested=True, role=role, title=ENTRUSTED)
    assert refuses(said("ACC-18", ask), reasons.NOT_THEIR_CONFIRMATION)


def test_acc_18_defers_when_it_is_not_known_who_confirmed_or_who_keeps_the_profile() -> None:
    ask = asked(Role.PROFESSIONAL, Action.ADD, part=PROFILE, confirmation=UNKNOWN)
    assert is_unsure(said("ACC-18", ask), "ACC-18")
    assert is_unsure(said("ACC-18", taken_back(title=UNKNOWN)), "ACC-18")
