"""An entry of a patient's agenda: an appointment or something to be done, the patient's own or a professional's.

A time is a day, an instant, or a time without zone (RFC 5545 §3.3.5, « floating »), which is read where the space is
shown.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import TypeAlias

from gateway.domain.mailbox import MessageId, VaultId

When: TypeAlias = date | datetime
MAX_TITLE = 200
MAX_LINE = 300
MAX_NOTE = 4000
MAX_LINKED = 20
MAX_ENTRIES = 3000
"""Entries that one agenda holds; more are refused."""
MAX_BY_MAIL = 2500
"""In an agenda of so many, mail puts no more: its holder still finds room."""
MAX_OF_ORGANISER = 500
"""Entries that one mailbox has in an agenda: nobody fills it alone."""
LONGEST = timedelta(days=366)
"""No entry lasts longer, whoever wrote it: what moves its times stays within the years that there are."""
LONGEST_REMINDER = 60 * 24 * 60
"""Minutes: no reminder comes more than sixty days before."""


class EventSort(Enum):
    """What an entry is."""

    APPOINTMENT = "appointment"
    TASK = "task"


class EventState(Enum):
    """How an entry stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    DONE = "done"


class EventAnswer(Enum):
    """What the patient has said to a professional's invitation."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AgendaEvent:
    """One entry.

    Attributes:
        id: random number of the entry in its vault.
        version: counts its changes; a form says which it was filled from.
        end: when it ends; the last day where `start` is a day; None when that is not said.
        also: further starts of an entry that comes again, each as long as the first.
        people: with whom.
        bring: what to bring, in words; `documents` are those of the space that are needed.
        reminder: how many minutes before, None for no reminder.
        uid, sequence: as the organiser's calendar says (RFC 5545 §3.8.4.7, §3.8.7.4); empty for the patient's own.
        organiser: the correspondent whose message made it; empty for the patient's own.
        organiser_name: name in the directory.
        claims: the organiser's address in the calendar, to be repeated in an answer and shown to nobody.
        told: whether the answer went to the organiser.
        message: which brought it last.
        about: what the organiser says of it; `note` is the patient's own.
        remind_from: reminders after this instant are still to come.
    """

    vault: VaultId
    id: int
    title: str
    start: When
    end: When | None = None
    version: int = 1
    also: tuple[When, ...] = ()
    place: str = ""
    people: str = ""
    note: str = ""
    bring: str = ""
    documents: tuple[int, ...] = ()
    reminder: int | None = None
    sort: EventSort = EventSort.APPOINTMENT
    state: EventState = EventState.PLANNED
    uid: str = ""
    sequence: int = 0
    organiser: str = ""
    organiser_name: str = ""
    claims: str = ""
    answer: EventAnswer = EventAnswer.NONE
    told: bool = False
    message: MessageId | None = None
    about: str = ""
    remind_from: datetime | None = None

    @property
    def is_own(self) -> bool:
        """Say whether the patient wrote it, and may change all of it."""
        return not self.organiser

    @property
    def stands(self) -> bool:
        """Say whether it will take place as far as anybody knows."""
        return self.state is EventState.PLANNED and self.answer is not EventAnswer.DECLINED

    def __repr__(self) -> str:
        """Hide what it says."""
        return f"AgendaEvent({self.id:x})"


def is_day(when: When) -> bool:
    """Say whether a time is a whole day."""
    return not isinstance(when, datetime)


def instant_at(when: When, zone: tzinfo) -> datetime:
    """Give a time as an aware UTC instant: a day begins at midnight in the zone, a floating time is read there.

    A time that summer time skips is read as the clock would have shown it, an hour later.
    """
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def day_of(when: When, zone: tzinfo) -> date:
    """Give the day of a time in the zone."""
    if not isinstance(when, datetime):
        return when
    return when.astimezone(zone).date() if when.tzinfo else when.date()


def exists_in(local: datetime, zone: tzinfo) -> bool:
    """Say whether a local time without zone is shown by clocks there: in spring an hour is not."""
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
