"""Instants as integers, there and back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.domain.instants import instant_of, micros_of


@pytest.mark.parametrize(
    ("instant", "micros"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2026, 11, 26, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=1))), 1_795_651_323_000_004),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 253_402_300_799_999_999),
    ],
)
def test_instant_comes_back_to_the_microsecond(instant: datetime, micros: int) -> None:
    assert (micros_of(instant), instant_of(micros)) == (micros, instant)
    assert instant_of(micros).tzinfo is UTC


@pytest.mark.parametrize("micros", [2**62, -(2**62)])
def test_date_that_is_none_is_that_of_the_beginning(micros: int) -> None:
    assert instant_of(micros) == datetime(1970, 1, 1, tzinfo=UTC)
