"""Where a value lies: below, within or above the range that its laboratory gives with it. Pure.

The range is the laboratory's own (E69). Only a value that cannot be elsewhere is said to be somewhere: « < 5 » against
3 to 10 may be inside or below.
"""

import re
from decimal import Decimal
from enum import Enum

from gateway.domain.lab_result import LabResult, ReferenceRange, number_of

_CENSORED = re.compile(r"\s*(<=|>=|[<>≤≥])\s*(.+)")


class ValuePlace(Enum):
    """Where a value is, as far as that can be known."""

    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"
    UNKNOWN = "unknown"


def compared_number(value: str) -> tuple[str, Decimal | None]:
    """Read what can be compared of a written value: its sign (``<``, ``<=``, ``>``, ``>=`` or nothing) and number."""
    censored = _CENSORED.fullmatch(value)
    if censored:
        return {"≤": "<=", "≥": ">="}.get(censored[1], censored[1]), number_of(censored[2])
    return "", number_of(value)


def place_in(bounds: ReferenceRange, comparator: str, number: Decimal | None) -> ValuePlace:
    """Place a number in a range."""
    low, high = bounds.low, bounds.high
    if number is None or (low is None and high is None):
        return ValuePlace.UNKNOWN
    least = number if not comparator.startswith("<") else None
    most = number if not comparator.startswith(">") else None
    is_less, is_more = comparator == "<" or bounds.low_excluded, comparator == ">" or bounds.high_excluded
    if low is not None and most is not None and (most < low or (most == low and is_less)):
        return ValuePlace.BELOW
    if high is not None and least is not None and (least > high or (least == high and is_more)):
        return ValuePlace.ABOVE
    inside_low = low is None or (least is not None and (least > low or (least == low and not bounds.low_excluded)))
    inside_high = high is None or (most is not None and (most < high or (most == high and _admits(comparator, bounds))))
    if comparator.startswith("<") and low is not None and low <= 0:
        inside_low = True  # a quantity is not negative
    return ValuePlace.INSIDE if inside_low and inside_high else ValuePlace.UNKNOWN


def place_of(result: LabResult) -> ValuePlace:
    """Place a result in the one range that is meant for its patient."""
    bounds, value = result.compared_range, result.value
    if bounds is None or value.upper is not None:
        return ValuePlace.UNKNOWN
    if value.number is not None:
        return place_in(bounds, value.comparator, value.number)
    return place_in(bounds, *compared_number(value.text))


def _admits(comparator: str, bounds: ReferenceRange) -> bool:
    """Say whether a value that reaches the upper bound is within: « < 5 » is less than an excluded 5."""
    return not bounds.high_excluded or comparator == "<"
