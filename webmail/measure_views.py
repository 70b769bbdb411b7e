"""Measures as lines of a list, rows of a table and curves. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from gateway.domain.growth import GrowthStandard
from gateway.domain.instants import micros_of
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.measure_kinds import KINDS, KindRules
from gateway.domain.measure_words import NBSP, goal_in_words, other_unit_in_words, value_in_words
from gateway.domain.measures import Bounds, Measure, MeasureGoal
from gateway.services.profile.measure_reading import LastMeasure, MeasureSeries
from webmail.growth_view import GrowthChart, growth_chart, place_in_words
from webmail.references import reference_of
from webmail.trend import Plotted, Trend, drawn_trend

_NO_BOUNDS: Bounds = (None, None)
_PLACES = {"above": "Au-dessus de votre objectif", "below": "Au-dessous de votre objectif", "inside": "Dans l’objectif"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasureRow:
    """One measure.

    Attributes:
        other: the same in the unit of curves, when it was typed in another.
        kind: where it lies beside the goal, by the name of its shape; `place` says it.
        growth: of a child, at which age it was taken and between which lines of the reference it lies.
    """

    reference: str
    words: str
    other: str
    at: datetime
    is_timed: bool
    note: str
    is_corrected: bool
    kind: str
    place: str
    growth: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KindLine:
    """A kind as a line of the list."""

    rules: KindRules
    last: MeasureRow | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KindView:
    """A kind with its curve and a piece of its measures; a child's curve lies among the lines of `standard`."""

    rules: KindRules
    last: MeasureRow | None
    trend: Trend | None
    is_thinned: bool
    rows: tuple[MeasureRow, ...]
    more: str
    goal: str
    deleted: tuple[MeasureRow, ...]
    chart: GrowthChart | None
    standard: GrowthStandard | None


def line_of_kind(found: LastMeasure) -> KindLine:
    """Give a kind as a line of the list."""
    return KindLine(rules=KINDS[found.kind], last=row_of_measure(found.last, found.goal) if found.last else None)


def told_measures(found: Sequence[LastMeasure]) -> Sequence[str]:
    """Say the last measure of each kind that has one, the newest first: « Poids 72,4 kg, le 1er mars 2026 »."""
    last = sorted(filter(None, (one.last for one in found)), key=lambda one: one.now.value.at, reverse=True)
    return [
        f"{KINDS[one.kind].label} {value_in_words(one.kind, one.now.value)}, "
        f"le {day_in_words(local_day(one.now.value.at))}"
        for one in last
    ]


def view_of_kind(found: MeasureSeries) -> KindView:
    """Give a kind as its page shows it."""
    chart = growth_chart(found.growth, found.drawn)
    return KindView(
        rules=KINDS[found.kind],
        last=_row(found, found.last) if found.last else None,
        trend=_trend(found),
        is_thinned=found.is_thinned,
        rows=tuple(_row(found, one) for one in found.listed),
        more="" if found.more is None else reference_of(found.more),
        goal=goal_in_words(found.kind, found.goal),
        deleted=tuple(row_of_measure(one, None) for one in found.deleted),
        chart=chart,
        standard=found.growth.table.standard if found.growth and chart else None,
    )


def _row(found: MeasureSeries, measure: Measure) -> MeasureRow:
    return replace(row_of_measure(measure, found.goal), growth=place_in_words(found.growth, measure))


def row_of_measure(measure: Measure, goal: MeasureGoal | None) -> MeasureRow:
    """Give one measure as a row."""
    value, bounds = measure.now.value, _bounds(measure, goal)
    kinds = [_kind(number, pair) for number, pair in zip(_numbers(measure), bounds, strict=True)]
    known = [kind for kind in kinds if kind != "unknown"]
    outside = next((kind for kind in known if kind != "inside"), "inside" if known else "unknown")
    return MeasureRow(
        reference=reference_of(measure.id),
        words=value_in_words(measure.kind, value),
        other=other_unit_in_words(measure.kind, value),
        at=value.at,
        is_timed=value.is_timed,
        note=value.note,
        is_corrected=measure.is_corrected,
        kind=outside,
        place=_PLACES.get(outside, ""),
    )


def _trend(found: MeasureSeries) -> Trend | None:
    rules, measures = KINDS[found.kind], list(reversed(found.drawn))
    if not measures:
        return None
    lines = [
        [_plotted(measure, found.goal, place) for measure in measures] for place in range(len(rules.numbers))
    ]
    first, last = (day_in_words(local_day(one.now.value.at)) for one in (measures[0], measures[-1]))
    words = f"Courbe de {len(measures)} mesures, en {rules.unit.words}, du {first} au {last}."
    return drawn_trend(lines, f"{words} Le tableau qui suit donne chaque valeur.", by_day=True)


def _plotted(measure: Measure, goal: MeasureGoal | None, place: int) -> Plotted:
    number, (low, high) = _numbers(measure)[place], _bounds(measure, goal)[place]
    day = day_in_words(local_day(measure.now.value.at))
    kind = _kind(number, (low, high))
    return Plotted(
        micros=micros_of(measure.now.value.at),
        number=number,
        low=low,
        high=high,
        kind="inside" if kind == "unknown" else kind,
        words=f"{day}{NBSP}: {value_in_words(measure.kind, measure.now.value)}",
    )


def _numbers(measure: Measure) -> Sequence[Decimal]:
    rules, value = KINDS[measure.kind], measure.now.value
    return [rules.in_first_unit(number, value.unit) for number in value.numbers]


def _bounds(measure: Measure, goal: MeasureGoal | None) -> Sequence[Bounds]:
    return goal.bounds if goal else [_NO_BOUNDS] * len(measure.now.value.numbers)


def _kind(number: Decimal, bounds: Bounds) -> str:
    low, high = bounds
    if low is None and high is None:
        return "unknown"
    if low is not None and number < low:
        return "below"
    return "above" if high is not None and number > high else "inside"
