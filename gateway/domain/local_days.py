"""Calendar days where patients live: the day of an instant in France, summer and winter (A4)."""

from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from gateway.domain.identity import BirthDate

PLACE = ZoneInfo("Europe/Paris")
"""The six weeks of a space and its ten years end at midnight here, overseas too."""


_OVERSEAS = MappingProxyType({
    "971": ZoneInfo("America/Guadeloupe"),  # Saint-Barthélemy and Saint-Martin too
    "972": ZoneInfo("America/Martinique"),
    "973": ZoneInfo("America/Cayenne"),
    "974": ZoneInfo("Indian/Reunion"),
    "975": ZoneInfo("America/Miquelon"),
    "976": ZoneInfo("Indian/Mayotte"),
    "986": ZoneInfo("Pacific/Wallis"),
    "987": ZoneInfo("Pacific/Tahiti"),
    "988": ZoneInfo("Pacific/Noumea"),
})


def local_day(instant: datetime) -> date:
    """Give the day of an aware instant."""
    return instant.astimezone(PLACE).date()


def zone_of(postal_code: str) -> ZoneInfo:
    """Give the time that is kept where a French postal code is; that of Paris for any other text."""
    code = "".join(postal_code.split())
    return _OVERSEAS.get(code[:3], PLACE) if len(code) == 5 else PLACE


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day_in_words(day: date) -> str:
    """Write a day as it is read: « 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def birth_in_words(born: BirthDate) -> str:
    """Write a birth date as it is read, as far as it is known: « 1er mars 1951 », « mars 1951 », « 1951 »."""
    return known_in_words(born.year, born.month, born.day)


def known_in_words(year: int, month: int | None = None, day: int | None = None) -> str:
    """Write a date as it is read, as far as it is known; no month and no day are None or 0."""
    said_day = ("1er" if day == 1 else str(day)) if day else ""
    said_month = _MONTHS[month - 1] if month else ""
    return " ".join(filter(None, (said_day, said_month, str(year))))
