"""ACC-15: one switch hides the history of care from everybody else (E78)."""

from dataclasses import replace

import pytest

from gateway.domain.access import Role, SpacePart
from gateway.domain.mandates import MandateKind
from gateway.policy.access import reasons
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import CARER, EMERGENCY, MINOR, asked, is_unsure, refuses, said

CARE = SpacePart.CARE_HISTORY
OTHERS = [Role.CARER, Role.PROFESSIONAL, Role.APPLICATION, Role.AGENT]


def test_acc_15_permits_the_patient_and_who_stands_in_their_place_what_is_hidden() -> None:
    assert said("ACC-15", asked(Role.PATIENT, part=CARE, care_hidden=True)) is None
    for kind in (MandateKind.MINOR, MandateKind.TUTELLE):
        title = replace(MINOR, kind=kind)
        assert said("ACC-15", asked(Role.GUARDIAN, part=CARE, care_hidden=True, title=title)) is None


@pytest.mark.parametrize("role", OTHERS)
def test_acc_15_permits_others_what_is_not_hidden_and_every_other_part(role: Role) -> None:
    assert said("ACC-15", asked(role, part=CARE, care_hidden=False)) is None
    assert said("ACC-15", asked(role, part=SpacePart.PROFILE, care_hidden=True)) is None


@pytest.mark.parametrize("role", OTHERS)
def test_acc_15_refuses_everybody_else_what_is_hidden(role: Role) -> None:
    assert refuses(said("ACC-15", asked(role, part=CARE, care_hidden=True)), reasons.CARE_HIDDEN)


def test_acc_15_refuses_a_representative_of_a_lesser_measure_and_an_emergency() -> None:
    assisted = replace(CARER, kind=MandateKind.CURATELLE)
    for role, title in ((Role.GUARDIAN, assisted), (Role.PROFESSIONAL, EMERGENCY)):
        assert refuses(said("ACC-15", asked(role, part=CARE, care_hidden=True, title=title)), reasons.CARE_HIDDEN)


def test_acc_15_defers_when_nobody_knows_whether_it_is_hidden() -> None:
    assert is_unsure(said("ACC-15", asked(Role.CARER, part=CARE, care_hidden=UNKNOWN)), "ACC-15")
