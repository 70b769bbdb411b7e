"""Days where patients live, and how they are written."""

from datetime import UTC, date, datetime

import pytest

from gateway.domain.identity import BirthDate
from gateway.domain.local_days import birth_in_words, day_in_words, local_day


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 4, 13, 21, 59, 59, tzinfo=UTC), date(2026, 4, 13)),
        (datetime(2026, 4, 13, 22, tzinfo=UTC), date(2026, 4, 14)),
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_day_changes_at_midnight_in_paris_summer_and_winter(instant: datetime, day: date) -> None:
    assert local_day(instant) == day


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 3, 1), "1er mars 2026"), (date(2026, 12, 31), "31 décembre 2026")]
)
def test_day_is_written_as_it_is_read(day: date, words: str) -> None:
    assert day_in_words(day) == words


@pytest.mark.parametrize(
    ("born", "words"), [("1951-03-01", "1er mars 1951"), ("1951-03", "mars 1951"), ("1951", "1951")]
)
def test_birth_date_is_written_as_far_as_it_is_known(born: str, words: str) -> None:
    assert birth_in_words(BirthDate.parse(born)) == words
