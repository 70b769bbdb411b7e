"""FHIR R4 data types: what each kind of value, time, code and range becomes, and what FHIR forbids is left out."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from gateway.domain.lab_result import ReferenceRange, ResultValue, ValueKind
from gateway.domain.timestamp import Timestamp
from gateway.fhir import data_types as values

UCUM = "http://unitsofmeasure.org"
GRAM = {"unit": "g", "system": UCUM, "code": "g"}

SNOMED = "2.16.840.1.113883.6.96"


def _json(element: object) -> Any:  # Any: decoded JSON
    return orjson.loads(orjson.dumps(element))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ResultValue(kind=ValueKind.REAL, text="0,5", number=Decimal("0.5")), {"valueQuantity": {"value": 0.5}}),
        (
            ResultValue(kind=ValueKind.INTERVAL, text="10", number=Decimal(10), comparator=">=", unit="UI/L"),
            {"valueQuantity": {"value": 10, "comparator": ">=", "unit": "UI/L", "system": UCUM, "code": "[IU]/L"}},
        ),
        (
            ResultValue(kind=ValueKind.INTERVAL, text="1 – 2", number=Decimal(1), unit="g", upper=Decimal(2)),
            {"valueRange": {"low": {"value": 1, **GRAM}, "high": {"value": 2, **GRAM}}},
        ),
        (
            ResultValue(kind=ValueKind.CODED, text="Présence", code="260373001", code_system=SNOMED),
            {
                "valueCodeableConcept": {
                    "coding": [{"system": "http://snomed.info/sct", "code": "260373001"}],
                    "text": "Présence",
                }
            },
        ),
        (ResultValue(kind=ValueKind.CODED, text="Présence"), {"valueCodeableConcept": {"text": "Présence"}}),
        (ResultValue(kind=ValueKind.BOOLEAN, text="false"), {"valueBoolean": False}),
        (ResultValue(kind=ValueKind.BOOLEAN, text="oui"), {"valueString": "oui"}),
        (ResultValue(kind=ValueKind.TIME, text="202603011200+0100"), {"valueDateTime": "2026-03-01T11:00:00.000Z"}),
        (ResultValue(kind=ValueKind.TIME, text="hier"), {"valueString": "hier"}),
        (ResultValue(kind=ValueKind.QUANTITY, text="traces", number=None, unit="g"), {"valueString": "traces g"}),
        (ResultValue(kind=ValueKind.RATIO, text="1/128"), {"valueString": "1/128"}),
    ],
)
def test_value_of_each_kind(value: ResultValue, expected: object) -> None:
    assert _json(values.value_of(value)) == expected


@pytest.mark.parametrize("value", [ResultValue(kind=ValueKind.ABSENT), ResultValue(kind=ValueKind.TEXT, text="")])
def test_absent_value_says_why(value: ResultValue) -> None:
    assert values.value_of(value).keys() == {"dataAbsentReason"}


@pytest.mark.parametrize("digits", ["4.10", "100", "0.000001", "-3.50", "12345678901234567890.5"])
def test_number_keeps_its_digits(digits: str) -> None:
    assert orjson.dumps(values.decimal_of(Decimal(digits))).decode() == digits


def test_large_exponent_is_written_out() -> None:
    assert orjson.dumps(values.decimal_of(Decimal("1E3"))) == b"1000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", "2026"),
        ("202603", "2026-03"),
        ("20260301", "2026-03-01"),
        ("202603010815", "2026-03-01"),
        ("20260301081500+0100", "2026-03-01T07:15:00.000Z"),
        ("20261301", None),
        ("hier", None),
    ],
)
def test_time_is_as_precise_as_it_was_written(text: str, expected: str | None) -> None:
    assert values.date_time_of(Timestamp(text)) == expected


def test_no_time_is_no_time() -> None:
    assert values.date_time_of(None) is None


def test_instant_is_written_in_utc() -> None:
    assert values.instant_of(datetime(2026, 3, 1, 12, tzinfo=UTC)) == "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("2.16.840.1.113883.6.1", "http://loinc.org"),
        ("1.2.250.1.213.1", "urn:oid:1.2.250.1.213.1"),
        ("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("1.02", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_system_is_named_by_a_uri_or_not_at_all(root: str, expected: str) -> None:
    assert values.system_of(root) == expected


@pytest.mark.parametrize("code", ["", " ", "a  b", "a\n"])
def test_code_that_fhir_does_not_admit_is_left_out(code: str) -> None:
    assert values.coding_of(code, "http://loinc.org", "x") == {}


def test_concept_of_nothing_is_empty() -> None:
    assert values.concept_of({}) == {}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (ReferenceRange(low=Decimal("3.5"), high=None, unit="", text=""), {"low": {"value": 3.5, **GRAM}}),
        (ReferenceRange(low=None, high=Decimal(5), unit="bouffées"), {"high": {"value": 5, "unit": "bouffées"}}),
        (ReferenceRange(text="négatif"), {"text": "négatif"}),
        (ReferenceRange(), {}),
    ],
)
def test_range_has_the_bounds_that_are_known(reference: ReferenceRange, expected: object) -> None:
    assert _json(values.range_of(reference, "g")) == expected


def test_interpretation_is_a_code() -> None:
    coding = _json(values.interpretations_of(("HH",)))[0]["coding"][0]
    assert (coding["code"], coding["system"].rpartition("/")[2]) == ("HH", "v3-ObservationInterpretation")


def test_zero_and_false_are_not_empty() -> None:
    assert values.filled(total=0, active=False, text="", items=[], element={}, nothing=None) == {
        "total": 0,
        "active": False,
    }
