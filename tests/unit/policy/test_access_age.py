"""ACC-16: a minor signs in and consents to nothing (E40)."""

from typing import Any

import pytest

from gateway.domain.access import Action, Role, SpacePart
from gateway.policy.access import reasons
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import asked, is_unsure, refuses, said

RIGHTS: dict[str, Any] = {"part": SpacePart.RIGHTS}


@pytest.mark.parametrize("action", [Action.ADD, Action.CHANGE])
def test_acc_16_permits_consents_of_who_is_old_enough_and_of_representatives(action: Action) -> None:
    assert said("ACC-16", asked(Role.PATIENT, action, **RIGHTS, too_young=False)) is None
    assert said("ACC-16", asked(Role.GUARDIAN, action, **RIGHTS, too_young=True)) is None


@pytest.mark.parametrize("action", [Action.LIST, Action.READ])
def test_acc_16_permits_a_minor_to_read_what_was_chosen_and_to_do_everything_else(action: Action) -> None:
    assert said("ACC-16", asked(Role.PATIENT, action, **RIGHTS, too_young=True)) is None
    assert said("ACC-16", asked(Role.PATIENT, Action.ADD, part=SpacePart.MESSAGES, too_young=True)) is None


@pytest.mark.parametrize("action", [Action.ADD, Action.CHANGE])
def test_acc_16_refuses_consents_of_a_minor(action: Action) -> None:
    assert refuses(said("ACC-16", asked(Role.PATIENT, action, **RIGHTS, too_young=True)), reasons.TOO_YOUNG)


def test_acc_16_defers_when_the_age_is_not_known() -> None:
    assert is_unsure(said("ACC-16", asked(Role.PATIENT, Action.CHANGE, **RIGHTS, too_young=UNKNOWN)), "ACC-16")
