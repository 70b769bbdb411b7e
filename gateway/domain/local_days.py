"""Calendar days where patients live: the day of an instant in France, summer and winter (A4)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PLACE = ZoneInfo("Europe/Paris")
"""The six weeks of a space and its ten years end at midnight here, overseas too."""


def local_day(instant: datetime) -> date:
    """Give the day of an aware instant."""
    return instant.astimezone(PLACE).date()
