"""Dates as people remember them: a day, a month or a year, written in the French order or as ISO 8601."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from re import ASCII
from re import compile as compiled

from gateway.domain.errors import InvalidValue

_FRENCH = compiled(r"(?:(?:(\d{1,2})[/. -])?(\d{1,2})[/. -])?(\d{4})", ASCII)
_ISO = compiled(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", ASCII)
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date that is known to the day, to the month or to the year; ``YYYY[-MM[-DD]]``."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, typed: str) -> "PartialDate":
        """Read « 12/06/1987 », « 06/1987 », « 1987 », or ISO 8601. Raises `InvalidValue`."""
        typed = typed.strip()
        if len(typed) > _LONGEST:
            raise InvalidValue("longer than any date")
        iso, french = _ISO.fullmatch(typed), _FRENCH.fullmatch(typed)
        if iso is not None:
            parts = iso.groups()
        elif french is not None:
            parts = french.groups()[::-1]
        else:
            raise InvalidValue("no date")
        numbers = [int(part) for part in parts if part]
        try:
            date(*[*numbers, 1, 1][:3])
        except ValueError as error:
            raise InvalidValue("no such day") from error
        return cls(*numbers)

    @property
    def earliest(self) -> date:
        """Give the first day that it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """Give the last day that it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def typed(self) -> str:
        """Write it as a person in France types it."""
        parts = [f"{part:02}" for part in (self.day, self.month) if part is not None]
        return "/".join([*parts, f"{self.year:04}"])

    def __str__(self) -> str:
        """Write it as ISO 8601 does."""
        parts = [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join([f"{self.year:04}", *parts])
