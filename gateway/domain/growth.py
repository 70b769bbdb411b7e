"""How children grow, by reference tables: lines of centiles by age and sex, and where a measure lies among them. Pure.

Holds no table itself: the World Health Organization's come with a library (`gateway.growth.who_tables`), others by an
operator's import (`gateway.domain.growth_reading`). A place among lines is no judgement, and the pages say so.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gateway.domain.identity import BirthDate, Sex
from gateway.domain.local_days import local_day
from gateway.domain.measures import Measure, MeasureKind

CENTILES = (Decimal(3), Decimal(15), Decimal(50), Decimal(85), Decimal(97))
"""Lines that are drawn from a table of L, M and S; the World Health Organization's own choice."""
_SCORES = (-1.88079, -1.03643, 0.0, 1.03643, 1.88079)
"""Quantiles of the normal distribution at `CENTILES`."""
_FIGURES = Decimal("0.001")
GROWN = 20 * 366
"""Days after which nobody grows by such a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthStandard:
    """Whose tables they are: a name, where they were published, and the year or date of the publication."""

    name: str
    source: str
    dated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthTable:
    """The lines of one kind of measure for one sex.

    Attributes:
        centiles: of the lines, rising: 3 for the line below which three children of a hundred are.
        ages: in days, rising.
        rows: for each age the value of each line, rising, in the first unit of the kind.
    """

    standard: GrowthStandard
    kind: MeasureKind
    sex: Sex
    centiles: tuple[Decimal, ...]
    ages: tuple[int, ...]
    rows: tuple[tuple[Decimal, ...], ...]

    def at(self, days: int) -> tuple[Decimal, ...] | None:
        """Give the value of each line at an age, between two ages of the table in proportion; None outside it."""
        if not self.ages[0] <= days <= self.ages[-1]:
            return None
        place = min(bisect_right(self.ages, days), len(self.ages) - 1)
        low, high = self.ages[place - 1], self.ages[place]
        share = Decimal(days - low) / Decimal(high - low)
        pairs = zip(self.rows[place - 1], self.rows[place], strict=True)
        return tuple((one + (other - one) * share).quantize(_FIGURES) for one, other in pairs)

    def between(self, days: int, number: Decimal) -> tuple[Decimal | None, Decimal | None] | None:
        """Say between which centiles a value lies at an age; None at an end without a line, None outside the ages."""
        lines = self.at(days)
        if lines is None:
            return None
        above = sum(number >= line for line in lines)
        return (self.centiles[above - 1] if above else None, self.centiles[above] if above < len(lines) else None)


def lines_of_lms(skew: float, median: float, variation: float) -> tuple[Decimal, ...]:
    """Give the values at `CENTILES` of a Box-Cox distribution (L, M, S as Cole and Green name them)."""
    found = []
    for score in _SCORES:
        spread = 1 + skew * variation * score
        value = median * (spread ** (1 / skew) if skew else 2.718281828459045 ** (variation * score))
        found.append(Decimal(repr(value)).quantize(_FIGURES))
    return tuple(found)


def birth_day(born: BirthDate | None) -> date | None:
    """Give the day of birth; None where it is not known to the day, since an age in days needs one."""
    return born.earliest if born is not None and born.month and born.day else None


def age_in_days(born: date, measure: Measure) -> int:
    """Give the age at a measure."""
    return (local_day(measure.now.value.at) - born).days


def grows(born: date | None, today: date) -> bool:
    """Say whether somebody is young enough for any table."""
    return born is not None and 0 <= (today - born).days <= GROWN


def is_rising(values: Sequence[Decimal]) -> bool:
    """Say whether each value is greater than the one before."""
    return all(one < other for one, other in pairwise(values))
