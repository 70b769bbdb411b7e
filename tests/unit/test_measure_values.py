"""Measures as values: what can be typed of each kind, what is asked again, the body mass index."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.domain.body_mass import body_mass_of
from gateway.domain.measure_checks import (
    CheckedMeasure,
    MeasureFault,
    checked_goal,
    checked_measure,
    number_field,
)
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasuredValue, MeasureGoal, MeasureKind, MeasureVersion
from gateway.domain.profile import Writer

BORN, NOW = date(1951, 3, 2), datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TODAY = {"jour": "29/11/2026"}


def checked(kind: MeasureKind, **typed: str) -> CheckedMeasure:
    return checked_measure(kind, TODAY | typed, BORN, NOW)


def a_measure(kind: MeasureKind, number: str, days: int = 0) -> Measure:
    value = MeasuredValue(
        at=NOW + timedelta(days=days), is_timed=True, numbers=(Decimal(number),), unit=KINDS[kind].unit.ucum
    )
    return Measure(id=7, kind=kind, now=MeasureVersion(value=value, written_by=Writer.PATIENT, written_at=NOW))


def test_every_kind_has_its_rules_and_takes_its_usual_values() -> None:
    assert set(KINDS) == set(MeasureKind)
    for kind, rules in KINDS.items():
        numbers = {number_field(place): str(limits.usual[1]) for place, limits in enumerate(rules.numbers)}
        for limits in rules.numbers:
            assert limits.possible[0] <= limits.usual[0] < limits.usual[1] <= limits.possible[1]
            child = limits.usual_of_child or limits.usual
            assert limits.possible[0] <= child[0] < child[1] <= limits.possible[1]
        assert checked(kind, **numbers).value is not None
        assert rules.loinc
        assert rules.of.split()[0] in {"un", "une"}


def test_value_is_kept_as_it_was_typed() -> None:
    found = checked(MeasureKind.WEIGHT, valeur=" 72,50 ", heure="8 h 05", note="à\u2028jeun\x07").value
    assert found == MeasuredValue(
        at=datetime(2026, 11, 29, 7, 5, tzinfo=UTC), is_timed=True, numbers=(Decimal("72.5"),), unit="kg",
        note="à jeun",
    )  # fmt: skip
    assert checked(MeasureKind.STEPS, valeur="12\u00a0000").value is not None


@pytest.mark.parametrize(
    ("typed", "field", "fault"),
    [
        ({"valeur": "1000"}, "valeur", MeasureFault.IMPOSSIBLE),
        ({"valeur": "0"}, "valeur", MeasureFault.IMPOSSIBLE),
        ({"valeur": "-70"}, "valeur", MeasureFault.IMPOSSIBLE),
        ({"valeur": "250"}, "valeur", MeasureFault.UNLIKELY),
        ({"valeur": ""}, "valeur", MeasureFault.MISSING),
        ({"valeur": "lourd"}, "valeur", MeasureFault.NO_NUMBER),
        ({"valeur": "1e2"}, "valeur", MeasureFault.NO_NUMBER),
        ({"valeur": "9" * 5000}, "valeur", MeasureFault.NO_NUMBER),
        ({"valeur": "72,12345"}, "valeur", MeasureFault.TOO_PRECISE),
        ({"unite": "livre"}, "unite", MeasureFault.NO_UNIT),
        ({"jour": "01/03/1951"}, "jour", MeasureFault.BEFORE_BIRTH),
        ({"jour": "30/11/2026"}, "jour", MeasureFault.AHEAD),
        ({"jour": "11/2026"}, "jour", MeasureFault.NO_DAY),
        ({"jour": "hier"}, "jour", MeasureFault.NO_DAY),
        ({"jour": " "}, "jour", MeasureFault.MISSING),
        ({"heure": "25:00"}, "heure", MeasureFault.NO_TIME),
        ({"heure": "midi"}, "heure", MeasureFault.NO_TIME),
        ({"heure": "13:30"}, "heure", MeasureFault.AHEAD),
        ({"note": "x" * 301}, "note", MeasureFault.TOO_LONG),
    ],
)
def test_what_cannot_be_is_told_by_its_field(typed: Mapping[str, str], field: str, fault: MeasureFault) -> None:
    found = checked(MeasureKind.WEIGHT, **{"valeur": "72", **typed})
    assert (found.value, found.faults) == (None, {field: fault})


def test_unlikely_value_is_kept_once_it_is_said_again() -> None:
    asked = checked(MeasureKind.WEIGHT, valeur="250")
    assert asked.said == "250 kg"
    assert checked(MeasureKind.WEIGHT, valeur="250", confirme=asked.said).value is not None
    assert checked(MeasureKind.WEIGHT, valeur="260", confirme=asked.said).faults == {"valeur": MeasureFault.UNLIKELY}


def test_what_is_usual_depends_on_age() -> None:
    newborn, asked = TODAY | {"valeur": "3,2"}, {"valeur": MeasureFault.UNLIKELY}
    assert checked_measure(MeasureKind.WEIGHT, newborn, BORN, NOW).faults == asked
    assert checked_measure(MeasureKind.WEIGHT, newborn, None, NOW).faults == asked
    assert checked_measure(MeasureKind.WEIGHT, newborn, date(2026, 11, 20), NOW).value is not None
    long_ago = checked_measure(MeasureKind.WEIGHT, {"valeur": "70", "jour": "01/01/1700"}, None, NOW)
    assert long_ago.faults == {"jour": MeasureFault.BEFORE_BIRTH}


def test_blood_pressure_has_two_numbers_in_order() -> None:
    found = checked(MeasureKind.BLOOD_PRESSURE, valeur="128", valeur_2="79").value
    assert found is not None
    assert found.numbers == (Decimal(128), Decimal(79))
    assert checked(MeasureKind.BLOOD_PRESSURE, valeur="79", valeur_2="128").faults == {"valeur_2": MeasureFault.ORDER}
    assert checked(MeasureKind.BLOOD_PRESSURE, valeur="128").faults == {"valeur_2": MeasureFault.MISSING}
    assert checked(MeasureKind.BLOOD_PRESSURE, valeur="128", valeur_2="30").faults == {
        "valeur_2": MeasureFault.UNLIKELY
    }
    spoken = checked(MeasureKind.BLOOD_PRESSURE, valeur="12,8", valeur_2="7,9", unite="cm[Hg]").value
    assert spoken is not None
    rules = KINDS[MeasureKind.BLOOD_PRESSURE]
    assert [rules.in_first_unit(number, spoken.unit) for number in spoken.numbers] == [Decimal(128), Decimal(79)]


def test_other_units_are_turned_into_the_first() -> None:
    glucose, glycated = KINDS[MeasureKind.GLUCOSE], KINDS[MeasureKind.HBA1C]
    assert glucose.in_first_unit(Decimal("5.5"), "mmol/L") == Decimal("0.99")
    assert glucose.in_first_unit(Decimal(99), "mg/dL") == Decimal("0.99")
    assert glycated.in_first_unit(Decimal(53), "mmol/mol") == Decimal("7.0")
    assert glycated.in_first_unit(Decimal(7), "unknown") == Decimal(7)


def test_value_without_time_is_of_noon_or_of_now() -> None:
    noon = checked(MeasureKind.WEIGHT, valeur="72", jour="2026-11-28").value
    assert noon is not None
    assert (noon.at, noon.is_timed) == (datetime(2026, 11, 28, 11, 0, tzinfo=UTC), False)
    early = checked_measure(MeasureKind.WEIGHT, TODAY | {"valeur": "72"}, BORN, NOW - timedelta(hours=5)).value
    assert early is not None
    assert early.at == NOW - timedelta(hours=5)


def test_goal_has_bounds_or_faults() -> None:
    assert checked_goal(MeasureKind.WEIGHT, {"de": "", "a": "70,5"}) == ((None, Decimal("70.5")),)
    pressure = checked_goal(MeasureKind.BLOOD_PRESSURE, {"a": "135", "a_2": "85"})
    assert pressure == ((None, Decimal(135)), (None, Decimal(85)))
    assert checked_goal(MeasureKind.WEIGHT, {"de": "80", "a": "70"}) == {"a": MeasureFault.ORDER}
    assert checked_goal(MeasureKind.WEIGHT, {"de": "1000", "a": "x"}) == {
        "de": MeasureFault.IMPOSSIBLE, "a": MeasureFault.NO_NUMBER,
    }  # fmt: skip
    assert not MeasureGoal(bounds=((None, None),), version=2).is_set
    assert MeasureGoal(bounds=((None, Decimal(70)),), version=1).is_set


def test_correction_keeps_what_was_there() -> None:
    first = a_measure(MeasureKind.WEIGHT, "72")
    again = first.followed_by(a_measure(MeasureKind.WEIGHT, "73").now)
    assert (again.version, again.is_corrected, first.is_corrected) == (2, True, False)
    assert again.earlier == (first.now,)
    assert not first.followed_by(first.now).is_corrected
    assert "72" not in repr(first)


def test_body_mass_takes_the_last_height_before_or_the_first_soon_after() -> None:
    weight = a_measure(MeasureKind.WEIGHT, "72")
    heights = [
        a_measure(MeasureKind.HEIGHT, "170", -10), a_measure(MeasureKind.HEIGHT, "168", -900),
        a_measure(MeasureKind.HEIGHT, "172", 5),
    ]  # fmt: skip
    assert [one.now.value.numbers for one in body_mass_of([weight], heights)] == [(Decimal("24.9"),)]
    assert [one.now.value.numbers for one in body_mass_of([weight], heights[2:])] == [(Decimal("24.3"),)]
    assert body_mass_of([weight], [a_measure(MeasureKind.HEIGHT, "172", 90)]) == []
