"""The Date field, both ways (RFC 5322 §3.3 and §4.3)."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE = re.compile(
    rb"(?:[A-Za-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?[\s-]+(\d{2,4})\s+"
    rb"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:\s*(?:([+-])(\d{2}):?(\d{2})|([A-Za-z]{1,5})))?"
)
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2}


def parse_date(value: bytes) -> datetime | None:
    """Read a date; None when it is none. An unknown or missing zone is UTC (RFC 5322 §4.3)."""
    found = _DATE.match(value.strip()[:100])
    if not found:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes, zone_name = found.groups()
    name = month.decode("ascii").lower()
    if name not in _MONTHS:
        return None
    number = int(year)
    if len(year) < 4:
        number += 2000 if number < 50 else 1900
    if sign:
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == b"-" else 1)
    else:
        offset = timedelta(hours=_ZONES.get((zone_name or b"").decode("ascii").lower(), 0))
    try:
        # A leap second is shown as the second before: datetime has none.
        return datetime(
            number, _MONTHS.index(name) + 1, int(day), int(hour), int(minute), min(int(second or 0), 59),
            tzinfo=timezone(offset) if offset else UTC,
        )  # fmt: skip
    except (ValueError, OverflowError):
        return None


def format_date(instant: datetime) -> str:
    """Write an aware instant as a Date field holds it, in its own zone."""
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("a date needs a zone")
    minutes = int(offset.total_seconds()) // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    month = _MONTHS[instant.month - 1].capitalize()
    return f"{_DAYS[instant.weekday()]}, {instant.day} {month} {instant.year} {instant:%H:%M:%S} {zone}"
