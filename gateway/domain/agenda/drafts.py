"""What a patient writes into their agenda, and what is wrong with it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum

from gateway.domain.agenda.events import (
    LONGEST,
    LONGEST_REMINDER,
    MAX_LINE,
    MAX_LINKED,
    MAX_NOTE,
    MAX_TITLE,
    AgendaEvent,
    EventSort,
    When,
    day_of,
    exists_in,
    instant_at,
    is_day,
)

_EARLIEST, _YEARS_AHEAD = date(1900, 1, 1), 20


class DraftFault(Enum):
    """What keeps an entry from being kept."""

    NO_TITLE = "no_title"
    TOO_LONG = "too_long"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    NO_SUCH_TIME = "no_such_time"
    """Clocks do not show this time on that day: summer time begins."""
    ENDS_BEFORE = "ends_before"
    LASTS_TOO_LONG = "lasts_too_long"
    BAD_REMINDER = "bad_reminder"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EventDraft:
    """An entry as it was typed; times are local, without zone, or days."""

    title: str
    start: When
    end: When | None = None
    place: str = ""
    people: str = ""
    note: str = ""
    bring: str = ""
    documents: tuple[int, ...] = ()
    reminder: int | None = None
    sort: EventSort = EventSort.APPOINTMENT


def fault_of(draft: EventDraft, today: date, zone: tzinfo) -> DraftFault | None:
    """Say what is wrong with an entry, if anything is."""
    if not draft.title.strip():
        return DraftFault.NO_TITLE
    short = (draft.place, draft.people)
    if len(draft.title) > MAX_TITLE or max(map(len, short)) > MAX_LINE or len(draft.documents) > MAX_LINKED:
        return DraftFault.TOO_LONG
    if max(len(draft.note), len(draft.bring)) > MAX_NOTE:
        return DraftFault.TOO_LONG
    if not _EARLIEST <= day_of(draft.start, zone) <= date(today.year + _YEARS_AHEAD, 12, 31):
        return DraftFault.DAY_OUT_OF_RANGE
    if draft.reminder is not None and not 0 <= draft.reminder <= LONGEST_REMINDER:
        return DraftFault.BAD_REMINDER
    return _fault_of_times(draft, zone)


def _fault_of_times(draft: EventDraft, zone: tzinfo) -> DraftFault | None:
    # By days first: what is written for the year 1 is no instant in every zone.
    if draft.end is not None and day_of(draft.end, zone) < day_of(draft.start, zone):
        return DraftFault.ENDS_BEFORE
    times = [when for when in (draft.start, draft.end) if isinstance(when, datetime)]
    if not all(when.tzinfo or exists_in(when, zone) for when in times):
        return DraftFault.NO_SUCH_TIME
    if draft.end is None:
        return None
    if is_day(draft.end) != is_day(draft.start):
        return DraftFault.ENDS_BEFORE
    length = instant_at(draft.end, zone) - instant_at(draft.start, zone)
    if length < timedelta():
        return DraftFault.ENDS_BEFORE
    return DraftFault.LASTS_TOO_LONG if length > LONGEST else None


def written_into(event: AgendaEvent, draft: EventDraft, zone: tzinfo) -> AgendaEvent:
    """Give an entry as a form has it; of a professional's, only what is the patient's own changes."""
    noted = replace(
        event,
        note=draft.note.strip(),
        bring=draft.bring.strip(),
        documents=draft.documents,
        reminder=draft.reminder,
    )
    if not event.is_own:
        return noted
    return replace(
        noted,
        title=" ".join(draft.title.split()),
        start=_settled(draft.start, zone),
        end=None if draft.end is None else _settled(draft.end, zone),
        place=draft.place.strip(),
        people=draft.people.strip(),
        sort=draft.sort,
    )


def _settled(when: When, zone: tzinfo) -> When:
    """Give a local time as the instant that it is: of two, in autumn, the first."""
    return instant_at(when, zone).astimezone(UTC) if isinstance(when, datetime) else when
