"""What is recommended at an age: vaccines, examinations of children, screenings (F73). Indicative, no prescription.

The rules are a file of the program (`gateway/services/agenda/prevention_rules.toml`), each with its official source.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.identity import BirthDate, Sex

MOST_TIMES = 40
"""Days that are kept of one recommendation; the earliest go."""


class PreventionKind(Enum):
    """What a recommendation is of."""

    VACCINE = "vaccine"
    EXAMINATION = "examination"
    SCREENING = "screening"


class PreventionChoice(Enum):
    """What somebody has said of a recommendation."""

    NOT_YET = "not-yet"
    DONE = "done"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreventionSource:
    """Who recommends it: a name, an address, and the date of the text."""

    name: str
    url: str
    dated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreventionRule:
    """One recommendation.

    Attributes:
        name: for good: choices are kept by it.
        first, last: ages in months; it holds from the day of `first` to the day before `last`.
        every: after how many months it is to be done again: after the first time, the second, and so on; the last holds
            for all that follow, none is for once.
    """

    name: str
    title: str
    about: str
    kind: PreventionKind
    first: int
    last: int
    source: PreventionSource
    sex: Sex | None = None
    every: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A rule that holds for somebody today, what they said of it, and on which day it was done or is due again."""

    rule: PreventionRule
    choice: PreventionChoice
    done: date | None = None
    again: date | None = None


def age_in_months(born: BirthDate, today: date) -> int:
    """Give an age; of a birth date that is not known to the day, counted from its beginning."""
    months = (today.year - born.year) * 12 + today.month - (born.month or 1)
    return months - (today.day < min(born.day or 1, monthrange(today.year, today.month)[1]))


def recommendations_for(
    rules: Iterable[PreventionRule], born: BirthDate, sex: Sex, today: date, choices: Mapping[str, str]
) -> list[Recommendation]:
    """List what is recommended at an age, those that are still to be done first."""
    age = age_in_months(born, today)
    found = [
        _judged(rule, choices.get(rule.name, ""), today)
        for rule in rules
        if rule.first <= age < rule.last and rule.sex in (None, sex)
    ]
    return sorted(found, key=lambda one: one.choice is not PreventionChoice.NOT_YET)


def written_choice(choice: PreventionChoice, today: date, before: str = "") -> str:
    """Write what is kept of a choice: its name, and every day on which it was done, the last to be taken back first.

    `before` is what was kept.
    """
    was, days = _read(before)
    if choice is PreventionChoice.DONE and today not in days:
        days = [*days, today][-MOST_TIMES:]
    elif choice is PreventionChoice.NOT_YET and was is PreventionChoice.DONE:
        days = days[:-1]
    return " ".join([choice.value, *(day.isoformat() for day in days)])


def _read(kept: str) -> tuple[PreventionChoice, list[date]]:
    name, *days = kept.split() or [PreventionChoice.NOT_YET.value]
    return PreventionChoice(name), [date.fromisoformat(day) for day in days]


def _judged(rule: PreventionRule, kept: str, today: date) -> Recommendation:
    choice, days = _read(kept)
    if choice is PreventionChoice.HIDDEN:
        return Recommendation(rule=rule, choice=choice)
    if not days:
        return Recommendation(rule=rule, choice=PreventionChoice.NOT_YET)
    done = days[-1]
    again = _later(done, rule.every[min(len(days), len(rule.every)) - 1]) if rule.every else None
    if again is not None and again <= today:
        return Recommendation(rule=rule, choice=PreventionChoice.NOT_YET, done=done)
    return Recommendation(rule=rule, choice=PreventionChoice.DONE, done=done, again=again)


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
