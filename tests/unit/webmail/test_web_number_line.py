"""The number line: where a result stands beside its range, in places and in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.value_place import ValuePlace
from webmail.number_line import reading_of
from webmail.shown_documents import Result
from webmail.wording import NBSP


def result(
    value: str,
    low: str | None = None,
    high: str | None = None,
    unit: str = "",
    reference: str = "",
    interpretation: str = "",
) -> Result:
    least, most = (Decimal(limit) if limit else None for limit in (low, high))
    return Result(
        label="Glycémie",
        value=value,
        loinc="",
        unit=unit,
        low=least,
        high=most,
        reference=reference,
        interpretation=interpretation,
    )


@pytest.mark.parametrize(
    ("value", "low", "high", "place"),
    [
        ("5", "4", "6", ValuePlace.INSIDE),
        ("4", "4", "6", ValuePlace.INSIDE),
        ("6", "4", "6", ValuePlace.INSIDE),
        ("6.01", "4", "6", ValuePlace.ABOVE),
        ("3,9", "4", "6", ValuePlace.BELOW),
        ("<1.0", None, "5", ValuePlace.INSIDE),
        ("<3", "4", "6", ValuePlace.BELOW),
        ("<4", "4", "6", ValuePlace.BELOW),
        ("<=4", "4", "6", ValuePlace.UNKNOWN),
        ("<5", "4", "6", ValuePlace.UNKNOWN),
        (">90", "60", None, ValuePlace.INSIDE),
        (">6", "4", "6", ValuePlace.ABOVE),
        (">=6", "4", "6", ValuePlace.UNKNOWN),
        (">5", "4", "6", ValuePlace.UNKNOWN),
        ("≥7", None, "6", ValuePlace.ABOVE),
        ("Négatif", "4", "6", ValuePlace.UNKNOWN),
        ("5", None, None, ValuePlace.UNKNOWN),
    ],
)
def test_value_is_placed_only_where_it_must_be(
    value: str, low: str | None, high: str | None, place: ValuePlace
) -> None:
    assert reading_of(result(value, low, high)).place is place


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("5", "dans l’intervalle"),
        ("6.1", "juste au-dessus de l’intervalle, de 0,1 g/L"),
        ("8", "au-dessus de l’intervalle, de 2 g/L"),
        ("3.5", "au-dessous de l’intervalle, de 0,5 g/L"),
        (">8", "au-dessus de l’intervalle, d’au moins 2 g/L"),
        ("<4", "au-dessous de l’intervalle"),
        ("<5", "non comparable à l’intervalle"),
    ],
)
def test_words_say_how_far_the_value_is(value: str, words: str) -> None:
    said = reading_of(result(value, "4", "6", unit="g/L")).words
    assert said.replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("4", "6", "4 à 6 g/L"), (None, "6", "jusqu’à 6 g/L"), ("4.50", None, "à partir de 4,50 g/L"), (None, None, "")],
)
def test_range_is_said_as_the_laboratory_gives_it(low: str | None, high: str | None, words: str) -> None:
    assert reading_of(result("5", low, high, unit="g/L")).range_words.replace(NBSP, " ") == words


def test_range_in_words_is_shown_when_there_are_no_numbers() -> None:
    assert reading_of(result("Négatif", reference="Négatif")).range_words == "Négatif"


@pytest.mark.parametrize(("code", "critical"), [("HH", True), ("LL", True), ("AA", True), ("H", False), ("", False)])
def test_alert_follows_the_laboratory_not_the_range(code: str, critical: bool) -> None:
    reading = reading_of(result("5", "4", "6", interpretation=code))
    assert reading.is_critical is critical
    assert bool(reading.signal) is bool(code)


def test_band_spans_the_range_and_the_marker_the_value() -> None:
    line = reading_of(result("11.4", "4.0", "10.0")).line
    assert line is not None
    assert (line.low, line.high) == ("4,0", "10,0")
    assert line.band_start < line.band_end < line.marker < 100
    assert not line.off_scale


def test_value_far_away_stays_on_the_line_and_says_so() -> None:
    line = reading_of(result("4000", "4", "6")).line
    assert line is not None
    assert line.off_scale
    assert line.marker == 97.5


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        ("5", "N", ""), ("5", "", ""), ("7", "H", ""), ("3", "LL", ""), ("7", "", ""), ("7", ">", ""),
        ("5", "H", "dans l’intervalle"), ("5", "A", "dans l’intervalle"),
        ("7", "N", "hors de l’intervalle"), ("3", "N", "hors de l’intervalle"),
        ("7", "L", "ne disent pas la même chose"), ("3", "HU", "ne disent pas la même chose"),
    ],
)  # fmt: skip
def test_mark_and_place_that_differ_are_explained(value: str, code: str, said: str) -> None:
    difference = reading_of(result(value, "4", "6", interpretation=code)).difference
    assert said in difference
    assert bool(said) is bool(difference)


@pytest.mark.parametrize(("value", "toward"), [("<1", "left"), (">=9", "right"), ("5", "")])
def test_censored_value_points_to_where_it_may_be(value: str, toward: str) -> None:
    line = reading_of(result(value, "4", "6")).line
    assert line is not None
    assert line.toward == toward


@pytest.mark.parametrize("value", ["Négatif", "", "1/80", "1e999999"])
def test_no_line_is_drawn_for_what_is_no_number(value: str) -> None:
    assert reading_of(result(value, "4", "6")).line is None


def test_no_line_is_drawn_without_a_range() -> None:
    assert reading_of(result("5")).line is None


numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=3)


signs = st.sampled_from(["", "<", ">", "<=", "≥"])


@given(number=numbers, low=st.none() | numbers, high=st.none() | numbers, sign=signs)
def test_every_number_gives_a_drawable_line(
    number: Decimal, low: Decimal | None, high: Decimal | None, sign: str
) -> None:
    reading = reading_of(Result(label="x", value=f"{sign}{number}", low=low, high=high))
    assert reading.line is None or (
        0 <= reading.line.band_start <= 100 and 0 <= reading.line.band_end <= 100 and 0 <= reading.line.marker <= 100
    )
