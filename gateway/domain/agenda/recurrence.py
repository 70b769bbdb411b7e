"""Times at which an entry comes again (RFC 5545 §3.3.10), counted out within bounds and on clocks on the wall.

Read are the rules that calendars of practices write: every so many days, weeks, months or years, on days of the week
or of the month. A rule with more than that gives the first time only, and says so.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST = 200
"""Times that one entry has at most."""
LONGEST = timedelta(days=3 * 366)
"""After its first time, no further one is looked for."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEPS = 4000
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceRule:
    """A rule that is understood; `until` is the last day."""

    frequency: str
    interval: int = 1
    count: int = MOST
    until: date | None = None
    weekdays: Sequence[tuple[int, int]] = field(default=())
    """Pairs of ordinal in the month, 0 for each, and day of the week, Monday 0."""
    month_days: Sequence[int] = ()


def rule_of(parts: Mapping[str, Sequence[object]], until: date | None) -> RecurrenceRule | None:
    """Read the parts of a rule; None for one that says more than is understood here."""
    frequency = str(next(iter(parts.get("FREQ", ())), ""))
    interval = _number(next(iter(parts.get("INTERVAL", (1,))), 1))
    count = _number(next(iter(parts.get("COUNT", (MOST,))), MOST))
    # Each once: a rule may name the same day ten thousand times.
    weekdays = [_weekday(text) for text in dict.fromkeys(map(str, parts.get("BYDAY", ())))]
    month_days = [_number(text) for text in dict.fromkeys(map(str, parts.get("BYMONTHDAY", ())))]
    if not _KNOWN.issuperset(parts) or frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    if interval < 1 or count < 1 or None in weekdays or any(not -31 <= day <= 31 or day == 0 for day in month_days):
        return None
    if (weekdays or month_days) and frequency in ("DAILY", "YEARLY"):
        return None
    if (frequency == "WEEKLY" and month_days) or (weekdays and month_days):
        return None
    return RecurrenceRule(
        frequency=frequency,
        interval=min(interval, 1000),
        count=min(count, MOST),
        until=until,
        weekdays=[day for day in dict.fromkeys(weekdays) if day],
        month_days=list(dict.fromkeys(month_days)),
    )


def days_of(rule: RecurrenceRule, first: date) -> list[date]:
    """List the days of a rule, the first among them always (RFC 5545 §3.8.5.3), `MOST` at most."""
    last = min(rule.until or date.max, _plus(first, LONGEST))
    found = [first]
    for steps, day in enumerate(_days(rule, first, last)):
        if day > last or len(found) >= rule.count or steps > _STEPS:
            break
        if day > found[-1]:
            found.append(day)
    return found


def _days(rule: RecurrenceRule, first: date, last: date) -> Iterator[date]:
    if rule.frequency == "DAILY":
        yield from (_plus(first, timedelta(days=rule.interval * n)) for n in range(1, _STEPS))
    elif rule.frequency == "WEEKLY":
        monday = first - timedelta(days=first.weekday())
        chosen = sorted({day for _, day in rule.weekdays}) or [first.weekday()]
        for n in range(_STEPS):
            week = _plus(monday, timedelta(weeks=rule.interval * n))
            yield from (_plus(week, timedelta(days=day)) for day in chosen)
    else:
        step = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
        for n in range(_STEPS):
            month = first.year * 12 + first.month - 1 + step * n
            if month > last.year * 12 + last.month - 1:
                return  # a day that no month has is not looked for until the end of time
            yield from _in_month(rule, month // 12, month % 12 + 1, first.day)


def _in_month(rule: RecurrenceRule, year: int, month: int, day: int) -> list[date]:
    length = monthrange(year, month)[1]
    every = [date(year, month, number) for number in range(1, length + 1)]
    if rule.weekdays:
        found = set[date]()
        for ordinal, weekday in rule.weekdays:
            days = [one for one in every if one.weekday() == weekday]
            if ordinal == 0:
                found.update(days)
            elif -len(days) <= ordinal <= len(days):
                found.add(days[ordinal - 1 if ordinal > 0 else ordinal])
        return sorted(found)
    wanted = [number if number > 0 else length + 1 + number for number in rule.month_days or (day,)]
    return [date(year, month, number) for number in sorted(set(wanted)) if 1 <= number <= length]


def _weekday(text: str) -> tuple[int, int] | None:
    """Read « MO », « 2TU », « -1FR »."""
    if text[-2:] not in _DAYS:
        return None
    number = text[:-2].removeprefix("+")
    ordinal = _number(number) if number else 0
    return (ordinal, _DAYS.index(text[-2:])) if -5 <= ordinal <= 5 and (not number or ordinal) else None


def _number(value: object) -> int:
    """Give a whole number; 0, which no rule has, for anything else."""
    try:
        return int(str(value))
    except ValueError:
        return 0


def _plus(day: date, more: timedelta) -> date:
    try:
        return day + more
    except OverflowError:
        return date.max
