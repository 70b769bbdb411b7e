"""Acts of care that a payer or a document tells of: visits, stays, vaccines, medicines handed out (F46 to F48).

Only the last 24 months count (F47); who may see them is for `gateway.policy.access`.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from gateway.domain.local_days import local_day

MONTHS = 24
MOST_ACTS = 4_000
"""Acts of one person."""
MOST_LINES = 30
"""Medicines or services of one act."""
LONGEST = 200
"""Characters of a text."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class CareKind(Enum):
    """What was done; the values are for good, stand in addresses of pages and in what payers send."""

    VISIT = "consultation"
    STAY = "hospitalisation"
    VACCINATION = "vaccination"
    DISPENSING = "pharmacie"
    BIOLOGY = "biologie"
    IMAGING = "imagerie"
    DENTAL = "dentaire"
    DEVICE = "appareillage"
    OTHER = "autre"


@dataclass(frozen=True, slots=True, repr=False)
class CareLine:
    """One medicine or service of an act; `quantity` as people read it, empty when nobody said it."""

    label: str
    quantity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CareAct:
    """One act of care.

    Attributes:
        id: names it within its space.
        day: when; the first day of a stay.
        until: the last day of a stay.
        lines: what was done or handed out; never empty.
        performer: who did it.
        place: where, or which pharmacy.
        told_by: name of the payer; empty when a document tells of it.
        told_at: when it came.
        source: number of the document that tells of it.
    """

    id: int
    kind: CareKind
    day: date
    lines: tuple[CareLine, ...]
    told_at: datetime
    until: date | None = None
    performer: str = ""
    place: str = ""
    told_by: str = ""
    source: int | None = None

    @property
    def last_day(self) -> date:
        """Give the day by which it counts and is listed: the end of a stay, as far as it was over when it was told."""
        return max(self.day, min(self.until or self.day, local_day(self.told_at)))

    def says_the_same(self, other: "CareAct") -> bool:
        """Compare what is told, whenever it came."""
        return self == replace(other, told_at=self.told_at)

    def __repr__(self) -> str:
        """Hide what was done."""
        return f"CareAct({self.id:x})"


def first_day(today: date) -> date:
    """Give the first of the days that count: the same day, 24 months ago."""
    year = today.year - MONTHS // 12
    try:
        return today.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def one_line(text: str) -> str:
    """Make a text of somebody else one line of at most `LONGEST` characters, without what would hide or turn it."""
    return " ".join(_CONTROLS.sub(" ", text[: 4 * LONGEST]).split())[:LONGEST].rstrip()
