"""Where the marks of a curve are drawn: across in per cent, down in pixels, so that it fits any screen. Pure.

Each result bears the range of its own laboratory: the band around it reaches half-way to its neighbours. What is
outside has another shape, not only another colour (E44, E69).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from gateway.domain.examinations import Curve, Point
from gateway.domain.instants import instant_of
from gateway.domain.result_words import day_words, figures, number_words
from gateway.domain.units import unit_words

TOP, BOTTOM, HEIGHT = 14.0, 196.0, 222
_SPARK_TOP, _SPARK_BOTTOM, _SPARK_HEIGHT = 7.0, 25.0, 32
_LEFT, _RIGHT = 3.0, 97.0
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_FEWEST = 2
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One result: where it is, which shape it has, what is said when one points at it.

    Attributes:
        toward: ``up`` or ``down`` where the value is only known to be more or less.
    """

    x: float
    y: float
    kind: str
    is_critical: bool
    toward: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The range of one result."""

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
    """A curve ready to draw, oldest first; `words` say what it shows."""

    height: int
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    words: str


def trend_of(curve: Curve) -> Trend | None:
    """Draw a curve; None for fewer than two numbers."""
    points = _drawn(curve)
    if len(points) < _FEWEST:
        return None
    low, high = _extent(points, with_ranges=True)
    ticks = _ticks(low, high)
    scale = _Scale(min(low, ticks[0]), max(high, ticks[-1]), TOP, BOTTOM)
    places = _across(points)
    unit = unit_words(curve.unit)
    said = f", en {unit}" if unit else ""
    return Trend(
        height=HEIGHT,
        marks=tuple(_mark(point, x, scale, unit) for point, x in zip(points, places, strict=True)),
        bands=_bands(points, places, scale),
        across=_dates(points, places),
        down=tuple(Tick(words=number_words(tick), at=scale.y(tick)) for tick in ticks),
        words=f"Courbe de {len(points)} valeurs{said}, {_when(points[0], 'du', 'de')} {_when(points[-1], 'au', 'à')}."
        " Le tableau qui suit donne chaque valeur.",
    )


def sparkline_of(curve: Curve) -> Trend | None:
    """Draw the shape of a curve alone, for a list; None for fewer than two numbers."""
    points = _drawn(curve)
    if len(points) < _FEWEST:
        return None
    low, high = _extent(points, with_ranges=False)
    scale = _Scale(low, high, _SPARK_TOP, _SPARK_BOTTOM)
    places = _across(points)
    marks = tuple(_mark(point, x, scale, "") for point, x in zip(points, places, strict=True))
    return Trend(height=_SPARK_HEIGHT, marks=marks, bands=(), across=(), down=(), words="")


class _Scale:
    def __init__(self, low: Decimal, high: Decimal, top: float, bottom: float) -> None:
        self._low, self._span = low, high - low
        self._top, self._bottom = top, bottom

    def y(self, number: Decimal) -> float:
        if not self._span:
            return round((self._top + self._bottom) / 2, 1)
        share = float(min(max((number - self._low) / self._span, Decimal(0)), Decimal(1)))
        return round(self._bottom - share * (self._bottom - self._top), 1)


def _drawn(curve: Curve) -> list[Point]:
    return [point for point in reversed(curve.points) if point.number is not None]


def _extent(points: list[Point], *, with_ranges: bool) -> tuple[Decimal, Decimal]:
    numbers = [point.number for point in points if point.number is not None]
    if with_ranges:
        numbers += [bound for point in points for bound in (point.low, point.high) if bound is not None]
    return min(numbers), max(numbers)


def _ticks(low: Decimal, high: Decimal) -> list[Decimal]:
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


def _across(points: list[Point]) -> list[float]:
    first, last = points[0].micros, points[-1].micros
    if last - first < _DAY:
        gap = (_RIGHT - _LEFT) / (len(points) - 1)
        return [round(_LEFT + gap * place, 2) for place in range(len(points))]
    return [round(_LEFT + (_RIGHT - _LEFT) * (point.micros - first) / (last - first), 2) for point in points]


def _mark(point: Point, x: float, scale: _Scale, unit: str) -> Mark:
    value = " ".join(filter(None, (figures(f"{point.line.comparator}{point.number}"), unit)))
    said = f"{day_words(point.at) or 'date inconnue'} : {value}"
    return Mark(
        x=x,
        y=scale.y(point.number or Decimal(0)),
        kind=point.where.value,
        is_critical=point.is_critical,
        toward={"<": "down", ">": "up"}.get(point.line.comparator[:1], ""),
        words=", ".join(filter(None, (said, point.laboratory))),
    )


def _bands(points: list[Point], places: list[float], scale: _Scale) -> tuple[Band, ...]:
    edges = [0.0, *((one + other) / 2 for one, other in pairwise(places)), 100.0]
    bands = []
    for point, (start, end) in zip(points, pairwise(edges), strict=True):
        if point.low is None and point.high is None:
            continue
        top = TOP - 8 if point.high is None else scale.y(point.high)
        bottom = BOTTOM if point.low is None else scale.y(point.low)
        bands.append(Band(x=round(start, 2), width=round(end - start, 2), y=top, height=max(bottom - top, 1.0)))
    return tuple(bands)


def _dates(points: list[Point], places: list[float]) -> tuple[Tick, ...]:
    """Name the first and the last month, and the years that begin between them."""
    begin = Tick(words=_month(points[0]), at=places[0], anchor="start")
    end = Tick(words=_month(points[-1]), at=places[-1], anchor="end")
    first, last = points[0].micros, points[-1].micros
    if last - first < _DAY:
        return begin, end
    years = range(instant_of(first).year + 1, instant_of(last).year + 1)
    begun = [(year, (_micros(year) - first) / (last - first)) for year in years]
    step = -(-len(begun) // 4)
    within = [
        Tick(words=str(year), at=round(_LEFT + (_RIGHT - _LEFT) * share, 2))
        for year, share in begun[:: step or 1]
        if 0.3 <= share <= 0.65
    ]
    return begin, *within, end


def _when(point: Point, of_day: str, of_month: str) -> str:
    return f"{of_day if point.at.day else of_month} {day_words(point.at) or 'date inconnue'}"


def _month(point: Point) -> str:
    at = instant_of(point.micros)
    return f"{at.month:02}/{at.year}"


def _micros(year: int) -> int:
    return int(datetime(min(year, 9999), 1, 1, tzinfo=UTC).timestamp() * 1_000_000)
