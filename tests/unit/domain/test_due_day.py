"""The day on which something happens to a space by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.account import Space, due_day, due_event
from gateway.domain.address import PatientAddress
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceEvent, SpaceState

DAY = date(2026, 3, 2)
_INS = Ins.parse(f"2840375116042{ins_key('2840375116042'):02}")
SPACE = Space(
    vault=VaultId(1),
    address=PatientAddress(_INS, "patient.example"),
    identity=PatientIdentity(
        _INS,
        INS_DEMO,
        Traits(birth_name="MOREAU", given_names=("Camille",), sex=Sex.FEMALE, birth_date=BirthDate.parse("1984-03-12")),
    ),
    state=SpaceState.CREATED,
)


def _in(state: SpaceState, **fields: object) -> Space:
    return replace(SPACE, state=state, **fields)  # type: ignore[arg-type]  # fields of several types


@pytest.mark.parametrize(
    ("space", "day"),
    [
        (_in(SpaceState.NOTIFIED, notified_on=DAY), date(2026, 4, 14)),
        (_in(SpaceState.SUSPENDED, changed_on=DAY), date(2026, 4, 14)),
        (_in(SpaceState.CLOSED, changed_on=DAY), date(2036, 3, 2)),
        (_in(SpaceState.CLOSED, changed_on=DAY, erase_on=date(2026, 4, 1)), date(2026, 4, 1)),
        (_in(SpaceState.DECEASED, changed_on=DAY), date(2036, 3, 2)),
    ],
)
def test_space_is_due(space: Space, day: date) -> None:
    assert due_day(space) == day


@pytest.mark.parametrize(
    "space",
    [
        SPACE,
        _in(SpaceState.NOTIFIED),
        _in(SpaceState.NOTIFIED, notified_on=DAY, opening_stopped=True),
        _in(SpaceState.OPEN, notified_on=DAY),
        _in(SpaceState.ACTIVE, notified_on=DAY, changed_on=DAY),
        _in(SpaceState.OPPOSED, changed_on=DAY),
        _in(SpaceState.CLOSED),
    ],
)
def test_space_of_which_nothing_comes_by_itself_is_never_due(space: Space) -> None:
    assert due_day(space) is None


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 15, 22, 59, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 7, 15, 21, 59, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 22, 0, tzinfo=UTC), date(2026, 7, 16)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_day_begins_at_midnight_in_france_summer_and_winter(instant: datetime, day: date) -> None:
    assert local_day(instant) == day


@pytest.mark.parametrize(
    ("space", "event"),
    [
        (_in(SpaceState.NOTIFIED, notified_on=DAY), SpaceEvent.SIX_WEEKS_PASSED),
        (_in(SpaceState.SUSPENDED, changed_on=DAY), SpaceEvent.NOBODY_OBJECTED),
        (_in(SpaceState.CLOSED, changed_on=DAY), SpaceEvent.TEN_YEARS_PASSED),
        (_in(SpaceState.CLOSED, changed_on=DAY, erase_on=date(2026, 4, 1)), SpaceEvent.ERASURE_REQUESTED),
        (_in(SpaceState.CLOSED, changed_on=DAY, erase_on=date(2040, 4, 1)), SpaceEvent.TEN_YEARS_PASSED),
        (_in(SpaceState.DECEASED, changed_on=DAY), SpaceEvent.TEN_YEARS_PASSED),
    ],
)
def test_what_is_due_happens_on_its_day_and_not_before(space: Space, event: SpaceEvent) -> None:
    day = due_day(space)
    assert day is not None
    assert due_event(space, day) is event
    assert due_event(space, day - timedelta(days=1)) is None
    assert due_event(SPACE, day) is None
