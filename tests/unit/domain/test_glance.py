"""What a list says of a laboratory's report: its first examinations, and those that call for a look."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.domain.glance import NO_GLANCE, glance_of
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.value_place import ValuePlace, place_of

RANGE = ReferenceRange(low=Decimal("3.5"), high=Decimal("5.1"), unit="mmol/L")


def a_result(label: str, number: str = "4.1", *marks: str) -> LabResult:
    value = ResultValue(kind=ValueKind.QUANTITY, text=number, number=Decimal(number), unit="mmol/L")
    return LabResult(label=label, value=value, code=label, ranges=(RANGE,), interpretation=marks)


def test_report_is_known_by_its_first_examinations() -> None:
    glance = glance_of([a_result(name) for name in ("Sodium", "Potassium", "Potassium", "Chlore", "Calcium")])
    assert glance.examinations == ("Sodium", "Potassium", "Chlore")
    assert not glance.outside
    assert not glance.flagged


def test_values_outside_their_range_are_named_and_counted() -> None:
    glance = glance_of([a_result(name, "9") for name in "ABCDE"] + [a_result("F")])
    assert glance.outside == ("A", "B", "C")
    assert glance.outside_count == 5


@pytest.mark.parametrize("mark", ["H", "LL", "A", "h", "EX"])
def test_what_the_laboratory_marks_without_a_range_that_says_so_is_flagged(mark: str) -> None:
    glance = glance_of([a_result("Sodium", "4", mark), replace(a_result("Recherche", "4", mark), ranges=())])
    assert (glance.flagged, glance.flagged_count, glance.outside) == (("Sodium", "Recherche"), 2, ())


@pytest.mark.parametrize("mark", ["N", "S", "R", "POS", ""])
def test_marks_that_call_nothing_abnormal_flag_nothing(mark: str) -> None:
    assert glance_of([a_result("Sodium", "4", mark)]).flagged == ()


def test_value_that_does_not_stand_is_neither_outside_nor_flagged() -> None:
    called_off = replace(a_result("Sodium", "9", "HH"), status="cancelled")
    denied = replace(a_result("Potassium", "9", "HH"), negated=True)
    glance = glance_of([called_off, denied])
    assert (glance.examinations, glance.outside, glance.flagged) == (("Sodium", "Potassium"), (), ())


def test_measures_and_headings_are_no_examinations() -> None:
    weight = replace(a_result("Poids", "90"), category="vital-signs")
    germ = replace(a_result("Escherichia coli"), code="", is_head=True)
    assert glance_of([weight, germ]) == NO_GLANCE


def test_long_name_is_cut() -> None:
    (name,) = glance_of([a_result("Recherche " * 20)]).examinations
    assert len(name) <= 60
    assert name.endswith("Recherche…")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (ResultValue(kind=ValueKind.TEXT, text="> 6", unit="mmol/L"), ValuePlace.ABOVE),
        (ResultValue(kind=ValueKind.TEXT, text="4,5", unit="mmol/L"), ValuePlace.INSIDE),
        (ResultValue(kind=ValueKind.INTERVAL, text="1 – 2", number=Decimal(1), upper=Decimal(2)), ValuePlace.UNKNOWN),
        (ResultValue(kind=ValueKind.QUANTITY, text="9", number=Decimal(9), unit="g/L"), ValuePlace.UNKNOWN),
        (ResultValue(kind=ValueKind.ABSENT), ValuePlace.UNKNOWN),
    ],
)
def test_value_is_placed_as_it_was_written(value: ResultValue, place: ValuePlace) -> None:
    assert place_of(replace(a_result("Potassium"), value=value)) is place
