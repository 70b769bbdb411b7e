"""What a calendar holds, as values; and how single times of an entry that comes again are changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from gateway.domain.agenda.events import EventSort, When, is_day


class CalendarMethod(Enum):
    """What a calendar asks for; `OTHER` is none of what an agenda does."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    OTHER = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CalendarItem:
    """An appointment or a task of a calendar.

    Attributes:
        also: its further times.
        about: what the organiser says of it.
        organiser: the address that it claims as its organiser's.
        at: which time of an entry that comes again it is about (RECURRENCE-ID).
    """

    uid: str
    sequence: int
    title: str
    start: When
    end: When | None = None
    also: tuple[When, ...] = ()
    place: str = ""
    about: str = ""
    organiser: str = ""
    reminder: int | None = None
    sort: EventSort = EventSort.APPOINTMENT
    is_cancelled: bool = False
    at: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReadCalendar:
    """What a calendar holds; `more` entries were left out, because there are too many or they lack what they need."""

    method: CalendarMethod
    items: tuple[CalendarItem, ...] = ()
    more: int = 0


def merged(items: Iterable[CalendarItem]) -> tuple[CalendarItem, ...]:
    """Put changes of single times into the entry that comes again, when the calendar has it."""
    found: list[CalendarItem] = []
    for item in items:
        place = next((n for n, one in enumerate(found) if item.at and one.uid == item.uid and not one.at), None)
        if place is None:
            found.append(item)
            continue
        whole = found[place]
        times = [when for when in (whole.start, *whole.also) if when != item.at]
        times += [] if item.is_cancelled or is_day(item.start) != is_day(whole.start) else [item.start]
        if times:
            found[place] = replace(whole, **moved_to(whole.start, whole.end, times))
    return tuple(found)


def moved_to(start: When, end: When | None, times: Iterable[When]) -> dict[str, Any]:  # Any: fields of an entry
    """Give start, end and further times of an entry whose times are these."""
    first, *others = dict.fromkeys(times)
    length = None if end is None else end - start
    return {"start": first, "end": None if length is None else first + length, "also": tuple(others)}
