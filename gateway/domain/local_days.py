"""Calendar days where patients live: the day of an instant in France, summer and winter (A4)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PLACE = ZoneInfo("Europe/Paris")
"""The six weeks of a space and its ten years end at midnight here, overseas too."""


def local_day(instant: datetime) -> date:
    """Give the day of an aware instant."""
    return instant.astimezone(PLACE).date()


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day_in_words(day: date) -> str:
    """Write a day as it is read: « 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"
