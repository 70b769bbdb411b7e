"""What somebody of the demonstration has lived: results, the profile, measures, appointments, letters; as values.

Times are days before the start of the demonstration, so that a life never grows old; `ahead` counts days to come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from gateway.demonstration.invented_people import DemoPatient
from gateway.domain.directory import DirectoryEntry
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryVisit:
    """A visit to a laboratory, and what was found there: values by the names of `laboratory_tests`."""

    days: int
    laboratory: DirectoryEntry
    found: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedEntry:
    """An entry of the profile, by the names of its fields; ``{-N}`` in a text is the day N days ago."""

    section: ProfileSection
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDay:
    """What a person measured at home on a day; one number, or two for blood pressure."""

    days: int
    kind: MeasureKind
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvent:
    """An appointment of the agenda; that of a professional who is named comes by mail as an invitation."""

    ahead: int
    title: str
    at: time
    minutes: int = 30
    place: str = ""
    people: str = ""
    bring: str = ""
    sender: DirectoryEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """A letter of a professional."""

    sender: DirectoryEntry
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All of it, and in one line what of it is worth looking at."""

    patient: DemoPatient
    worth: str
    visits: tuple[LaboratoryVisit, ...] = ()
    entries: tuple[NotedEntry, ...] = ()
    measures: tuple[MeasuredDay, ...] = ()
    events: tuple[PlannedEvent, ...] = ()
    letters: tuple[SentLetter, ...] = ()


def working_day(today: date, ahead: int) -> date:
    """Give the day so many days ahead, or the Monday after it."""
    day = today + timedelta(days=ahead)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def noted(section: ProfileSection, **fields: str) -> NotedEntry:
    """Write an entry of the profile."""
    return NotedEntry(section=section, fields=fields)


def measured(kind: MeasureKind, *values: tuple[int, str]) -> tuple[MeasuredDay, ...]:
    """Write values of one kind, each with how many days ago; two numbers are parted by a stroke."""
    return tuple(MeasuredDay(days=days, kind=kind, numbers=tuple(text.split("/"))) for days, text in values)


def visited(laboratory: DirectoryEntry, days: int, **found: str) -> LaboratoryVisit:
    """Write a visit to a laboratory."""
    return LaboratoryVisit(days=days, laboratory=laboratory, found=found)
