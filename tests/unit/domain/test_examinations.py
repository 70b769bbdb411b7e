"""One examination across laboratories: joined by code, in one unit where that is certain, in order of time."""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from gateway.domain.examinations import Examination, Point, SpaceObservations, examination_number, in_unit
from gateway.domain.lab_result import ResultValue, ValueKind
from gateway.domain.mailbox import VaultId
from gateway.domain.observed_documents import ObservedDocument
from gateway.domain.timestamp import Timestamp
from gateway.domain.trend_words import Direction, change_words, last_change, span_words
from tests.builders.web_results import DOCUMENTS, LILAS, PARC, PORT, measured, observed

TOTAL, MOLES = ("Cholestérol", "2093-3"), ("Cholestérol", "14647-2")


def _only(*documents: ObservedDocument) -> Examination:
    space = SpaceObservations(documents)
    (key,) = space.keys
    found = space.examination(key)
    assert found is not None
    return found


def _grams(day: str, value: str, place: str = LILAS, number: int = 1) -> ObservedDocument:
    return observed(number, day, place, [measured(*TOTAL, value, "g/L", ("", "2.00"))])


def _moles(day: str, value: str, place: str = PARC, number: int = 2) -> ObservedDocument:
    return observed(number, day, place, [measured(*MOLES, value, "mmol/L", ("", "5.20"))])


def test_laboratories_that_measure_in_other_units_share_one_curve() -> None:
    found = _only(_grams("20240307", "2.38"), _moles("20250318", "5.70"), _grams("20261112", "1.96", PORT, 3))
    (curve,) = found.curves
    assert curve.unit == "g/L"
    assert [(point.laboratory, point.number, point.is_converted) for point in curve.points] == [
        (PORT, Decimal("1.96"), False), (PARC, Decimal("2.20"), True), (LILAS, Decimal("2.38"), False),
    ]  # fmt: skip
    assert [point.high for point in curve.points] == [Decimal("2.00"), Decimal("2.01"), Decimal("2.00")]
    assert (found.last.line.value, found.count) == ("1.96", 3)


def test_unit_of_the_newest_result_is_the_one_of_the_curve() -> None:
    (curve,) = _only(_grams("20240307", "2.38"), _moles("20250318", "5.70")).curves
    assert (curve.unit, [str(point.number) for point in curve.points]) == ("mmol/L", ["5.70", "6.16"])


def test_second_unit_of_a_laboratory_comes_before_our_conversion() -> None:
    second = ResultValue(kind=ValueKind.QUANTITY, text="2.21", number=Decimal("2.21"), unit="g/L")
    result = msgspec.structs.replace(measured(*MOLES, "5.70", "mmol/L"), second=second)
    found = _only(_grams("20261112", "1.96"), observed(2, "20250318", PARC, [result]))
    assert [str(point.number) for point in found.curves[0].points] == ["1.96", "2.21"]


def test_units_that_are_not_certain_are_curves_of_their_own() -> None:
    per_cent, moles = measured("HbA1c", "4548-4", "5.6", "%"), measured("HbA1c", "59261-8", "38", "mmol/mol")
    found = _only(observed(1, "20260301", LILAS, [per_cent]), observed(2, "20250301", PARC, [moles]))
    assert [(curve.unit, len(curve.points)) for curve in found.curves] == [("%", 1), ("mmol/mol", 1)]


def test_each_result_in_another_unit_is_turned_into_few_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def counted(point: Point, unit: str) -> Point | None:
        asked.append(unit)
        return in_unit(point, unit)

    monkeypatch.setattr("gateway.domain.examinations.in_unit", counted)
    results = [measured("Sucre", "2345-7", f"{at}", f"u{at % 100}") for at in range(200)]
    found = _only(observed(1, "20260301", LILAS, results))
    assert (len(found.curves), {len(curve.points) for curve in found.curves}) == (100, {2})
    assert len(asked) < 200 * 22


def test_words_stand_on_the_curve_of_the_numbers() -> None:
    words = measured("CRP", "1988-5", "Hémolysé", "")
    found = _only(
        observed(1, "20260301", LILAS, [words]), observed(2, "20250301", PARC, [measured("CRP", "1988-5", "5", "mg/L")])
    )
    (curve,) = found.curves
    assert [point.number for point in curve.points] == [None, Decimal(5)]


def test_examination_of_words_alone_has_one_curve() -> None:
    (curve,) = _only(observed(1, "20260301", LILAS, [measured("Antigène HBs", "5196-1", "Négatif", "")])).curves
    assert [point.line.shown for point in curve.points] == ["Négatif"]


def test_what_is_sent_twice_stands_once() -> None:
    day = "20240307"
    found = _only(_grams(day, "2.38"), _grams(day, "2.38", number=2), _grams(day, "2.39", number=3))
    assert [point.line.value for point in found.points] == ["2.39", "2.38"]


def test_local_names_join_within_their_laboratory_only() -> None:
    local = [measured("Sucre", "", "1.0", "g/L")]
    places = enumerate((LILAS, LILAS, PARC), 1)
    space = SpaceObservations(observed(number, f"202{number}", place, local) for number, place in places)
    assert sorted(one.count for key in space.keys if (one := space.newest(key))) == [1, 2]


def test_result_without_a_time_has_that_of_its_document_or_of_its_filing() -> None:
    undated = replace(_grams("", "2.10", number=3), filed_at=1_900_000_000_000_000)
    sampled = [msgspec.structs.replace(measured(*TOTAL, "2.00", "g/L"), collected=Timestamp("20200101"))]
    found = _only(_grams("20240307", "2.38"), undated, observed(4, "20260101", LILAS, sampled))
    assert [(point.line.value, point.at.text) for point in found.points] == [
        ("2.10", ""), ("2.38", "20240307"), ("2.00", "20200101"),
    ]  # fmt: skip


def test_some_results_are_read_without_the_others() -> None:
    space = SpaceObservations(_grams(f"2026010{day}", f"2.0{day}", number=day) for day in range(1, 7))
    (key,) = space.keys
    part, none = space.examination(key, first=2, limit=2), space.examination(key, first=9, limit=2)
    assert part is not None
    assert ([point.line.value for point in part.points], part.count, none) == (["2.04", "2.03"], 6, None)
    assert space.examination(key + 1) is None
    newest = space.newest(key)
    assert newest is not None
    assert newest.last.line.value == "2.06"


@pytest.mark.parametrize("kept", [4, 9, 22])
def test_damaged_lines_cost_their_own_document(kept: int) -> None:
    broken = replace(_grams("20260101", "9.9", number=2), written=_grams("2026", "9").written[:kept])
    space = SpaceObservations([broken, _grams("20240307", "2.38")])
    found = [one for key in space.keys if (one := space.examination(key)) is not None]
    assert [point.line.value for one in found for point in one.points] == ["2.38"]


def test_lines_that_are_fewer_than_their_keys_are_left_out() -> None:
    written = bytearray(_grams("2026", "9").written)
    space = SpaceObservations([replace(_grams("2026", "9"), written=bytes(written[:20]) + b"\x90")])
    assert [space.newest(key) for key in space.keys] == [None]


@pytest.mark.parametrize(
    ("value", "codes", "is_outside", "is_critical"),
    [("1.9", (), False, False), ("2.1", (), True, False), ("1.9", ("A",), True, False), ("9", ("HH",), True, True)],
)
def test_what_is_outside_or_critical_is_known(
    value: str, codes: tuple[str, ...], is_outside: bool, is_critical: bool
) -> None:
    last = _only(observed(1, "2026", LILAS, [measured(*TOTAL, value, "g/L", ("", "2.00"), codes)])).last
    assert (last.is_outside, last.is_critical) == (is_outside, is_critical)


def test_number_of_an_examination_is_another_in_each_space() -> None:
    one, other = (examination_number(VaultId(vault), 2**63) for vault in (1, 2))
    assert one != other
    assert 0 < one < 2**62


@pytest.mark.parametrize(
    ("before", "after", "direction", "words"),
    [
        ("2.38", "1.96", Direction.DOWN, "En baisse\u00a0: 0,42\u00a0g/L de moins que le 7 mars 2024."),
        ("1.96", "2.00", Direction.UP, "En hausse\u00a0: 0,04\u00a0g/L de plus que le 7 mars 2024."),
        ("2.00", "2.0", Direction.SAME, "Inchangé\u00a0: même valeur que le 7 mars 2024."),
    ],
)
def test_change_is_described(before: str, after: str, direction: Direction, words: str) -> None:
    curve = _only(_grams("20240307", before), _grams("20261112", after, number=2)).curves[0]
    change = last_change(curve)
    assert change is not None
    assert (change.direction, change_words(change, curve.unit)) == (direction, words)


def test_change_over_a_conversion_is_said_to_be_about() -> None:
    curve = _only(_moles("202503", "5.70"), _grams("20261112", "1.96")).curves[0]
    change = last_change(curve)
    assert change is not None
    assert change_words(change, curve.unit) == "En baisse\u00a0: environ 0,24\u00a0g/L de moins qu’en mars 2025."


@pytest.mark.parametrize(("before", "after"), [("<1", "2.0"), ("2.0", ">3"), ("Hémolysé", "2.0")])
def test_what_cannot_be_compared_is_not(before: str, after: str) -> None:
    curve = _only(_grams("20240307", before), _grams("20261112", after, number=2)).curves[0]
    assert last_change(curve) is None


@pytest.mark.parametrize(("after", "words"), [("1.9", "En baisse\u00a0: 0,1\u00a0g/L de moins."), ("2.0", "Inchangé.")])
def test_change_since_an_unknown_day_names_none(after: str, words: str) -> None:
    curve = _only(_grams("", "2.0"), _grams("20261112", after, number=2)).curves[0]
    change = last_change(curve)
    assert change is not None
    assert change_words(change, curve.unit) == words


def test_span_is_said_of_three_values() -> None:
    three = [_grams(f"2026010{day}", value, number=day) for day, value in enumerate(("2.1", "1.9", "2.4"), 1)]
    said = "Sur les 3 valeurs affichées, la plus basse est 1,9 et la plus haute 2,4\u00a0g/L."
    assert span_words(_only(*three).curves[0]) == said
    same = [_grams(f"2026010{day}", "2.1", number=day) for day in range(1, 4)]
    assert span_words(_only(*same).curves[0]) == "Les 3 valeurs affichées sont les mêmes\u00a0: 2,1\u00a0g/L."
    assert span_words(_only(*three[:2]).curves[0]) == ""


def test_examinations_of_the_sample_are_three() -> None:
    space = SpaceObservations(DOCUMENTS)
    labels = [one.label for key in space.keys if (one := space.newest(key))]
    assert sorted(labels) == ["Antigène HBs", "Cholestérol total", "Potassium"]
