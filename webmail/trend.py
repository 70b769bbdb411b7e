"""Where the marks of a curve are drawn: across in per cent, down in pixels, so that it fits any screen. Pure.

Each value may bear a range of its own: the band around it reaches half-way to its neighbours. What is outside has
another shape, not only another colour (E44, E69).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from gateway.domain.instants import instant_of
from gateway.domain.local_days import PLACE
from gateway.domain.result_words import number_words

TOP, BOTTOM, HEIGHT = 14.0, 196.0, 222
_SPARK_TOP, _SPARK_BOTTOM, _SPARK_HEIGHT = 7.0, 25.0, 32
_LEFT, _RIGHT = 3.0, 97.0
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_FEWEST = 2
_DAY = 86_400_000_000
_FEW_MONTHS = 100 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plotted:
    """One value to draw.

    Attributes:
        micros: when, for the way across.
        low: of its range; None where that has no end.
        kind: which shape it has: ``inside``, ``below``, ``above`` or ``unknown``.
        toward: ``up`` or ``down`` where the value is only known to be more or less.
        words: what is said when one points at it.
    """

    micros: int
    number: Decimal
    low: Decimal | None
    high: Decimal | None
    kind: str
    words: str
    is_critical: bool = False
    toward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One value: where it is, which shape it has, what is said when one points at it."""

    x: float
    y: float
    kind: str
    is_critical: bool
    toward: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The range of one value."""

    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line with its word: across at `x` per cent, or down at `y`."""

    words: str
    at: float
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trend:
    """A curve ready to draw, oldest first; `words` say what it shows, `pairs` which marks a stroke joins."""

    height: int
    marks: tuple[Mark, ...]
    pairs: tuple[tuple[Mark, Mark], ...]
    bands: tuple[Band, ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    words: str


def drawn_trend(lines: Sequence[Sequence[Plotted]], words: str, *, by_day: bool = False) -> Trend | None:
    """Draw one line, or several on one scale; None for fewer than two values.

    Args:
        lines: the values of each, oldest first; all at the same instants.
        words: what the drawing shows.
        by_day: name days where all lies within a few months.
    """
    if not lines or len(lines[0]) < _FEWEST:
        return None
    low, high = _extent([point for line in lines for point in line], with_ranges=True)
    ticks = rounded_ticks(low, high)
    scale = CurveScale(min(low, ticks[0]), max(high, ticks[-1]), TOP, BOTTOM)
    places = _across(lines[0])
    marks = [[_mark(point, x, scale) for point, x in zip(line, places, strict=True)] for line in lines]
    return Trend(
        height=HEIGHT,
        marks=tuple(mark for line in marks for mark in line),
        pairs=tuple(pair for line in marks for pair in pairwise(line)),
        bands=tuple(band for line in lines for band in _bands(line, places, scale)),
        across=_dates(lines[0], places, by_day=by_day),
        down=tuple(Tick(words=number_words(tick), at=scale.y(tick)) for tick in ticks),
        words=words,
    )


def drawn_spark(points: Sequence[Plotted]) -> Trend | None:
    """Draw the shape of a curve alone, for a list; None for fewer than two values."""
    if len(points) < _FEWEST:
        return None
    low, high = _extent(points, with_ranges=False)
    scale = CurveScale(low, high, _SPARK_TOP, _SPARK_BOTTOM)
    marks = tuple(_mark(point, x, scale) for point, x in zip(points, _across(points), strict=True))
    return Trend(
        height=_SPARK_HEIGHT, marks=marks, pairs=tuple(pairwise(marks)), bands=(), across=(), down=(), words=""
    )


class CurveScale:
    """From numbers to heights of a drawing, the lowest number at `bottom`."""

    def __init__(self, low: Decimal, high: Decimal, top: float, bottom: float) -> None:
        self._low, self._span = low, high - low
        self._top, self._bottom = top, bottom

    def y(self, number: Decimal) -> float:
        """Give the height of a number; outside the scale that of its end."""
        if not self._span:
            return round((self._top + self._bottom) / 2, 1)
        share = float(min(max((number - self._low) / self._span, Decimal(0)), Decimal(1)))
        return round(self._bottom - share * (self._bottom - self._top), 1)


def _extent(points: Sequence[Plotted], *, with_ranges: bool) -> tuple[Decimal, Decimal]:
    numbers = [point.number for point in points]
    if with_ranges:
        numbers += [bound for point in points for bound in (point.low, point.high) if bound is not None]
    return min(numbers), max(numbers)


def rounded_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Give three to six round numbers that span a scale."""
    span = (high - low) or abs(high) or Decimal(1)
    rough = span / 4
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * one for one in _STEPS if unit * one >= rough)
    first = (low / step).to_integral_value("ROUND_FLOOR") * step
    ticks = [first]
    while ticks[-1] < high and len(ticks) < 8:
        ticks.append(ticks[-1] + step)
    return [_short(tick) for tick in ticks]


def _short(number: Decimal) -> Decimal:
    whole = number.normalize()
    return whole if whole.as_tuple().exponent <= 0 else whole.quantize(Decimal(1))  # type: ignore[operator]  # finite


def _across(points: Sequence[Plotted]) -> list[float]:
    first, last = points[0].micros, points[-1].micros
    if last - first < _DAY:
        gap = (_RIGHT - _LEFT) / (len(points) - 1)
        return [round(_LEFT + gap * place, 2) for place in range(len(points))]
    return [round(_LEFT + (_RIGHT - _LEFT) * (point.micros - first) / (last - first), 2) for point in points]


def _mark(point: Plotted, x: float, scale: CurveScale) -> Mark:
    return Mark(
        x=x,
        y=scale.y(point.number),
        kind=point.kind,
        is_critical=point.is_critical,
        toward=point.toward,
        words=point.words,
    )


def _bands(points: Sequence[Plotted], places: list[float], scale: CurveScale) -> tuple[Band, ...]:
    edges = [0.0, *((one + other) / 2 for one, other in pairwise(places)), 100.0]
    bands = []
    for point, (start, end) in zip(points, pairwise(edges), strict=True):
        if point.low is None and point.high is None:
            continue
        top = TOP - 8 if point.high is None else scale.y(point.high)
        bottom = BOTTOM if point.low is None else scale.y(point.low)
        bands.append(Band(x=round(start, 2), width=round(end - start, 2), y=top, height=max(bottom - top, 1.0)))
    return tuple(bands)


def _dates(points: Sequence[Plotted], places: list[float], *, by_day: bool) -> tuple[Tick, ...]:
    """Name the first and the last month, and the years that begin between them; or the first and the last day."""
    first, last = points[0].micros, points[-1].micros
    written = "%d/%m" if by_day and last - first < _FEW_MONTHS else "%m/%Y"
    begin, end = (instant_of(micros).astimezone(PLACE).strftime(written) for micros in (first, last))
    ends = Tick(words=begin, at=places[0], anchor="start"), Tick(words=end, at=places[-1], anchor="end")
    if last - first < _DAY:
        return ends
    years = range(instant_of(first).year + 1, instant_of(last).year + 1)
    begun = [(year, (_micros(year) - first) / (last - first)) for year in years]
    step = -(-len(begun) // 4)
    within = [
        Tick(words=str(year), at=round(_LEFT + (_RIGHT - _LEFT) * share, 2))
        for year, share in begun[:: step or 1]
        if 0.3 <= share <= 0.65
    ]
    return ends[0], *within, ends[1]


def _micros(year: int) -> int:
    return int(datetime(min(year, 9999), 1, 1, tzinfo=UTC).timestamp() * 1_000_000)
