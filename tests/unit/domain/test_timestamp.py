"""Times of documents keep the precision that they were sent with, in every form that the schema allows."""

from datetime import UTC, date, datetime

import pytest

from gateway.domain.timestamp import Timestamp

HALF_PAST_SIX = datetime(2026, 9, 2, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "20260902083000+0200", "202609020830+0200", "20260902083000+02", "20260902083000+2", "20260902083000.123+0200",
        "20260902083000.123456789012+200", "2026-09-02T08:30:00+02:00", "2026-09-02T08:30+02:00",
        "2026-09-02 08:30:00+02", "2026-09-02T06:30:00Z", "20260902T083000+0200", "20260902T08:30:00+0200",
        " 20260902083000+0200\n",
        "20260902063000Z", "20260902083000,5+0200", "20260902023000-4", "20260902030000-330",
    ],
)  # fmt: skip
def test_every_form_of_an_instant_is_read(text: str) -> None:
    assert Timestamp(text).instant == HALF_PAST_SIX


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2026", (2026,)), ("20261", (2026,)), ("202611", (2026, 11)), ("2026110", (2026, 11)),
        ("20261102", (2026, 11, 2)), ("202611021", (2026, 11, 2)),
        ("2026-11", (2026, 11)), ("2026-11-02", (2026, 11, 2)), ("20260000", (2026,)),
        ("20261100", (2026, 11)), ("20261102+0100", (2026, 11, 2)), ("2026110223+0100", (2026, 11, 2)),
        ("202", ()), ("", ()), ("hier", ()), ("20261302", ()), ("02/11/2026", ()), ("2026-13", ()), ("٢٠٢٦", ()),
        ("2026-11-02T25:00", ()), ("00001102", ()), ("20261102083000+0100+0100", ()),
    ],
)  # fmt: skip
def test_no_more_is_known_than_was_sent(text: str, known: tuple[int, ...]) -> None:
    assert Timestamp(text).known == known


def test_day_is_as_it_was_written_whatever_the_offset() -> None:
    assert Timestamp("20261101003000+0100").day == date(2026, 11, 1)


def test_month_sorts_by_its_beginning_and_is_no_instant() -> None:
    assert Timestamp("202611").earliest == datetime(2026, 11, 1, tzinfo=UTC)
    assert Timestamp("202611").instant is None
    assert Timestamp("202611+0100").instant is None
