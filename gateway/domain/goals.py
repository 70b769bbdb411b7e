"""A goal that a doctor sets for one person's examination: it stands before the range of everybody (E45)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Goal:
    """Between which values an examination is to be; either bound may be absent. `set_by` names who set it."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    set_by: str
    set_on: date
