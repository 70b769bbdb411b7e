"""A child's measures among the lines of a reference table, as a drawing and in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gateway.domain.growth import GrowthTable, age_in_days
from gateway.domain.local_days import local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measure_words import NBSP, number_in_words, value_in_words
from gateway.domain.measures import Measure
from gateway.domain.result_words import figures
from gateway.services.profile.growth_series import ChildGrowth
from webmail.trend import BOTTOM, HEIGHT, TOP, CurveScale, Mark, Tick, rounded_ticks

WIDTH = 1000
"""Units across the drawing of the lines, which stretches with the screen."""
_STEPS = 40
_MONTH, _YEAR = Decimal("30.4375"), Decimal("365.25")
_LEAST_MARGIN = 45
_IN_MONTHS = 2
"""Years until which an age is said in months."""
_WIDE = 3 * 365
_LAST = 96.0
_LETTERS = 13.0
"""Pixels that a line of letters needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthLine:
    """One line: its centile, and where its name stands at the right end."""

    centile: str
    path: str
    y: float
    is_middle: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GrowthChart:
    """Lines of a table with a child's measures among them, ready to draw; `areas` lie between outer and inner lines."""

    height: int
    width: int
    lines: tuple[GrowthLine, ...]
    areas: tuple[str, ...]
    marks: tuple[Mark, ...]
    pairs: tuple[tuple[Mark, Mark], ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    words: str


def growth_chart(growth: ChildGrowth | None, drawn: Sequence[Measure]) -> GrowthChart | None:
    """Draw measures, the newest first, among the lines; None when none lies within the ages of the table."""
    if growth is None:
        return None
    table, rules = growth.table, KINDS[growth.table.kind]
    points = [
        (age_in_days(growth.born, one), rules.in_first_unit(one.now.value.numbers[0], one.now.value.unit), one)
        for one in reversed(drawn)
    ]
    inside = [point for point in points if table.ages[0] <= point[0] <= table.ages[-1]]
    if not inside:
        return None
    first, last = _window(table, inside[0][0], inside[-1][0])
    ages = [first + (last - first) * step // _STEPS for step in range(_STEPS + 1)]
    rows = [row for age in ages if (row := table.at(age)) is not None]
    numbers = [number for _, number, _ in inside]
    low, high = min(*numbers, *rows[0]), max(*numbers, *(row[-1] for row in rows))
    ticks = rounded_ticks(low, high)
    scale = CurveScale(min(low, ticks[0]), max(high, ticks[-1]), TOP, BOTTOM)
    marks = tuple(_mark(growth, one, (age - first) / (last - first), scale.y(number)) for age, number, one in inside)
    return GrowthChart(
        height=HEIGHT,
        width=WIDTH,
        lines=_lines(table, rows, scale),
        areas=tuple(
            _area([scale.y(row[place]) for row in rows], [scale.y(row[-1 - place]) for row in rows])
            for place in range(len(table.centiles) // 2)
        ),
        marks=marks,
        pairs=tuple(pairwise(marks)),
        across=_ages_across(first, last),
        down=tuple(Tick(words=number_in_words(tick), at=scale.y(tick)) for tick in ticks),
        words=_words(table, len(inside)),
    )


def _mark(growth: ChildGrowth, measure: Measure, share: float, y: float) -> Mark:
    words = f"{_age(growth, measure).capitalize()}{NBSP}: {value_in_words(measure.kind, measure.now.value)}"
    return Mark(x=round(share * 100, 2), y=y, kind="unknown", is_critical=False, toward="", words=words)


def _lines(table: GrowthTable, rows: Sequence[Sequence[Decimal]], scale: CurveScale) -> tuple[GrowthLine, ...]:
    paths = [_path([scale.y(row[place]) for row in rows]) for place in range(len(table.centiles))]
    names = _apart([scale.y(value) for value in rows[-1]])
    return tuple(
        GrowthLine(centile=figures(str(centile)), path=path, y=y, is_middle=centile == 50)
        for centile, path, y in zip(table.centiles, paths, names, strict=True)
    )


def place_in_words(growth: ChildGrowth | None, measure: Measure) -> str:
    """Say at which age a measure was taken and between which lines it lies; empty outside the table."""
    if growth is None:
        return ""
    age = age_in_days(growth.born, measure)
    number = KINDS[measure.kind].in_first_unit(measure.now.value.numbers[0], measure.now.value.unit)
    place = growth.table.between(age, number)
    return "" if place is None else f"{_age(growth, measure)}, {_between_in_words(*place)}".capitalize()


def _age(growth: ChildGrowth, measure: Measure) -> str:
    return age_in_words(growth.born, local_day(measure.now.value.at))


def age_in_words(born: date, day: date) -> str:
    """Say at which age a day lies: in days up to a month, in months up to two years, then in years and months."""
    days = (day - born).days
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if not days:
        return "à la naissance"
    return f"à {_length(days, months)}"


def _length(days: int, months: int) -> str:
    if not months:
        return f"{days}{NBSP}{'jours' if days > 1 else 'jour'}"
    if months < 12 * _IN_MONTHS:
        return f"{months}{NBSP}mois"
    years, rest = divmod(months, 12)
    return f"{years}{NBSP}ans" + (f" et {rest}{NBSP}mois" if rest else "")


def _between_in_words(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"sous la ligne {figures(str(high))}"
    if high is None:
        return f"au-dessus de la ligne {figures(str(low))}"
    return f"entre les lignes {figures(str(low))} et {figures(str(high))}"


def _window(table: GrowthTable, first: int, last: int) -> tuple[int, int]:
    """Give the ages that the drawing spans: those of the measures and something around them."""
    margin = max(_LEAST_MARGIN, (last - first) // 8)
    return max(table.ages[0], first - margin), min(table.ages[-1], last + margin)


def _apart(heights: Sequence[float]) -> list[float]:
    """Move names that would lie on one another down, from the highest line on; `heights` begin with the lowest line."""
    found = list[float]()
    for y in reversed(heights):
        found.append(y if not found else max(y, found[-1] + _LETTERS))
    return found[::-1]


def _path(heights: Sequence[float]) -> str:
    return "M" + "L".join(f"{WIDTH * step / _STEPS:g} {y:g}" for step, y in enumerate(heights))


def _area(lower: Sequence[float], upper: Sequence[float]) -> str:
    there = [f"{WIDTH * step / _STEPS:g} {y:g}" for step, y in enumerate(lower)]
    back = [f"{WIDTH * step / _STEPS:g} {y:g}" for step, y in enumerate(upper)]
    return "M" + "L".join([*there, *reversed(back)]) + "Z"


def _ages_across(first: int, last: int) -> tuple[Tick, ...]:
    unit, word = (_YEAR, "ans") if last - first > _WIDE else (_MONTH, "mois")
    low, high = -(-first // int(unit)), int(last / unit)
    step = max(1, -(-(high - low) // 3))
    ticks = [
        Tick(words=f"{count}{NBSP}{'an' if count < 2 and word == 'ans' else word}", at=at)
        for count in range(low, high + 1, step)
        if 0 <= (at := round(float(count * unit - first) * 100 / (last - first), 2)) <= _LAST
    ]
    return tuple(ticks)


def _words(table: GrowthTable, count: int) -> str:
    lines = ", ".join(figures(str(centile)) for centile in table.centiles[:-1])
    many = f"{count} mesures" if count > 1 else "Une mesure"
    return (
        f"{many} parmi les lignes de référence {lines} et {figures(str(table.centiles[-1]))}."
        " Le tableau qui suit donne chaque valeur et sa place."
    )
