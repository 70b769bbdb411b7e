"""Times of documents as they were sent, with no more precision than they have (HL7 v3 TS; ISO 8601 beside it).

The text is kept; what cannot be a time is known to be unknown, and nothing stands in for it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from re import ASCII
from re import compile as compiled

# The CDA schema allows any number of digits and zones of one to four; a component that is not whole is not known.
_HL7 = compiled(r"(\d{4,14})(?:[.,]\d{1,12})?(?:(Z)|([+-])(\d{1,2}?)(\d\d)?)?", ASCII)
_ISO = compiled(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?)?"
    r"(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)?))?)?)?",
    ASCII,
)
_DAY_AND_TIME = compiled(r"(\d{8})T(\d{2,6}.*)", ASCII)
_STEPS = (4, 6, 8, 10, 12, 14)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Year, month, day, hour, minute, second as far as they are known, and the offset; an offset needs an hour."""

    known: tuple[int, ...]
    offset: timedelta | None


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time of any precision, ``YYYY[MM[DD[HH[MM[SS]]]]][±Z[Z[Z[Z]]]]`` or as ISO 8601 writes it, kept as sent."""

    text: str

    @property
    def known(self) -> tuple[int, ...]:
        """Give year, month and day as far as they are known; nothing when this is no time."""
        parts = _parts(self.text)
        return () if parts is None or _start(parts) is None else parts.known[:3]

    @property
    def day(self) -> date | None:
        """Give the calendar day as written, or None when it is not known to the day."""
        known = self.known
        return date(*known) if len(known) == 3 else None

    @property
    def instant(self) -> datetime | None:
        """Give the aware instant, or None when the text has no hour or no offset."""
        parts = _parts(self.text)
        return None if parts is None or parts.offset is None else _start(parts)

    @property
    def earliest(self) -> datetime | None:
        """Give the first instant the text may mean, for sorting; without an offset it is taken as UTC."""
        parts = _parts(self.text)
        return None if parts is None else _start(parts)


def _parts(text: str) -> _Parts | None:
    text = text.strip()
    mixed = _DAY_AND_TIME.fullmatch(text)
    if mixed:
        text = mixed[1] + mixed[2].replace(":", "")
    iso = _ISO.fullmatch(text)
    if iso:
        numbers = [int(part) for part in iso.groups()[:6] if part]
        zone = iso.groups()[6:]
    else:
        plain = _HL7.fullmatch(text)
        if plain is None:
            return None
        whole = [end for end in _STEPS if end <= len(plain[1])]
        starts = (0, *whole)
        numbers = [int(plain[1][start:end]) for start, end in zip(starts, whole, strict=False)]
        zone = plain.groups()[1:]
    # « 20260000 » is how some write a year alone.
    unknown = next((at for at in (1, 2) if len(numbers) > at and numbers[at] == 0), len(numbers))
    return _Parts(tuple(numbers[:unknown]), _offset(zone) if unknown > 3 else None)


def _offset(zone: tuple[str | None, ...]) -> timedelta | None:
    utc, sign, hours, minutes = zone
    if utc:
        return timedelta()
    if not sign:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return -offset if sign == "-" else offset


def _start(parts: _Parts) -> datetime | None:
    year, month, day, hour, minute, second = (*parts.known, *(1, 1, 0, 0, 0)[len(parts.known) - 1 :])
    try:
        zone = timezone(parts.offset) if parts.offset is not None else UTC
        # A leap second (60) is written as the last second of its minute.
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
