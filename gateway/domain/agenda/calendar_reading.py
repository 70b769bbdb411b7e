"""Read a calendar as mail brings it (RFC 5545, 5546), within bounds: what cannot be read is no entry, and no fault.

Time zones that a calendar defines by itself are not worked out: their rules could go on for ever. A zone is known by
its name, as IANA or Outlook writes it; a time in any other is read without zone.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from gateway.domain.agenda.calendar_items import CalendarItem, CalendarMethod, ReadCalendar, merged
from gateway.domain.agenda.events import (
    LONGEST,
    LONGEST_REMINDER,
    MAX_LINE,
    MAX_NOTE,
    MAX_TITLE,
    EventSort,
    When,
    is_day,
)
from gateway.domain.agenda.recurrence import MOST, days_of, rule_of
from gateway.domain.errors import LimitExceeded, MalformedContent

MAX_OCTETS = 128 * 1024
MAX_ITEMS = 20
_MAX_LINES = 1500
_LAST_YEAR = 2199
_READ = frozenset({
    b"BEGIN", b"END", b"VERSION", b"METHOD", b"UID", b"SEQUENCE", b"SUMMARY", b"DTSTART", b"DTEND", b"DURATION", b"DUE",
    b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID", b"LOCATION", b"DESCRIPTION", b"ORGANIZER", b"STATUS", b"TRIGGER",
})  # fmt: skip
_NAME = re.compile(rb"([A-Za-z-]{1,40})[:;]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def read_calendar(octets: bytes, received: date) -> ReadCalendar:
    """Read a calendar; a task without a day is for the day on which it came.

    Raises:
        MalformedContent: it is none.
        LimitExceeded: it is too long.
    """
    if len(octets) > MAX_OCTETS:
        raise LimitExceeded("a calendar is too long")
    kept, more = _kept(octets)
    try:
        return _read(kept, more, received)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, OSError) as error:
        # OSError: the name of a zone is looked up as that of a file, which may be a folder or too long.
        raise MalformedContent("a calendar that cannot be read") from error


def _read(octets: bytes, more: int, received: date) -> ReadCalendar:
    # Here, since it is read rarely and takes long to load.
    from icalendar import Calendar

    found = Calendar.from_ical(_decoded(octets))
    if getattr(found, "name", "") != "VCALENDAR":
        raise MalformedContent("no calendar")
    asked = str(found.get("METHOD", "PUBLISH")).upper()
    known = {one.value for one in CalendarMethod}
    method = CalendarMethod(asked if asked in known else "")
    items, lacking = [], 0
    for component in found.subcomponents:
        item = _item(component, received)
        lacking += item is None
        items += [item] if item else []
    return ReadCalendar(method=method, items=merged(items), more=more + lacking)


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _kept(octets: bytes) -> tuple[bytes, int]:
    """Keep the lines that say something here, of the first entries; count the others."""
    kept, depth, passed, taken, more, takes = list[bytes](), 0, 0, 0, 0, False
    for number, line in enumerate(octets.replace(b"\r\n", b"\n").split(b"\n")):
        if line[:1] in (b" ", b"\t"):
            kept += [line] if takes and kept else []
            continue
        named = _NAME.match(line)
        name, value = (named[1].upper() if named else b""), line.partition(b":")[2].strip().upper()
        if name == b"BEGIN":
            depth += 1
            if not passed and depth == 2 and value in (b"VEVENT", b"VTODO"):
                taken, more = taken + (taken < MAX_ITEMS), more + (taken >= MAX_ITEMS)
                passed = 0 if more == 0 else depth
            elif not passed and not (depth == 1 or (depth == 3 and value == b"VALARM")):
                passed = depth
        takes = not passed and name in _READ and len(kept) < _MAX_LINES
        if takes:
            kept.append(line)
        if name == b"END":
            passed = 0 if passed == depth else passed
            depth -= 1
        if number > 20 * _MAX_LINES or len(kept) >= _MAX_LINES:
            raise LimitExceeded("a calendar has too many lines")
    return b"\r\n".join(kept) + b"\r\n", more


# Any: a component of the library gives values of many types.
def _item(component: Any, received: date) -> CalendarItem | None:
    if component.name not in ("VEVENT", "VTODO"):
        return None
    sort = EventSort.TASK if component.name == "VTODO" else EventSort.APPOINTMENT
    start, end = _times(component, sort, received)
    if start is None:
        return None
    at = _when(component.get("RECURRENCE-ID"))
    return CalendarItem(
        uid=_text(component.get("UID"), 255),
        sequence=_sequence(component.get("SEQUENCE")),
        title=_text(component.get("SUMMARY"), MAX_TITLE)
        or ("À faire" if sort is EventSort.TASK else "Rendez-vous"),
        start=_instant(start),
        end=None if end is None else _instant(end),
        also=_also(component, start) if at is None else (),
        place=_text(component.get("LOCATION"), MAX_LINE),
        about=_lines(component.get("DESCRIPTION")),
        organiser=_text(component.get("ORGANIZER"), 320).lower().removeprefix("mailto:"),
        reminder=_reminder(component, start),
        sort=sort,
        is_cancelled=str(component.get("STATUS", "")).upper() == "CANCELLED",
        at=None if at is None else _instant(at),
    )


def _times(component: Any, sort: EventSort, received: date) -> tuple[When | None, When | None]:  # Any: as above
    start = _when(component.get("DTSTART"))
    if sort is EventSort.TASK:
        return _when(component.get("DUE")) or start or received, None
    if start is None:
        return None, None
    end = _when(component.get("DTEND"))
    length = _part(component.get("DURATION"), "dt")
    if end is None and isinstance(length, timedelta):
        end = _moved(start, length)
    if end is None or is_day(end) != is_day(start):
        return start, None
    if is_day(start):
        # The day of the end is the first after it (RFC 5545 §3.6.1).
        last = _moved(end, timedelta(days=-1))
        return start, last if last is not None and start < last <= start + LONGEST else None
    end = _like(end, start)
    is_sound = end.year <= _LAST_YEAR and timedelta() <= _instant(end) - _instant(start) <= LONGEST
    return start, end if is_sound else None


def _like(end: When, start: When) -> When:
    """Give an end that can be compared with its start: where one lacks a zone, it has that of the other."""
    if isinstance(end, datetime) and isinstance(start, datetime) and bool(end.tzinfo) != bool(start.tzinfo):
        return end.replace(tzinfo=start.tzinfo)
    return end


def _also(component: Any, start: When) -> tuple[When, ...]:  # Any: as above
    found = {_instant(start): None}
    for day in _days(component, start):
        found.setdefault(_instant(_on(day, start)), None)
    for when in _dates(component.get("RDATE")):
        if is_day(when) == is_day(start):
            found.setdefault(_instant(_like(when, start)), None)
        if len(found) > MOST:
            break
    gone = {_instant(_like(when, start)) for when in _dates(component.get("EXDATE"))}
    return tuple(when for when in found if when not in gone and when != _instant(start))[: MOST - 1]


def _days(component: Any, start: When) -> list[date]:  # Any: as above
    rules = component.get("RRULE")
    if not isinstance(rules, Mapping):
        return []
    parts = {str(name).upper(): values if isinstance(values, list) else [values] for name, values in rules.items()}
    until = next(iter(parts.get("UNTIL", ())), None)
    zone = start.tzinfo if isinstance(start, datetime) else None
    rule = rule_of(parts, _day(until, zone) if isinstance(until, date) else None)
    return days_of(rule, _day(start, zone)) if rule else []


def _dates(value: Any) -> list[When]:  # Any: as above
    lists = value if isinstance(value, list) else [value]
    return [
        when for one in lists for date_ in (_part(one, "dts") or ())[: 2 * MOST] if (when := _when(date_)) is not None
    ]


def _on(day: date, start: When) -> When:
    return datetime.combine(day, start.time(), start.tzinfo) if isinstance(start, datetime) else day


def _day(when: When, zone: tzinfo | None) -> date:
    if not isinstance(when, datetime):
        return when
    return (when.astimezone(zone) if when.tzinfo and zone else when).date()


def _when(value: Any) -> When | None:  # Any: as above
    """Give a day or a time within the years that an agenda knows."""
    when = _part(value, "dt")
    return when if isinstance(when, date) and 1901 <= when.year <= _LAST_YEAR else None


def _part(value: Any, name: str) -> Any:  # Any: as above
    """Give what a property holds; one that could not be read raises where it is asked."""
    return None if type(value).__name__ == "vBroken" else getattr(value, name, None)


def _instant(when: When) -> When:
    """Give a time with a zone as an instant; days and times without zone stay."""
    return when.astimezone(UTC) if isinstance(when, datetime) and when.tzinfo else when


def _moved(when: When, by: timedelta) -> When | None:
    try:
        return when + by
    except OverflowError:
        return None


def _reminder(component: Any, start: When) -> int | None:  # Any: as above
    """Give the earliest of its alarms, in minutes before the start."""
    found = []
    for alarm in component.subcomponents:
        trigger = _part(alarm.get("TRIGGER"), "dt")
        if isinstance(trigger, datetime) and isinstance(start, datetime) and trigger.tzinfo and start.tzinfo:
            trigger = trigger - start
        if isinstance(trigger, timedelta):
            found.append(int(-trigger.total_seconds()) // 60)
    return max((minutes for minutes in found if 0 <= minutes <= LONGEST_REMINDER), default=None)


def _sequence(value: object) -> int:
    try:
        return min(max(int(str(value or 0)), 0), 2**31)
    except ValueError:
        return 0


def _text(value: object, longest: int) -> str:
    return " ".join(_CONTROLS.sub("", str(value or "")).split())[:longest]


def _lines(value: object) -> str:
    return _CONTROLS.sub("", str(value or "").replace("\r\n", "\n")).strip()[:MAX_NOTE]
