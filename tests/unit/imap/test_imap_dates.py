"""The day of SEARCH and the date-time of APPEND and INTERNALDATE."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import MalformedContent
from gateway.imap.wire.dates import internal_date, parse_date, parse_date_time


@pytest.mark.parametrize(("text", "day"), [
    (b"1-Feb-1994", date(1994, 2, 1)), (b"01-FEB-1994", date(1994, 2, 1)),
    (b"29-feb-2024", date(2024, 2, 29)),
])
def test_a_day_is_read(text: bytes, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize("text", [
    b"", b"1-Feb-94", b"30-Feb-2024", b"1-Fev-2024", b" 1-Feb-2024", b"0-Jan-2024", b"1-Jan-0000",
])
def test_a_day_that_does_not_exist_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedContent):
        parse_date(text)


@pytest.mark.parametrize("text", [
    b"17-Jul-1996 02:44:25 -0700", b"17-jul-1996 09:44:25 +0000", b"17-Jul-1996 11:14:25 +0130",
])
def test_a_date_time_is_read_as_an_instant(text: bytes) -> None:
    assert parse_date_time(text) == datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    b"", b"7-Jul-1996 02:44:25 -0700", b"17-Jul-1996 02:44:25", b"17-Jul-1996 24:00:00 +0000",
    b"17-Jul-1996 02:44:60 +0000",
    b"17-Jui-1996 02:44:25 +0000", b"17-Jul-1996 02:44:25 +2400", b"17-Jul-1996 02:44:25 +0060",
    b"31-Jun-1996 02:44:25 +0000",
    b" 1-Jan-0001 00:00:00 +0100", b"31-Dec-9999 23:59:59 -0100", b" 1-Jan-0000 00:00:00 +0000",
])
def test_a_date_time_that_does_not_exist_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedContent):
        parse_date_time(text)


def test_a_one_digit_day_is_written_with_a_leading_space() -> None:
    paris = timezone(timedelta(hours=2))
    assert internal_date(datetime(2026, 7, 7, 1, 2, 3, tzinfo=paris)) == b'" 6-Jul-2026 23:02:03 +0000"'


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(instant: datetime) -> None:
    assert parse_date_time(internal_date(instant)[1:-1]) == instant.replace(microsecond=0)
