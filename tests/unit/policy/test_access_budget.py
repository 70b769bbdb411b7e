"""ACC-14: the reading budget (A23)."""

from typing import Any

import pytest

from gateway.domain.access import Action, Role
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.facts import Readings
from gateway.policy.access.verdict import Duty, Permit, Refuse
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import (
    DOCTOR,
    EARLIER,
    EMERGENCY,
    EMERGENCY_ROOM,
    LATER,
    NURSE,
    OWN,
    asked,
    decided,
    is_unsure,
    readings,
    refuses,
    said,
)

SETTINGS = AccessSettings(readings_by_profession={NURSE: 60}, emergency_organisations=frozenset({EMERGENCY_ROOM}))
CONFIRMED: dict[str, Any] = {"fresh_factor": True, "reason": "garde"}


def ask(used: Readings, **changes: Any) -> Any:
    return said("ACC-14", asked(Role.PROFESSIONAL, readings=used, **changes), SETTINGS)


@pytest.mark.parametrize(
    ("used", "who"),
    [
        (readings(30), {}),
        (readings(31, **CONFIRMED), {}),
        (readings(60, **CONFIRMED), {}),
        (readings(500, in_own_exchange=True), {}),
        (readings(61, **CONFIRMED, lifted_until=LATER), {}),
        (readings(60), {"profession": NURSE}),
        (readings(200), {"organisation_id": EMERGENCY_ROOM}),
    ],
)
def test_acc_14_permits_readings_within_the_budget_or_confirmed(used: Readings, who: dict[str, str]) -> None:
    assert ask(used, who=who) is None


@pytest.mark.parametrize(
    ("used", "who"),
    [
        (readings(31), {}),
        (readings(31, fresh_factor=True), {}),
        (readings(31, fresh_factor=True, reason=" "), {}),
        (readings(31, reason="garde"), {}),
        (readings(61, lifted_until=LATER), {}),
        (readings(61), {"profession": NURSE}),
        (readings(201), {"organisation_id": EMERGENCY_ROOM}),
    ],
)
def test_acc_14_refuses_without_a_second_factor_and_a_reason_beyond_it(used: Readings, who: dict[str, str]) -> None:
    assert refuses(ask(used, who=who), reasons.SECOND_FACTOR)


@pytest.mark.parametrize(
    ("used", "who"),
    [
        (readings(61, **CONFIRMED), {}),
        (readings(61, **CONFIRMED, lifted_until=EARLIER), {}),
        (readings(121, **CONFIRMED), {"profession": NURSE}),
        (readings(401, **CONFIRMED), {"organisation_id": EMERGENCY_ROOM, "profession": DOCTOR}),
    ],
)
def test_acc_14_refuses_everything_beyond_twice_the_budget_and_alarms(used: Readings, who: dict[str, str]) -> None:
    verdict = ask(used, who=who)
    assert isinstance(verdict, Refuse)
    assert (verdict.reason, verdict.duties) == (reasons.STOPPED, Duty.ALARM)


def test_acc_14_refuses_a_record_that_was_not_opened_today() -> None:
    assert refuses(said("ACC-14", asked(Role.PROFESSIONAL, readings=None)), reasons.NOT_OPENED)


@pytest.mark.parametrize(
    ("used", "is_refused"),
    [
        (readings(0, stopped=True), True),
        (readings(0, stopped=True, **CONFIRMED), True),
        (readings(0, stopped=True, lifted_until=EARLIER), True),
        (readings(0, stopped=True, lifted_until=LATER), False),
        (readings(0, stopped=True, in_own_exchange=True), False),
    ],
)
def test_acc_14_refuses_what_is_open_once_readings_are_stopped(used: Readings, is_refused: bool) -> None:
    verdict = ask(used)
    assert refuses(verdict, reasons.STOPPED) if is_refused else verdict is None


def test_acc_14_refuses_emergencies_too_once_the_budget_is_used() -> None:
    assert refuses(ask(readings(61, in_own_exchange=True), title=EMERGENCY), reasons.STOPPED)


def test_acc_14_defers_when_the_count_is_not_known() -> None:
    assert is_unsure(said("ACC-14", asked(Role.PROFESSIONAL, readings=UNKNOWN)), "ACC-14")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROFESSIONAL])
def test_nobody_else_has_a_budget(role: Role) -> None:
    assert said("ACC-14", asked(role, readings=UNKNOWN)) is None


def test_neither_adding_nor_one_s_own_mailbox_uses_the_budget() -> None:
    assert said("ACC-14", asked(Role.PROFESSIONAL, Action.ADD, readings=UNKNOWN)) is None
    assert said("ACC-14", asked(Role.PROFESSIONAL, title=OWN, readings=UNKNOWN)) is None


@pytest.mark.parametrize(
    ("changes", "duties"),
    [
        ({}, Duty.COUNT),
        ({"readings": readings(in_own_exchange=True)}, Duty.NONE),
        ({"title": EMERGENCY}, Duty.COUNT | Duty.NOTIFY),
        ({"title": EMERGENCY, "readings": readings(in_own_exchange=True)}, Duty.COUNT | Duty.NOTIFY),
    ],
)
def test_a_reading_says_what_must_follow(changes: dict[str, Any], duties: Duty) -> None:
    assert decided(asked(Role.PROFESSIONAL, **changes)) == Permit(duties)
    assert decided(asked(Role.PROFESSIONAL, Action.ADD, **changes)) == Permit(Duty.NONE)
