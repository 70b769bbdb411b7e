"""When entries of an agenda take place: days, instants, times without zone, summer time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.agenda.drafts import DraftFault, EventDraft, fault_of, written_into
from gateway.domain.agenda.events import EventAnswer, EventSort, EventState, When, day_of, exists_in, instant_at
from gateway.domain.agenda.occurrences import between, is_over, occurrences_of, reminders_of, span_of
from gateway.domain.local_days import PLACE
from tests.builders.agenda import MONDAY, an_event

REUNION = ZoneInfo("Indian/Reunion")
TODAY = date(2026, 3, 2)
SPRING_GAP, AUTUMN_FOLD = datetime.fromisoformat("2026-03-29T02:30"), datetime.fromisoformat("2026-10-25T02:30")


def a_draft(**changes: object) -> EventDraft:
    return replace(EventDraft(title="Contrôle", start=datetime.fromisoformat("2026-03-09T09:30")), **changes)  # type: ignore[arg-type]  # fields of the caller


def test_time_without_zone_is_read_where_the_space_is_shown() -> None:
    nine = datetime.fromisoformat("2026-07-01T09:00")
    assert instant_at(nine, PLACE) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert instant_at(nine, REUNION) == datetime(2026, 7, 1, 5, tzinfo=UTC)
    assert day_of(nine, REUNION) == date(2026, 7, 1)


def test_day_begins_at_midnight_in_winter_and_summer() -> None:
    assert instant_at(date(2026, 1, 5), PLACE) == datetime(2026, 1, 4, 23, tzinfo=UTC)
    assert instant_at(date(2026, 7, 5), PLACE) == datetime(2026, 7, 4, 22, tzinfo=UTC)
    assert day_of(datetime(2026, 7, 4, 22, 30, tzinfo=UTC), PLACE) == date(2026, 7, 5)


def test_hour_that_summer_time_skips_is_no_time() -> None:
    assert not exists_in(SPRING_GAP, PLACE)
    assert exists_in(AUTUMN_FOLD, PLACE)
    assert fault_of(a_draft(start=SPRING_GAP), TODAY, PLACE) is DraftFault.NO_SUCH_TIME
    assert fault_of(a_draft(start=SPRING_GAP), TODAY, REUNION) is None


def test_hour_that_comes_twice_in_autumn_is_the_first() -> None:
    kept = written_into(an_event(), a_draft(start=AUTUMN_FOLD), PLACE)
    assert kept.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 3, 9), None, (9, 9)),
        (date(2026, 3, 9), date(2026, 3, 11), (9, 11)),
        (MONDAY, None, (9, 9)),
        (MONDAY, MONDAY + timedelta(hours=1), (9, 9)),
        (MONDAY, datetime(2026, 3, 9, 23, tzinfo=UTC), (9, 9)),  # midnight in Paris
        (MONDAY, datetime(2026, 3, 9, 23, 1, tzinfo=UTC), (9, 10)),
    ],
)
def test_entry_lies_on_the_days_that_it_touches(start: When, end: When | None, days: tuple[int, int]) -> None:
    (one,) = occurrences_of(an_event(start=start, end=end), PLACE)
    assert (one.first.day, one.last.day) == days


def test_entry_that_comes_again_lasts_as_long_each_time() -> None:
    event = an_event(end=MONDAY + timedelta(minutes=30), also=(MONDAY + timedelta(days=7),))
    assert [one.end for one in occurrences_of(event, PLACE)] == [
        MONDAY + timedelta(minutes=30), MONDAY + timedelta(days=7, minutes=30),
    ]  # fmt: skip
    assert span_of(event, PLACE) == (MONDAY, MONDAY + timedelta(days=7, minutes=30))


def test_view_shows_what_touches_its_days_in_order() -> None:
    late, early = an_event(start=MONDAY + timedelta(hours=2)), an_event()
    stay = an_event(start=date(2026, 3, 1), end=date(2026, 3, 9))
    found = between([late, early, stay], date(2026, 3, 9), date(2026, 3, 9), PLACE)
    assert [one.event for one in found] == [stay, early, late]
    assert not between([early], date(2026, 3, 10), date(2026, 3, 12), PLACE)
    assert not between([early], date(2026, 3, 1), date(2026, 3, 8), PLACE)


def test_entry_without_end_is_over_with_its_day() -> None:
    (open_ended,) = occurrences_of(an_event(), PLACE)
    (ended,) = occurrences_of(an_event(end=MONDAY + timedelta(minutes=5)), PLACE)
    at = MONDAY + timedelta(hours=1)
    assert not is_over(open_ended, at, PLACE)
    assert is_over(ended, at, PLACE)
    assert is_over(open_ended, datetime(2026, 3, 9, 23, tzinfo=UTC), PLACE)


def test_reminders_come_before_each_time_and_only_of_what_stands() -> None:
    event = an_event(reminder=60, also=(MONDAY + timedelta(days=7),))
    assert list(reminders_of(event, PLACE)) == [MONDAY - timedelta(hours=1), MONDAY + timedelta(days=7, hours=-1)]
    assert list(reminders_of(an_event(start=date(2026, 3, 9), reminder=0), PLACE)) == [
        datetime(2026, 3, 9, 8, tzinfo=UTC)
    ]
    assert not reminders_of(an_event(), PLACE)
    assert not reminders_of(replace(event, state=EventState.CANCELLED), PLACE)
    assert not reminders_of(replace(event, answer=EventAnswer.DECLINED), PLACE)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"title": "  "}, DraftFault.NO_TITLE),
        ({"title": "x" * 201}, DraftFault.TOO_LONG),
        ({"place": "x" * 301}, DraftFault.TOO_LONG),
        ({"note": "x" * 4001}, DraftFault.TOO_LONG),
        ({"documents": tuple(range(1, 30))}, DraftFault.TOO_LONG),
        ({"start": date(1890, 1, 1)}, DraftFault.DAY_OUT_OF_RANGE),
        ({"start": date(2090, 1, 1)}, DraftFault.DAY_OUT_OF_RANGE),
        ({"reminder": 10**6}, DraftFault.BAD_REMINDER),
        ({"end": datetime.fromisoformat("2026-03-09T09:00")}, DraftFault.ENDS_BEFORE),
        ({"end": date(2026, 3, 10)}, DraftFault.ENDS_BEFORE),
        ({"end": datetime.fromisoformat("2028-03-09T09:00")}, DraftFault.LASTS_TOO_LONG),
        ({"end": datetime.fromisoformat("2026-03-09T10:00"), "reminder": 30}, None),
        ({"start": MONDAY}, None),
    ],
)
def test_draft_is_refused_for_what_cannot_be(changes: dict[str, object], fault: DraftFault | None) -> None:
    assert fault_of(a_draft(**changes), TODAY, PLACE) is fault


@pytest.mark.parametrize("end", [date(1, 1, 1), datetime.fromisoformat("0001-01-01T00:05")])
def test_end_in_the_year_1_comes_before_its_start(end: When) -> None:
    start = date(2026, 3, 9) if not isinstance(end, datetime) else datetime.fromisoformat("2026-03-09T09:30")
    assert fault_of(a_draft(start=start, end=end), TODAY, PLACE) is DraftFault.ENDS_BEFORE


def test_draft_is_written_into_an_entry_of_ones_own() -> None:
    ten = datetime.fromisoformat("2026-03-09T10:00")
    draft = a_draft(title=" Un  contrôle ", end=ten, place=" Rennes ", sort=EventSort.TASK)
    kept = written_into(an_event(), draft, PLACE)
    assert (kept.title, kept.place, kept.sort) == ("Un contrôle", "Rennes", EventSort.TASK)
    assert (kept.start, kept.end) == (MONDAY, MONDAY + timedelta(minutes=30))
    assert written_into(an_event(), a_draft(start=TODAY), PLACE).start == TODAY


def test_of_a_professionals_entry_only_the_notes_change() -> None:
    theirs = an_event(organiser="claire@medecin.example", place="Rennes")
    kept = written_into(theirs, a_draft(title="Autre", place="Lyon", note="Au premier étage", reminder=5), PLACE)
    assert (kept.title, kept.place, kept.start) == ("Contrôle", "Rennes", MONDAY)
    assert (kept.note, kept.reminder) == ("Au premier étage", 5)
    assert not kept.is_own


def test_entry_hides_what_it_says() -> None:
    assert "Contrôle" not in repr(an_event())
