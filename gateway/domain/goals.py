"""A goal that a doctor sets for one person's examination: it stands before the range of everybody (E45)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from gateway.domain.lab_result import number_of

_LONGEST = 20


class GoalFault(Enum):
    """What is wrong with a goal as it was typed."""

    EMPTY = "empty"
    NO_NUMBER = "no-number"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Goal:
    """Between which values an examination is to be; either bound may be absent. `set_by` names who set it."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    set_by: str
    set_on: date


def goal_bounds(low: str, high: str) -> tuple[Decimal | None, Decimal | None] | GoalFault:
    """Read the bounds of a goal as they are typed, decimal comma or point; one of them may be left empty."""
    typed = (low.strip(), high.strip())
    if not any(typed):
        return GoalFault.EMPTY
    if any(len(text) > _LONGEST for text in typed):
        return GoalFault.NO_NUMBER
    least, most = map(number_of, typed)
    if any(text and number is None for text, number in zip(typed, (least, most), strict=True)):
        return GoalFault.NO_NUMBER
    return GoalFault.ORDER if least is not None and most is not None and least >= most else (least, most)
