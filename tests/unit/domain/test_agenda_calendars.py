"""Calendars as mail brings them: read within bounds, whatever they hold; and those that Pli writes."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from gateway.domain.agenda.calendar_items import CalendarItem, CalendarMethod, ReadCalendar
from gateway.domain.agenda.calendar_reading import MAX_ITEMS, read_calendar
from gateway.domain.agenda.calendar_writing import FeedTime, feed_calendar, reply_calendar
from gateway.domain.agenda.events import EventAnswer, EventSort, EventState
from gateway.domain.agenda.occurrences import occurrences_of
from gateway.domain.agenda.recurrence import MOST, RecurrenceRule, days_of, rule_of
from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.domain.local_days import PLACE
from tests.builders.agenda import MONDAY, a_calendar, an_event, calendar_of

TODAY = date(2026, 3, 2)


def read(octets: bytes) -> ReadCalendar:
    return read_calendar(octets, TODAY)


def only(octets: bytes) -> CalendarItem:
    (item,) = read(octets).items
    return item


def test_appointment_is_read_whole() -> None:
    item = only(
        a_calendar(
            "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT2H", "END:VALARM",
            "BEGIN:VALARM", "TRIGGER;VALUE=DATE-TIME:20260308T083000Z", "END:VALARM",
            DTEND="20260309T090000Z", SEQUENCE="2", LOCATION="12 rue de l'Essai\\, Rennes",
            DESCRIPTION="À jeun.\\nApporter la carte.", ORGANIZER=";CN=Iris:MAILTO:Iris@Cabinet.example",
        )
    )  # fmt: skip
    assert (item.uid, item.sequence, item.title) == ("essai-1@cabinet.example", 2, "Consultation")
    assert (item.start, item.end) == (MONDAY, MONDAY + timedelta(minutes=30))
    assert (item.place, item.about) == ("12 rue de l'Essai, Rennes", "À jeun.\nApporter la carte.")
    assert (item.organiser, item.reminder, item.sort) == ("iris@cabinet.example", 1440, EventSort.APPOINTMENT)


@pytest.mark.parametrize(
    ("start", "read_as"),
    [
        (";TZID=Europe/Paris:20260309T093000", MONDAY),
        (";TZID=Romance Standard Time:20260309T093000", MONDAY),
        ("20260309T093000", datetime.fromisoformat("2026-03-09T09:30")),
        (";TZID=Nowhere/Atall:20260309T093000", datetime.fromisoformat("2026-03-09T09:30")),
        (";VALUE=DATE:20260309", date(2026, 3, 9)),
    ],
)
def test_time_is_an_instant_a_day_or_without_zone(start: str, read_as: date) -> None:
    assert only(a_calendar(DTSTART=start)).start == read_as


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"DURATION": "PT45M"}, MONDAY + timedelta(minutes=45)),
        ({"DTEND": "20260309T080000Z"}, None),
        ({"DTEND": "20290309T080000Z"}, None),
        ({"DTEND": ";VALUE=DATE:20260310"}, None),
        ({"DTEND": "20260309T100000"}, datetime(2026, 3, 9, 10, tzinfo=UTC)),
        ({"DTSTART": ";VALUE=DATE:20260309", "DTEND": ";VALUE=DATE:20260312"}, date(2026, 3, 11)),
        ({"DTSTART": ";VALUE=DATE:20260309", "DTEND": ";VALUE=DATE:20260310"}, None),
        ({"DTSTART": ";VALUE=DATE:20260309", "DURATION": "P99999999D"}, None),
        ({"DTSTART": ";VALUE=DATE:20260309", "DURATION": "P2912000D", "RRULE": "FREQ=YEARLY;COUNT=3"}, None),
        ({"DTSTART": ";TZID=America/New_York:20260309T000000", "DURATION": "P2912375DT23H"}, None),
    ],
)
def test_end_is_read_where_it_makes_sense(fields: dict[str, str], end: date | None) -> None:
    assert only(a_calendar(**fields)).end == end


def test_task_is_for_its_day_or_for_the_day_it_came() -> None:
    assert only(a_calendar(kind="VTODO", DTSTART="", DUE="20260311T100000Z")).start == datetime(
        2026, 3, 11, 10, tzinfo=UTC
    )
    bare = only(a_calendar(kind="VTODO", DTSTART="", SUMMARY=""))
    assert (bare.start, bare.title, bare.sort) == (TODAY, "À faire", EventSort.TASK)


def test_method_says_what_is_asked() -> None:
    assert read(a_calendar(method="")).method is CalendarMethod.PUBLISH
    assert read(a_calendar(method="cancel")).method is CalendarMethod.CANCEL
    assert read(a_calendar(method="COUNTER")).method is CalendarMethod.OTHER
    assert only(a_calendar(STATUS="CANCELLED")).is_cancelled


def test_what_lacks_a_start_or_makes_no_sense_is_left_out_and_counted() -> None:
    assert read(a_calendar(DTSTART="")).more == 1
    assert read(a_calendar(DTSTART="tomorrow")).more == 1
    assert read(a_calendar(DTSTART="99990309T083000Z")).more == 1
    assert read(a_calendar(kind="VFREEBUSY")) == ReadCalendar(method=CalendarMethod.REQUEST)
    item = only(a_calendar(SEQUENCE="x", RRULE="FREQ=SOMETIMES", RDATE="never", EXDATE=";VALUE=DATE:20260309"))
    assert (item.sequence, item.also) == (0, ())


@pytest.mark.parametrize("octets", [b"", b"hello", b"BEGIN:VCALENDAR\n", b"BEGIN:VEVENT\nEND:VEVENT\n", b"END:VEVENT"])
def test_what_is_no_calendar_is_a_documented_fault(octets: bytes) -> None:
    with pytest.raises(MalformedContent):
        read(octets)


@pytest.mark.parametrize("zone", ["Europe", "A" * 300])
def test_zone_whose_name_is_that_of_no_file_is_a_documented_fault(zone: str) -> None:
    with pytest.raises(MalformedContent):
        read(a_calendar(DTSTART=f";TZID={zone}:20260309T083000"))


def test_text_of_another_charset_and_direction_marks_are_read_plainly() -> None:
    assert only(a_calendar(SUMMARY="Échographie").decode().encode("cp1252")).title == "Échographie"
    assert only(a_calendar(SUMMARY="a\u202eb\x07c")).title == "abc"


def test_weekly_rule_keeps_the_hour_on_the_wall_over_summer_time() -> None:
    item = only(a_calendar(DTSTART=";TZID=Europe/Paris:20260323T093000", RRULE="FREQ=WEEKLY;COUNT=3"))
    assert item.start == datetime(2026, 3, 23, 8, 30, tzinfo=UTC)
    assert item.also == (datetime(2026, 3, 30, 7, 30, tzinfo=UTC), datetime(2026, 4, 6, 7, 30, tzinfo=UTC))


def test_further_times_are_added_and_excluded() -> None:
    item = only(
        a_calendar(
            RRULE="FREQ=DAILY;UNTIL=20260311T235959Z",
            RDATE="20260320T083000Z,20260309T083000Z",
            EXDATE="20260310T083000Z",
        )
    )
    assert [when.day for when in item.also] == [11, 20]
    days = only(a_calendar(DTSTART=";VALUE=DATE:20260309", RRULE="FREQ=DAILY;UNTIL=20260311"))
    assert days.also == (date(2026, 3, 10), date(2026, 3, 11))


def test_changes_of_single_times_go_into_the_whole() -> None:
    start = ("BEGIN:VEVENT", "UID:u", "DTSTART:20260309T083000Z", "RRULE:FREQ=WEEKLY;COUNT=3", "END:VEVENT")
    moved = (
        "BEGIN:VEVENT", "UID:u", "RECURRENCE-ID:20260316T083000Z", "DTSTART:20260317T100000Z", "END:VEVENT",
    )  # fmt: skip
    gone = ("BEGIN:VEVENT", "UID:u", "RECURRENCE-ID:20260309T083000Z", "DTSTART:20260309T083000Z", "STATUS:CANCELLED",
            "END:VEVENT")  # fmt: skip
    item = only(calendar_of(*start, *moved, *gone))
    assert [when.day for when in (item.start, *item.also)] == [23, 17]
    alone = only(calendar_of(*moved))
    assert alone.at == datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
    everything = only(calendar_of(*a_calendar(UID="u").decode().splitlines()[3:-1], *gone))
    assert everything.start == MONDAY  # an entry keeps at least one time


def test_ten_thousand_recurrences_cost_little_and_are_bounded() -> None:
    began = time.process_time()
    many = a_calendar(RRULE="FREQ=DAILY;COUNT=10000")
    assert len(only(many).also) == MOST - 1
    with pytest.raises(LimitExceeded):
        read(a_calendar(*(f"RDATE:2026{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}0000Z" for n in range(10_000))))
    entry = ("BEGIN:VEVENT", "UID:u", "DTSTART:20260309T083000Z", "END:VEVENT")
    found = read(calendar_of(*entry * 1000))
    assert (len(found.items), found.more) == (MAX_ITEMS, 1000 - MAX_ITEMS)
    with pytest.raises(LimitExceeded):
        read(calendar_of(*("X-A:b",) * 40_000))
    with pytest.raises(LimitExceeded):
        read(b"BEGIN:VCALENDAR\r\n" + b"\n" * 100_000)
    assert time.process_time() - began < 3


def test_zone_that_a_calendar_defines_by_itself_is_never_worked_out() -> None:
    zone = (
        "BEGIN:VTIMEZONE", "TZID:Evil", "BEGIN:STANDARD", "DTSTART:19000101T000000", "RRULE:FREQ=SECONDLY",
        "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    entry = ("BEGIN:VEVENT", "UID:u", "DTSTART;TZID=Evil:20260309T083000", " ", "END:VEVENT")
    assert only(calendar_of(*zone, *entry)).start == datetime.fromisoformat("2026-03-09T08:30")


@pytest.mark.parametrize(
    ("parts", "days"),
    [
        ({"FREQ": ["DAILY"], "INTERVAL": [2], "COUNT": [3]}, ["03-09", "03-11", "03-13"]),
        ({"FREQ": ["WEEKLY"], "BYDAY": ["TH", "MO"], "COUNT": [3]}, ["03-09", "03-12", "03-16"]),
        ({"FREQ": ["WEEKLY"], "INTERVAL": [2], "COUNT": [2]}, ["03-09", "03-23"]),
        ({"FREQ": ["MONTHLY"], "COUNT": [2]}, ["03-09", "04-09"]),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": [31, -1], "COUNT": [3]}, ["03-09", "03-31", "04-30"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["2MO"], "COUNT": [2]}, ["03-09", "04-13"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["-1FR", "5MO"], "COUNT": [3]}, ["03-09", "03-27", "03-30"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["FR"], "COUNT": [3]}, ["03-09", "03-13", "03-20"]),
        ({"FREQ": ["YEARLY"], "COUNT": [2]}, ["03-09", "03-09"]),
    ],
)
def test_rules_that_practices_write_are_counted_out(parts: dict[str, list[object]], days: list[str]) -> None:
    rule = rule_of(parts, None)
    assert rule is not None
    assert [f"{day:%m-%d}" for day in days_of(rule, date(2026, 3, 9))] == days


@pytest.mark.parametrize(
    "parts",
    [
        {}, {"FREQ": ["SECONDLY"]}, {"FREQ": ["DAILY"], "INTERVAL": [0]}, {"FREQ": ["DAILY"], "COUNT": ["x"]},
        {"FREQ": ["WEEKLY"], "BYDAY": ["XX"]}, {"FREQ": ["MONTHLY"], "BYDAY": ["0MO"]},
        {"FREQ": ["MONTHLY"], "BYDAY": ["9MO"]}, {"FREQ": ["DAILY"], "BYDAY": ["MO"]},
        {"FREQ": ["WEEKLY"], "BYMONTHDAY": [1]}, {"FREQ": ["MONTHLY"], "BYMONTHDAY": [40]},
        {"FREQ": ["MONTHLY"], "BYDAY": ["MO"], "BYMONTHDAY": [1]}, {"FREQ": ["YEARLY"], "BYSETPOS": [1]},
    ],
)  # fmt: skip
def test_rule_that_says_more_gives_the_first_time_only(parts: dict[str, list[object]]) -> None:
    assert rule_of(parts, None) is None


def test_rule_names_each_day_once_however_often_it_says_it() -> None:
    by_number = rule_of({"FREQ": ["MONTHLY"], "BYMONTHDAY": [31] * 40_000, "INTERVAL": [12]}, None)
    by_name = rule_of({"FREQ": ["MONTHLY"], "BYDAY": ["5MO", "+5MO"] * 15_000}, None)
    assert by_number is not None
    assert by_name is not None
    assert (by_number.month_days, by_name.weekdays) == ([31], [(5, 0)])


def test_rules_end_at_the_end_of_the_calendar_and_after_three_years() -> None:
    assert days_of(RecurrenceRule(frequency="YEARLY"), date(9998, 12, 31)) == [date(9998, 12, 31), date(9999, 12, 31)]
    assert len(days_of(RecurrenceRule(frequency="DAILY", interval=400), date(9999, 12, 1))) == 2
    assert len(days_of(RecurrenceRule(frequency="YEARLY"), date(2026, 3, 9))) == 4
    never = RecurrenceRule(frequency="MONTHLY", month_days=[31], interval=12)
    assert days_of(never, date(2026, 2, 1)) == [date(2026, 2, 1)]


def entries_of(octets: bytes) -> list[Any]:  # Any: properties of the library are of many types
    return list(Calendar.from_ical(octets).walk("VEVENT"))


def test_answer_says_who_comes_to_what() -> None:
    event = an_event(uid="u1", sequence=3, claims="iris@cabinet.example", answer=EventAnswer.DECLINED)
    written = reply_calendar(event, "camille@patient.example", MONDAY)
    (answer,) = entries_of(written)
    assert b"METHOD:REPLY" in written
    assert (str(answer["UID"]), int(answer["SEQUENCE"])) == ("u1", 3)
    assert answer["ATTENDEE"].params["PARTSTAT"] == "DECLINED"
    assert str(answer["ORGANIZER"]) == "mailto:iris@cabinet.example"


def test_subscription_says_nothing_of_entries_unless_asked() -> None:
    events = [
        an_event(title="Oncologie", place="Hôpital", note="n", bring="b", also=(MONDAY + timedelta(days=1),)),
        an_event(title="Papiers", sort=EventSort.TASK, state=EventState.CANCELLED, start=date(2026, 3, 9),
                 end=date(2026, 3, 10), people="Iris"),
        an_event(end=MONDAY + timedelta(hours=1), answer=EventAnswer.DECLINED),
    ]  # fmt: skip
    times = [
        FeedTime(time=time, number=n) for event in events for n, time in enumerate(occurrences_of(event, PLACE))
    ]
    plain = feed_calendar(times, PLACE, MONDAY, says_all=False)
    for word in ("Oncologie", "pital", "Papiers", "Iris"):
        assert word not in plain.decode()
    assert plain.count(b"SUMMARY:Rendez-vous") == 4
    told = entries_of(feed_calendar(times, PLACE, MONDAY, says_all=True))
    assert [str(one["SUMMARY"]) for one in told] == ["Oncologie", "Oncologie", "À faire : Papiers", "Contrôle"]
    assert [str(one["STATUS"]) for one in told] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
    assert told[2]["DTEND"].dt == date(2026, 3, 11)
    assert len({str(one["UID"]) for one in told}) == 4
