"""The lines that a document keeps for pages of examinations: which results they have, and what is lost of none."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.domain.errors import MalformedContent
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.observed import LOINC, UNDATED, keys_and_times, lines_in, loinc_key, own_key, written_lines
from gateway.domain.timestamp import Timestamp
from gateway.domain.value_place import ValuePlace, place_in
from tests.builders.web_results import measured

GLUCOSE = measured("Glycémie", "2345-7", "1.05", "g/L", ("0.70", "1.10"))


def _with(**changes: object) -> LabResult:
    return replace(GLUCOSE, **changes)


def test_line_has_the_value_as_it_was_sent_with_its_range() -> None:
    value = ResultValue(kind=ValueKind.QUANTITY, text="1,05", number=Decimal("1.05"), unit="g/L")
    (line,) = lines_in(written_lines([_with(value=value, collected=Timestamp("20260301"), method="Enzymatique")]))
    assert (line.label, line.loinc, line.value, line.unit) == ("Glycémie", "2345-7", "1.05", "g/L")
    assert (line.low, line.high, line.at, line.method, line.shown) == ("0.70", "1.10", "20260301", "Enzymatique", "")
    assert place_in(line.bounds, line.comparator, line.number) is ValuePlace.INSIDE
    assert "1.05" not in repr(line)


def test_time_is_that_of_the_sample_before_that_of_the_result() -> None:
    both = _with(collected=Timestamp("20260301"), time=Timestamp("20260302"))
    results = [both, _with(time=Timestamp("20260302")), GLUCOSE]
    _, (first, second, third) = keys_and_times(written_lines(results))
    assert 0 < first < second
    assert third == UNDATED


def test_words_are_kept_as_people_read_them() -> None:
    (line,) = lines_in(written_lines([measured("Antigène HBs", "5196-1", "Négatif", "")]))
    assert (line.value, line.shown, line.number) == ("Négatif", "Négatif", None)


def test_range_in_words_is_kept_where_there_are_no_bounds() -> None:
    (line,) = lines_in(written_lines([_with(ranges=(ReferenceRange(text="négatif"),))]))
    assert (line.reference, line.low, line.high) == ("négatif", "", "")


def test_second_unit_is_kept_with_its_range() -> None:
    second = ResultValue(kind=ValueKind.QUANTITY, text="5,8", number=Decimal("5.8"), unit="mmol/L")
    bounds = ReferenceRange(low=Decimal("3.9"), high=Decimal("6.1"), unit="mmol/L")
    (line,) = lines_in(written_lines([_with(second=second, second_range=bounds)]))
    assert (line.second, line.second_unit, line.second_low, line.second_high) == ("5.8", "mmol/L", "3.9", "6.1")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled"}, {"negated": True}, {"category": "vital-signs"}, {"organism": "E. coli"},
        {"is_head": True}, {"mood": "RQO"}, {"value": ResultValue(kind=ValueKind.ABSENT)},
    ],
)  # fmt: skip
def test_what_does_not_stand_or_is_no_laboratory_value_has_no_line(changes: dict[str, object]) -> None:
    assert written_lines([_with(**changes)]) == b""
    assert [line.index for line in lines_in(written_lines([_with(**changes), GLUCOSE]))] == [1]


def test_document_without_results_has_no_lines() -> None:
    assert (keys_and_times(b""), lines_in(b"")) == (((), ()), ())


def test_one_code_is_one_examination_in_every_laboratory() -> None:
    (key,), _ = keys_and_times(written_lines([GLUCOSE]))
    assert key == loinc_key("2345-7") == own_key(key, "Labo A")
    assert loinc_key("2345-7") != loinc_key("2345-8")


def test_what_has_no_code_is_one_examination_within_its_laboratory() -> None:
    local = [
        measured("Sucre", "", "1.0", "g/L"), measured("sucre", "", "1.1", "g/L"),
        _with(code="", local_code="GLU", local_code_system="1.2"), _with(code="GLU", code_system="1.2", label="x"),
        _with(code="", code_system="", specimen="Urine"),
    ]  # fmt: skip
    keys, _ = keys_and_times(written_lines(local))
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3
    assert own_key(keys[0], "Labo A") != own_key(keys[0], "Labo B")
    assert own_key(keys[0], "Labo A") == own_key(keys[0], "LABO A")


@pytest.mark.parametrize("written", [b"\x00", b"\x00\x00\x00\x02abc", b"\xff\xff\xff\xff"])
def test_what_was_cut_short_is_said_to_be(written: bytes) -> None:
    with pytest.raises(MalformedContent):
        keys_and_times(written)
    with pytest.raises(MalformedContent):
        lines_in(written)


def test_key_of_loinc_needs_its_system() -> None:
    keys, _ = keys_and_times(written_lines([GLUCOSE, _with(code_system="1.2.3")]))
    assert keys[0] != keys[1]
    assert GLUCOSE.code_system == LOINC
