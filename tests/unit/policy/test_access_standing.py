"""ACC-01 to ACC-03: accounts in force, spaces that can be entered, and what belongs to a role."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.access import Action, Right, Role, SpacePart
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState
from gateway.policy.access import reasons
from gateway.policy.access.facts import Title
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import CARER, EMERGENCY, GRANT, MINOR, OWN, asked, is_unsure, refuses, said

P, A = SpacePart, Action
PEOPLE = {Role.PATIENT, Role.GUARDIAN, Role.CARER, Role.APPLICATION}
SERVICE = {Role.AGENT, Role.OPERATOR, Role.SYSTEM}
ENTERED = {
    SpaceState.CREATED: SERVICE,
    SpaceState.NOTIFIED: SERVICE,
    SpaceState.OPEN: SERVICE | {Role.PROFESSIONAL},
    SpaceState.ACTIVE: set(Role),
    SpaceState.SUSPENDED: SERVICE,
    SpaceState.OPPOSED: SERVICE,
    SpaceState.CLOSED: SERVICE,
    SpaceState.DECEASED: SERVICE,
    SpaceState.ERASED: set(),
}
NONE, READING, MOST = "", "list read", "list read add change"
HOLDER = {
    P.DOCUMENTS: f"{MOST} export", P.MESSAGES: f"{MOST} export", P.PROFILE: f"{MOST} export",
    P.AGENDA: f"{MOST} export", P.TRACE: f"{READING} export", P.RIGHTS: MOST, P.SIGN_IN: "read add change",
    P.SPACE: "read change export close", P.CARE_HISTORY: f"{READING} change export",
}  # fmt: skip
BELONGS = {
    Role.PATIENT: HOLDER,
    Role.GUARDIAN: HOLDER,
    Role.CARER: {
        P.DOCUMENTS: MOST, P.MESSAGES: MOST, P.PROFILE: MOST, P.AGENDA: MOST, P.TRACE: READING, P.CARE_HISTORY: READING,
    },
    Role.PROFESSIONAL: {
        P.DOCUMENTS: f"{READING} add", P.PROFILE: MOST, P.AGENDA: "add", P.CARE_HISTORY: READING,
    },
    Role.APPLICATION: {
        P.DOCUMENTS: f"{READING} add", P.MESSAGES: f"{READING} add", P.PROFILE: f"{READING} add",
        P.AGENDA: f"{READING} add",
    },
    Role.AGENT: {P.SPACE: "read change", P.SIGN_IN: "add"},
    Role.OPERATOR: {P.SPACE: f"{READING} change close", P.SIGN_IN: "change"},
    Role.SYSTEM: {P.DOCUMENTS: "add change", P.MESSAGES: "add", P.AGENDA: "add", P.SPACE: "read change close"},
}  # fmt: skip
EVERYTHING = frozenset(Right(part, action) for part in SpacePart for action in Action)


@pytest.mark.parametrize("role", Role)
def test_acc_01_permits_an_account_in_force(role: Role) -> None:
    assert said("ACC-01", asked(role)) is None


@pytest.mark.parametrize("role", Role)
def test_acc_01_refuses_a_leaver(role: Role) -> None:
    assert refuses(said("ACC-01", asked(role, in_force=False)), reasons.NOT_IN_FORCE)


def test_acc_01_defers_when_the_standing_is_not_known() -> None:
    assert is_unsure(said("ACC-01", asked(Role.PROFESSIONAL, in_force=UNKNOWN)), "ACC-01")


@pytest.mark.parametrize(
    ("state", "role"), [(state, role) for state in SpaceState for role in Role if role in ENTERED[state]]
)
def test_acc_02_permits_whom_the_state_of_the_space_lets_in(state: SpaceState, role: Role) -> None:
    assert said("ACC-02", asked(role, state=state)) is None


@pytest.mark.parametrize(
    ("state", "role"), [(state, role) for state in SpaceState for role in Role if role not in ENTERED[state]]
)
def test_acc_02_refuses_whom_the_state_of_the_space_keeps_out(state: SpaceState, role: Role) -> None:
    assert refuses(said("ACC-02", asked(role, state=state)), reasons.SPACE_NOT_OPEN)


@pytest.mark.parametrize("role", Role)
def test_acc_02_refuses_a_space_that_there_is_not(role: Role) -> None:
    assert refuses(said("ACC-02", asked(role, state=None)), reasons.SPACE_NOT_OPEN)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.GUARDIAN])
@pytest.mark.parametrize("state", [state for state in SpaceState if state is not SpaceState.ERASED])
def test_acc_02_permits_opposing_and_reopening_whatever_the_state(role: Role, state: SpaceState) -> None:
    assert said("ACC-02", asked(role, A.CHANGE, part=P.SPACE, state=state)) is None


def test_acc_02_permits_a_mailbox_which_has_no_state() -> None:
    assert said("ACC-02", asked(Role.PROFESSIONAL, title=OWN, part=P.MESSAGES, state=None)) is None


@pytest.mark.parametrize("role", Role)
def test_acc_02_defers_when_the_state_is_not_known(role: Role) -> None:
    assert is_unsure(said("ACC-02", asked(role, state=UNKNOWN)), "ACC-02")


CELLS = [(role, part, action) for role in Role for part in P for action in A]


@pytest.mark.parametrize(
    ("role", "part", "action"), [c for c in CELLS if c[2].value in BELONGS[c[0]].get(c[1], NONE).split()]
)
def test_acc_03_permits_what_belongs_to_the_role(role: Role, part: SpacePart, action: Action) -> None:
    title: dict[str, Any] = {"title": replace(GRANT, scopes=EVERYTHING)} if role is Role.APPLICATION else {}
    assert said("ACC-03", asked(role, action, part=part, **title)) is None


@pytest.mark.parametrize(
    ("role", "part", "action"), [c for c in CELLS if c[2].value not in BELONGS[c[0]].get(c[1], NONE).split()]
)
def test_acc_03_refuses_what_does_not_belong_to_the_role(role: Role, part: SpacePart, action: Action) -> None:
    title: dict[str, Any] = {"title": replace(GRANT, scopes=EVERYTHING)} if role is Role.APPLICATION else {}
    assert refuses(said("ACC-03", asked(role, action, part=part, **title)), reasons.NOT_YOUR_RIGHT)


@pytest.mark.parametrize("action", A)
def test_acc_03_permits_professionals_everything_in_their_own_mailbox(action: Action) -> None:
    assert said("ACC-03", asked(Role.PROFESSIONAL, action, part=P.MESSAGES, title=OWN)) is None


def test_acc_03_refuses_professionals_a_patient_s_messages() -> None:
    for title in (EMERGENCY, asked(Role.PROFESSIONAL).facts.title):
        verdict = said("ACC-03", asked(Role.PROFESSIONAL, part=P.MESSAGES, title=title))
        assert refuses(verdict, reasons.NOT_YOUR_RIGHT)


ONLY_AGENDA = replace(CARER, rights=frozenset({Right(P.AGENDA, A.READ)}))
MEASURES = {kind: replace(MINOR, kind=kind) for kind in MandateKind}
READ_DOCUMENTS = frozenset({Right(P.DOCUMENTS, A.READ)})


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.GUARDIAN, MEASURES[MandateKind.TUTELLE]),
        (Role.GUARDIAN, replace(MEASURES[MandateKind.CURATELLE], rights=READ_DOCUMENTS)),
        (Role.CARER, replace(CARER, rights=READ_DOCUMENTS)),
        (Role.APPLICATION, GRANT),
    ],
)
def test_acc_03_permits_what_mandate_or_scopes_give(role: Role, title: Title) -> None:
    assert said("ACC-03", asked(role, title=title)) is None


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.CARER, ONLY_AGENDA),
        (Role.GUARDIAN, MEASURES[MandateKind.CURATELLE]),
        (Role.GUARDIAN, MEASURES[MandateKind.SAUVEGARDE]),
        (Role.APPLICATION, replace(GRANT, scopes=frozenset())),
    ],
)
def test_acc_03_refuses_what_mandate_or_scopes_do_not_give(role: Role, title: Title) -> None:
    assert refuses(said("ACC-03", asked(role, title=title)), reasons.NOT_YOUR_RIGHT)


def test_acc_03_defers_when_rights_are_not_known() -> None:
    assert is_unsure(said("ACC-03", asked(Role.CARER, title=UNKNOWN)), "ACC-03")
