"""Times of any precision, numbers as written, ranges and alerts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.domain.document import ReferenceRange, ResultValue, ValueKind
from gateway.domain.lab_result import number_of
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_result


def test_full_time_is_an_instant_and_a_day() -> None:
    time = Timestamp("20260105093000+0100")
    assert time.instant == datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
    assert time.day == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["20260105", "202601", "2026", "20260105T0930", "yesterday", ""])
def test_time_without_hour_and_offset_is_no_instant(text: str) -> None:
    assert Timestamp(text).instant is None


def test_time_without_offset_sorts_but_is_no_instant() -> None:
    time = Timestamp("202601050930")
    assert time.instant is None
    assert time.earliest == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "20261305", "20260230", "20260105256000+0100", "20260105093000+9900"])
def test_impossible_time_is_kept_as_text_only(text: str) -> None:
    assert Timestamp(text).earliest is None


def test_impossible_day_is_none() -> None:
    assert Timestamp("20260230").day is None
    assert Timestamp("202602").day is None


def test_western_offset_and_utc_mark_are_read() -> None:
    assert Timestamp("202601050930-0400").instant == datetime(2026, 1, 5, 13, 30, tzinfo=UTC)
    assert Timestamp("202601050930Z").instant == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def test_leap_second_is_read() -> None:
    assert Timestamp("20161231235960+0000").earliest == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("text", "number"), [("7.2", "7.2"), (" 7,20 ", "7.20"), ("-1", "-1"), ("1e3", "1E+3")])
def test_number_keeps_its_figures(text: str, number: str) -> None:
    assert str(number_of(text)) == number


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1e999", "NaN", "Infinity", "9" * 30, "١٢"])
def test_text_that_is_no_plain_number_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize("mark", ["AA", "HH", "LL"])
def test_alert_codes_are_critical(mark: str) -> None:
    assert replace(a_result(), interpretation=("H", mark)).is_critical


@pytest.mark.parametrize("marks", [(), ("N",), ("H",), ("L",), ("R",)])
def test_other_codes_are_not_critical(marks: tuple[str, ...]) -> None:
    assert not replace(a_result(), interpretation=marks).is_critical


def test_normal_range_is_the_one_marked_so() -> None:
    target = ReferenceRange(low=Decimal(1), interpretation="H")
    normal = ReferenceRange(low=Decimal(2), high=Decimal(3), interpretation="N", text="deux à trois")
    result = replace(a_result(), ranges=(target, normal))
    assert result.normal_range == normal


def test_result_without_range_has_no_normal_one() -> None:
    assert a_result().normal_range is None


def test_unmarked_range_is_taken_as_normal() -> None:
    unmarked = ReferenceRange(high=Decimal(5))
    assert replace(a_result(), ranges=(unmarked,)).normal_range == unmarked


def test_value_is_displayed_with_comparator_and_unit() -> None:
    value = ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<", unit="mg/L")
    assert value.display == "< 1.0 mg/L"
