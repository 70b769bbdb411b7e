"""Curves: where marks, bands and dates are drawn, and what is said of them."""

import pytest

from gateway.domain.examinations import Curve, SpaceObservations
from gateway.domain.mailbox import VaultId
from tests.builders.web_results import LILAS, PARC, measured, observed
from webmail.examination_trend import sparkline_of, trend_of
from webmail.examination_views import comparison_of, line_of, view_of
from webmail.trend import BOTTOM, TOP

VAULT = VaultId(7)


def _curve(*values: tuple[str, str], bounds: tuple[str, str] = ("1", "2"), codes: tuple[str, ...] = ()) -> Curve:
    documents = [
        observed(number, day, LILAS, [measured("Cholestérol", "2093-3", value, "g/L", bounds, codes)])
        for number, (day, value) in enumerate(values, 1)
    ]
    space = SpaceObservations(documents)
    found = space.examination(space.keys[0])
    assert found is not None
    return found.curves[0]


def test_marks_go_from_left_to_right_and_higher_is_above() -> None:
    trend = trend_of(_curve(("20240101", "1.5"), ("20250101", "2.5"), ("20260101", "0.5")))
    assert trend is not None
    assert [mark.kind for mark in trend.marks] == ["inside", "above", "below"]
    assert trend.marks[0].x < trend.marks[1].x < trend.marks[2].x
    assert TOP <= trend.marks[1].y < trend.marks[0].y < trend.marks[2].y <= BOTTOM
    assert trend.words.startswith("Courbe de 3 valeurs, en g/L, du 1er janvier 2024 au 1er janvier 2026.")
    assert trend.marks[1].words == f"1er janvier 2025 : 2,5 g/L, {LILAS}"


def test_bands_meet_half_way_between_their_results() -> None:
    trend = trend_of(_curve(("20240101", "1.5"), ("20260101", "1.6")))
    assert trend is not None
    first, second = trend.bands
    assert (first.x, first.width, second.x, second.width) == (0.0, 50.0, 50.0, 50.0)
    assert first.height == second.height > 1


@pytest.mark.parametrize(("bounds", "top", "bottom"), [(("", "2"), False, True), (("1", ""), True, False)])
def test_open_range_goes_to_the_end_of_the_drawing(bounds: tuple[str, str], top: bool, bottom: bool) -> None:
    trend = trend_of(_curve(("20240101", "0.5"), ("20260101", "2.6"), bounds=bounds))
    assert trend is not None
    assert (trend.bands[0].y < TOP) is top
    assert (trend.bands[0].y + trend.bands[0].height == pytest.approx(BOTTOM)) is bottom


def test_result_without_range_has_no_band() -> None:
    trend = trend_of(_curve(("20240101", "1.5"), ("20260101", "1.6"), bounds=("", "")))
    assert trend is not None
    assert trend.bands == ()


def test_one_value_is_no_curve() -> None:
    assert trend_of(_curve(("20240101", "1.5"))) is None
    assert sparkline_of(_curve(("20240101", "Hémolysé"), ("20250101", "1.2"))) is None


def test_values_of_one_day_stand_beside_each_other() -> None:
    trend = trend_of(_curve(("2026030108", "1.5"), ("2026030112", "1.5"), ("2026030116", "1.5"), bounds=("", "")))
    assert trend is not None
    assert [mark.x for mark in trend.marks] == [3.0, 50.0, 97.0]
    assert [tick.anchor for tick in trend.across] == ["start", "end"]


def test_scale_has_round_numbers_that_span_all_values() -> None:
    trend = trend_of(_curve(("20240101", "147"), ("20260101", "1210"), bounds=("150", "400")))
    assert trend is not None
    assert [tick.words for tick in trend.down] == ["0", "500", "1000", "1500"]


def test_years_that_begin_between_are_named() -> None:
    trend = trend_of(_curve(("20230601", "1.5"), ("20261101", "1.6")))
    assert trend is not None
    assert [tick.words for tick in trend.across] == ["06/2023", "2025", "11/2026"]


def test_censored_value_points_where_it_may_be() -> None:
    trend = trend_of(_curve(("20240101", "<1"), ("20250101", ">3"), ("20260101", "1.5"), codes=("HH",)))
    assert trend is not None
    assert [mark.toward for mark in trend.marks] == ["down", "up", ""]
    assert all(mark.is_critical for mark in trend.marks)


def test_sparkline_has_the_shape_alone() -> None:
    spark = sparkline_of(_curve(("20240101", "1.5"), ("20260101", "1.5")))
    assert spark is not None
    assert (len(spark.marks), spark.bands, spark.across, spark.words) == (2, (), (), "")


def test_two_dates_that_are_chosen_stand_side_by_side_the_earlier_first() -> None:
    documents = [
        observed(1, "20240101", LILAS, [measured("Cholestérol", "2093-3", "2.4", "g/L")]),
        observed(2, "20250101", PARC, [measured("Cholestérol", "14647-2", "5.7", "mmol/L")]),
        observed(3, "20260101", LILAS, [measured("Cholestérol", "2093-3", "2.0", "g/L")]),
    ]
    space = SpaceObservations(documents)
    found = space.examination(space.keys[0])
    assert found is not None
    chosen = comparison_of(found, "3-0", "1-0")
    last = comparison_of(found, "", "nothing")
    assert chosen is not None
    assert last is not None
    assert [row.result.value for row in (chosen.before, chosen.after)] == ["2.4", "2.0"]
    assert chosen.words.startswith("En baisse")
    assert [row.result.value for row in (last.before, last.after)] == ["5.7", "2.0"]
    view, line = view_of(found, VAULT), line_of(found, VAULT)
    assert (view.laboratories, view.count, line.change) == (2, 3, "En baisse")
    assert [row.converted for row in view.curves[0].rows] == ["", "2,20 g/L", ""]


def test_one_result_is_compared_with_nothing() -> None:
    space = SpaceObservations([observed(1, "20240101", LILAS, [measured("Cholestérol", "2093-3", "2.4", "g/L")])])
    found = space.examination(space.keys[0])
    assert found is not None
    assert comparison_of(found, "", "") is None
    assert line_of(found, VAULT).change == ""
