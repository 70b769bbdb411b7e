"""How the agenda says days and times; pure, and filters of its templates."""

from datetime import date, tzinfo

from webmail.agenda.model import EventLine
from webmail.wording import NBSP, clock_time, long_date, ordinal_day

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def month_in_words(day: date) -> str:
    """Give « décembre 2026 »."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def weekday_and_day(day: date) -> str:
    """Give « jeudi 3 décembre »."""
    return f"{_DAYS[day.weekday()]} {ordinal_day(day.day)}{NBSP}{_MONTHS[day.month - 1]}"


def day_with_year(day: date) -> str:
    """Give « jeudi 3 décembre 2026 »."""
    return f"{weekday_and_day(day)} {day.year}"


def hours_of(line: EventLine, zone: tzinfo) -> str:
    """Give « 9 h 05 – 9 h 35 », « 9 h 05 », « Toute la journée », « Jusqu’au 5 décembre 2026 »."""
    is_longer = line.last > line.first
    if line.at is None:
        return f"Jusqu’au {long_date(line.last, zone)}" if is_longer else "Toute la journée"
    start = clock_time(line.at, zone)
    if is_longer:
        return f"{start}, jusqu’au {long_date(line.last, zone)}"
    return start if line.until is None or line.until == line.at else f"{start} – {clock_time(line.until, zone)}"


def reminder_in_words(minutes: int) -> str:
    """Give « 2 heures avant », « 1 jour avant »."""
    for unit, length in (("semaine", 10080), ("jour", 1440), ("heure", 60)):
        if minutes and minutes % length == 0:
            number = minutes // length
            return f"{number}{NBSP}{unit}{'s' if number > 1 else ''} avant"
    return f"{minutes}{NBSP}minute{'s' if minutes > 1 else ''} avant" if minutes else "à l’heure dite"
