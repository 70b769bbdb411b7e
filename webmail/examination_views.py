"""Examinations as lines of a list, rows of a table and pairs of dates, each result read against its own range. Pure."""

from dataclasses import dataclass
from datetime import date

from gateway.domain.examinations import Curve, Examination, Point, examination_number, in_unit
from gateway.domain.goals import Goal
from gateway.domain.interpretation import interpretation_words, is_critical_code
from gateway.domain.lab_result import ReferenceRange
from gateway.domain.mailbox import VaultId
from gateway.domain.result_words import bounds_words, figures, number_words
from gateway.domain.trend_words import change_between, change_words, last_change, span_words
from gateway.domain.units import unit_words
from gateway.services.record.plain_words import PlainWords, plain_words_of
from webmail.examination_trend import sparkline_of, trend_of
from webmail.identifiers import DocumentId
from webmail.number_line import Reading, reading_of
from webmail.references import reference_of
from webmail.shown_documents import Result
from webmail.trend import Trend
from webmail.wording import Moment, moment_of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ResultRow:
    """One result of an examination.

    Attributes:
        name: tells it apart in forms of the page.
        converted: the value in the unit of the curve, where it is not the one that was sent.
        laboratory: who measured it, as the document names them.
    """

    name: str
    at: Moment | None
    result: Result
    reading: Reading
    converted: str
    document: DocumentId
    laboratory: str
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CurveView:
    """Results in one unit: the drawing, and its table."""

    unit: str
    trend: Trend | None
    rows: tuple[ResultRow, ...]
    span: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExaminationView:
    """One examination.

    Attributes:
        change: what changed since the result before, in one sentence.
        laboratories: how many of them measured it.
        plain: what it measures and why it is asked for, where somebody has written it.
    """

    reference: str
    label: str
    loinc: str
    last: ResultRow
    change: str
    curves: tuple[CurveView, ...]
    laboratories: int
    count: int
    plain: PlainWords | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExaminationLine:
    """An examination as a line of the list."""

    reference: str
    label: str
    last: ResultRow
    change: str
    spark: Trend | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalView:
    """The goal that a doctor set, and the last value against it where that is certain."""

    set_by: str
    set_on: date
    words: str
    result: Result | None
    reading: Reading | None


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Two results side by side, the earlier first, and what changed between them."""

    before: ResultRow
    after: ResultRow
    words: str


def line_of(examination: Examination, vault: VaultId) -> ExaminationLine:
    """Give an examination as a line of the list."""
    curve, change = examination.curves[0], last_change(examination.curves[0])
    return ExaminationLine(
        reference=_reference(examination, vault),
        label=examination.label,
        last=row_of(examination.last),
        change=change.direction.label if change else "",
        spark=sparkline_of(curve),
        count=examination.count,
    )


def view_of(examination: Examination, vault: VaultId) -> ExaminationView:
    """Give an examination with the results of a page."""
    curve, change = examination.curves[0], last_change(examination.curves[0])
    return ExaminationView(
        reference=_reference(examination, vault),
        label=examination.label,
        loinc=examination.loinc,
        last=row_of(examination.last),
        change=change_words(change, curve.unit) if change else "",
        curves=tuple(map(_curve, examination.curves)),
        laboratories=len({point.laboratory for point in examination.points}),
        count=examination.count,
        plain=plain_words_of(examination.loinc),
    )


def goal_of(goal: Goal, examination: Examination) -> GoalView:
    """Place the last value in the goal, in the goal's own unit."""
    bounds = ReferenceRange(low=goal.low, high=goal.high, unit=goal.unit)
    turned = in_unit(examination.last, goal.unit)
    result = None
    if turned is not None and turned.number is not None:
        value = f"{turned.line.comparator}{turned.number}"
        result = Result(label=turned.line.label, value=value, unit=goal.unit, low=goal.low, high=goal.high)
    return GoalView(
        set_by=goal.set_by,
        set_on=goal.set_on,
        words=bounds_words(bounds),
        result=result,
        reading=reading_of(result) if result else None,
    )


def comparison_of(examination: Examination, before: str, after: str) -> Comparison | None:
    """Put two results side by side: those of these names, or the last two; None where there are not two."""
    for curve in examination.curves:
        named = {name_of_point(point): point for point in curve.points}
        if len(named) < 2:
            continue
        newest, *older = curve.points
        pair = sorted((named.get(before, older[0]), named.get(after, newest)), key=lambda point: point.micros)
        change = change_between(pair[1], pair[0])
        return Comparison(row_of(pair[0]), row_of(pair[1]), change_words(change, curve.unit) if change else "")
    return None


def row_of(point: Point, unit: str = "") -> ResultRow:
    """Give one result as a row."""
    result = _result(point)
    converted = ""
    if point.is_converted and point.number is not None:
        converted = " ".join(filter(None, (number_words(point.number), unit_words(unit))))
    return ResultRow(
        name=name_of_point(point),
        at=moment_of(point.at),
        result=result,
        reading=reading_of(result),
        converted=converted,
        document=DocumentId(reference_of(point.document)),
        laboratory=point.laboratory,
        is_provisional=point.line.is_provisional,
    )


def name_of_point(point: Point) -> str:
    """Name a result within its examination, for forms."""
    return f"{point.document:x}-{point.line.index}"


def _curve(curve: Curve) -> CurveView:
    return CurveView(
        unit=curve.unit,
        trend=trend_of(curve),
        rows=tuple(row_of(point, curve.unit) for point in curve.points),
        span=span_words(curve),
    )


def _result(point: Point) -> Result:
    line = point.line
    bounds = line.bounds
    return Result(
        label=line.label,
        value=line.value,
        loinc=line.loinc,
        unit=line.unit,
        low=bounds.low,
        high=bounds.high,
        low_excluded=bounds.low_excluded,
        high_excluded=bounds.high_excluded,
        reference=line.reference,
        interpretation=next((code for code in line.codes if is_critical_code(code)), next(iter(line.codes), "")),
        signal=interpretation_words(line.codes),
        method=line.method,
        shown=line.shown or figures(line.value),
        other_unit=" ".join(filter(None, (figures(line.second), unit_words(line.second_unit)))),
    )


def _reference(examination: Examination, vault: VaultId) -> str:
    return reference_of(examination_number(vault, examination.key))
