"""The body mass index, computed from weights and heights (E22). Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasureKind, MeasureVersion

_SOON = timedelta(days=31)
"""A height that was noted a little later is that of a weight as well."""
_TENTH = Decimal("0.1")


def body_mass_of(weights: Sequence[Measure], heights: Sequence[Measure]) -> Sequence[Measure]:
    """Give the index at each weight whose height is known, in the order of the weights, numbered as they are.

    The height is the last one before, or the first of the month after.
    """
    found = []
    for weight in weights:
        height = _height_at(weight, heights)
        if height is None:
            continue
        kilograms, metres = _number(weight), _number(height) / 100
        index = (kilograms / (metres * metres)).quantize(_TENTH)
        value = replace(weight.now.value, numbers=(index,), unit=KINDS[MeasureKind.BMI].unit.ucum, note="")
        now = MeasureVersion(value=value, written_by=weight.now.written_by, written_at=weight.now.written_at)
        found.append(Measure(id=weight.id, kind=MeasureKind.BMI, now=now))
    return found


def _height_at(weight: Measure, heights: Sequence[Measure]) -> Measure | None:
    at = weight.now.value.at
    before = [height for height in heights if height.now.value.at <= at]
    after = [height for height in heights if at < height.now.value.at <= at + _SOON]
    if before:
        return max(before, key=lambda height: height.now.value.at)
    return min(after, key=lambda height: height.now.value.at, default=None)


def _number(measure: Measure) -> Decimal:
    value = measure.now.value
    return KINDS[measure.kind].in_first_unit(value.numbers[0], value.unit)
