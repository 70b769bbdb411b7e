"""How measures and goals are said in French, on pages and in archives. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from gateway.domain.measure_kinds import KINDS, MeasureUnit
from gateway.domain.measures import Bounds, MeasuredValue, MeasureGoal, MeasureKind
from gateway.domain.result_words import figures

NBSP = "\u00a0"


def number_in_words(number: Decimal) -> str:
    """Write a number as in French."""
    return figures(format(number, "f"))


def with_unit(numbers: Sequence[Decimal], unit: MeasureUnit) -> str:
    """Write one number or two with their unit: « 72,5 kg », « 128/79 mmHg »."""
    said = "/".join(map(number_in_words, numbers))
    return f"{said}{NBSP}{unit.words}"


def value_in_words(kind: MeasureKind, value: MeasuredValue) -> str:
    """Say a value as it was typed."""
    rules = KINDS[kind]
    return with_unit(value.numbers, rules.unit_named(value.unit) or rules.unit)


def other_unit_in_words(kind: MeasureKind, value: MeasuredValue) -> str:
    """Say a value in the unit of curves; empty when it was typed in it."""
    rules = KINDS[kind]
    if value.unit == rules.unit.ucum:
        return ""
    return with_unit([rules.in_first_unit(number, value.unit) for number in value.numbers], rules.unit)


def goal_in_words(kind: MeasureKind, goal: MeasureGoal | None) -> str:
    """Say what is aimed at; empty when nothing is."""
    if goal is None or not goal.is_set:
        return ""
    said = [_bounds_in_words(bounds, KINDS[kind].unit) for bounds in goal.bounds]
    if len(said) > 1:
        pairs = zip(("systolique", "diastolique"), said, strict=True)
        said = [f"{name} {words}" for name, words in pairs if words]
    return ", ".join(said)


def _bounds_in_words(bounds: Bounds, unit: MeasureUnit) -> str:
    low, high = bounds
    if low is not None and high is not None:
        return f"entre {number_in_words(low)} et {with_unit([high], unit)}"
    if high is not None:
        return f"{with_unit([high], unit)} au plus"
    return f"{with_unit([low], unit)} au moins" if low is not None else ""
