"""Write entries as calendars (RFC 5545): answers to an organiser (RFC 5546), and what other programs subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventSort, EventState, When, instant_at, is_day
from gateway.domain.agenda.occurrences import Occurrence

_PRODUCT = "-//Pli//Agenda//FR"
_PARTSTAT = {EventAnswer.ACCEPTED: "ACCEPTED", EventAnswer.DECLINED: "DECLINED", EventAnswer.NONE: "NEEDS-ACTION"}
HIDDEN_TITLE = "Rendez-vous"
"""What an entry is called where its holder wants nothing said of it."""


def reply_calendar(event: AgendaEvent, attendee: str, now: datetime) -> bytes:
    """Write the answer to an invitation, as its organiser's calendar takes it (RFC 5546 §3.2.3)."""
    from icalendar import Event, vCalAddress

    answer = Event()
    answer.add("uid", event.uid)
    answer.add("sequence", event.sequence)
    answer.add("dtstamp", now.astimezone(UTC))
    answer.add("dtstart", event.start)
    answer.add("summary", event.title)
    answer.add("organizer", vCalAddress(f"mailto:{event.claims}"))
    who = vCalAddress(f"mailto:{attendee}")
    who.params["PARTSTAT"] = _PARTSTAT[event.answer]
    answer.add("attendee", who)
    return _written([answer], "REPLY")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTime:
    """One time of an entry, and which of its times it is, from 0."""

    time: Occurrence
    number: int


def feed_calendar(times: Iterable[FeedTime], zone: tzinfo, stamp: datetime, *, says_all: bool) -> bytes:
    """Write times for a subscription; without `says_all` each is an hour and a word that says nothing."""
    return _written([_component(one, zone, stamp, says_all) for one in times], "")


# Any: a component of the library has methods for values of many types.
def _component(one: FeedTime, zone: tzinfo, stamp: datetime, says_all: bool) -> Any:
    from icalendar import Event

    event, end = one.time.event, one.time.end
    written = Event()
    written.add("uid", uid_of(one))
    written.add("sequence", event.version)
    written.add("dtstamp", stamp.astimezone(UTC))
    written.add("dtstart", _time(one.time.start, zone))
    if end is not None:
        written.add("dtend", _time(end, zone) if not is_day(end) else _after(end))
    is_off = event.state is EventState.CANCELLED or event.answer is EventAnswer.DECLINED
    written.add("status", "CANCELLED" if is_off else "CONFIRMED")
    written.add("class", "PRIVATE")
    written.add("summary", _title(event) if says_all else HIDDEN_TITLE)
    if says_all:
        for name, text in (("location", event.place), ("description", _about(event))):
            if text:
                written.add(name, text)
    return written


def uid_of(one: FeedTime) -> str:
    """Give the identifier of a time: each is an event of its own, since few programs know RDATE."""
    return f"{one.time.event.id:x}-{one.number}@pli"


def _title(event: AgendaEvent) -> str:
    return f"À faire : {event.title}" if event.sort is EventSort.TASK else event.title


def _about(event: AgendaEvent) -> str:
    people = event.people or event.organiser_name
    bring = f"À apporter : {event.bring}" if event.bring else ""
    return "\n".join(filter(None, (people and f"Avec {people}", event.about, event.note, bring)))


def _time(when: When, zone: tzinfo) -> When:
    return when if is_day(when) else instant_at(when, zone)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _written(components: list[Any], method: str) -> bytes:  # Any: as above
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    for component in components:
        calendar.add_component(component)
    return bytes(calendar.to_ical())
