"""When an entry of the agenda takes place, once or several times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from gateway.domain.agenda.events import AgendaEvent, When, day_of, instant_at, is_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time at which an entry takes place; `last` is its last day, or its first."""

    event: AgendaEvent
    start: When
    end: When | None
    first: date
    last: date


def occurrences_of(event: AgendaEvent, zone: tzinfo) -> tuple[Occurrence, ...]:
    """List every time of an entry, in order."""
    found = [_occurrence(event, start, zone) for start in (event.start, *event.also)]
    return tuple(sorted(found, key=lambda one: instant_at(one.start, zone)))


def between(events: Iterable[AgendaEvent], first: date, last: date, zone: tzinfo) -> list[Occurrence]:
    """List what takes place from one day to another, both included, in order."""
    found = [one for event in events for one in occurrences_of(event, zone) if one.first <= last and one.last >= first]
    return sorted(found, key=lambda one: (instant_at(one.start, zone), one.event.id))


def span_of(event: AgendaEvent, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give the instants between which all of an entry lies."""
    found = occurrences_of(event, zone)
    return instant_at(found[0].start, zone), max(over_at(one, zone) for one in found)


def over_at(one: Occurrence, zone: tzinfo) -> datetime:
    """Give the instant at which it lies in the past; without an end it is shown until its day is over."""
    if one.end is None or is_day(one.start):
        return instant_at(one.last + _DAY, zone)
    return instant_at(one.end, zone)


def is_over(one: Occurrence, now: datetime, zone: tzinfo) -> bool:
    """Say whether it lies wholly in the past."""
    return over_at(one, zone) <= now


def reminders_of(event: AgendaEvent, zone: tzinfo) -> Sequence[datetime]:
    """List when its patient is reminded, in order; of a whole day, counted from nine in the morning."""
    if event.reminder is None or not event.stands:
        return ()
    before = timedelta(minutes=event.reminder)
    morning = timedelta(hours=9)
    starts = (instant_at(one.start, zone) + (morning if is_day(one.start) else timedelta()) for one in (
        occurrences_of(event, zone)
    ))  # fmt: skip
    return [start - before for start in starts]


def next_reminder(event: AgendaEvent, zone: tzinfo) -> datetime | None:
    """Give the first reminder that is still to come."""
    since = event.remind_from
    return next((at for at in reminders_of(event, zone) if since is None or at > since), None)


def _occurrence(event: AgendaEvent, start: When, zone: tzinfo) -> Occurrence:
    end = _moved(event, start)
    first = day_of(start, zone)
    last = first if end is None else day_of(end, zone)
    if isinstance(end, datetime) and last > first and instant_at(end, zone) == instant_at(last, zone):
        last -= _DAY  # what ends at midnight does not touch the next day
    return Occurrence(event=event, start=start, end=end, first=first, last=max(first, last))


def _moved(event: AgendaEvent, start: When) -> When | None:
    """Give the end of the time that begins at `start`."""
    if event.end is None or start == event.start:
        return event.end
    # Of one sort all of them: a day and a time of day are never mixed in one entry.
    return start + (event.end - event.start)
