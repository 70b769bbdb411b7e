"""Place a laboratory's value against its reference range, for the eye and in words. Pure.

The range is the laboratory's own (E69); nothing is judged here but the place of the value, and how far it is
from the nearest limit, in its own unit. Shape and words carry what colour carries (E44). Positions are
per cent of the width of the line, from 0 to 100.
"""

from dataclasses import dataclass
from decimal import Decimal

from gateway.domain.interpretation import (
    HIGH_INTERPRETATIONS,
    LOW_INTERPRETATIONS,
    interpretation_words,
    is_abnormal_code,
    is_critical_code,
)
from gateway.domain.lab_result import ReferenceRange
from gateway.domain.result_words import NBSP, bounds_words, number_words
from gateway.domain.units import unit_words
from gateway.domain.value_place import ValuePlace, compared_number, place_in
from webmail.shown_documents import Result

_MARGIN = Decimal("0.6")  # what is drawn beyond each limit, as a share of the range
_CLOSE = Decimal("0.1")  # « juste » : within a tenth of the range from its limit


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """A number line ready to draw.

    Attributes:
        band_start, band_end: the reference range; 0 or 100 where it has no limit.
        low, high: the limits in words, empty where there is none.
        marker: where the value is.
        off_scale: the value is farther than the line shows; the marker is at its end.
        toward: ``left`` for a value known only to be less, ``right`` for more, else empty.
    """

    band_start: float
    band_end: float
    low: str
    high: str
    marker: float
    off_scale: bool
    toward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A result as it is shown: where it is, in words, what the laboratory signals, and its line.

    Attributes:
        difference: a sentence where the laboratory's mark and the place of the value do not say the same.
    """

    is_number: bool
    place: ValuePlace
    words: str
    signal: str
    is_critical: bool
    range_words: str
    line: NumberLine | None
    difference: str


def reading_of(result: Result) -> Reading:
    """Read a result against its own range."""
    comparator, number = compared_number(result.value)
    place = place_in(_bounds(result), comparator, number)
    return Reading(
        is_number=number is not None,
        place=place,
        words=_words(place, comparator, number, result),
        signal=result.signal or (interpretation_words((result.interpretation,)) if result.interpretation else ""),
        is_critical=is_critical_code(result.interpretation),
        range_words=_range_words(result),
        line=None if number is None else _line(comparator, number, result.low, result.high),
        difference=_difference(place, result.interpretation),
    )


def _difference(place: ValuePlace, code: str) -> str:
    if place in (ValuePlace.ABOVE, ValuePlace.BELOW) and code == "N":
        return "Le laboratoire dit cette valeur normale, bien qu’elle soit hors de l’intervalle. Demandez-en la raison."
    if place is ValuePlace.INSIDE and is_abnormal_code(code):
        return "Le laboratoire signale cette valeur, bien qu’elle soit dans l’intervalle. Demandez-en la raison."
    sides = {ValuePlace.ABOVE: LOW_INTERPRETATIONS, ValuePlace.BELOW: HIGH_INTERPRETATIONS}
    if code in sides.get(place, frozenset()):
        return "Le signe du laboratoire et l’intervalle ne disent pas la même chose. Demandez à votre médecin."
    return ""


def _words(place: ValuePlace, comparator: str, number: Decimal | None, result: Result) -> str:
    if place is ValuePlace.INSIDE:
        return "dans l’intervalle"
    if place is ValuePlace.UNKNOWN or number is None:
        return "" if result.low is None and result.high is None else "non comparable à l’intervalle"
    limit = result.high if place is ValuePlace.ABOVE else result.low
    distance = abs(number - (limit or 0))
    side = "au-dessus" if place is ValuePlace.ABOVE else "au-dessous"
    if not distance:
        return f"{side} de l’intervalle"
    close = result.low is not None and result.high is not None and distance <= (result.high - result.low) * _CLOSE
    least = "d’au moins" if comparator else "de"
    unit = f"{NBSP}{unit_words(result.unit)}" if result.unit else ""
    return f"{'juste ' if close else ''}{side} de l’intervalle, {least} {_text(distance)}{unit}"


def _range_words(result: Result) -> str:
    if result.reference:
        return result.reference
    return bounds_words(_bounds(result), result.unit)


def _bounds(result: Result) -> ReferenceRange:
    return ReferenceRange(
        low=result.low, high=result.high, low_excluded=result.low_excluded, high_excluded=result.high_excluded
    )


def _line(comparator: str, number: Decimal, low: Decimal | None, high: Decimal | None) -> NumberLine | None:
    if low is None and high is None:
        return None
    if low is not None and high is not None:
        span = (high - low) or abs(high) or Decimal(1)
        start, end = low - span * _MARGIN, high + span * _MARGIN
        if low >= 0:
            start = max(start, Decimal(0)) if low > 0 else -span * Decimal("0.02")
    else:
        limit = high if high is not None else low or Decimal(0)
        reach = abs(limit) or Decimal(1)
        start, end = limit - reach, limit + reach
    width = end - start
    if width <= 0:
        return None

    def percent(value: Decimal) -> float:
        return round(float((min(max(value, start), end) - start) / width * 100), 2)

    return NumberLine(
        band_start=0.0 if low is None else percent(low),
        band_end=100.0 if high is None else percent(high),
        low="" if low is None else _text(low),
        high="" if high is None else _text(high),
        marker=min(max(percent(number), 2.5), 97.5),
        off_scale=not start <= number <= end,
        toward={"<": "left", ">": "right"}.get(comparator[:1], ""),
    )


def _text(number: Decimal) -> str:
    return number_words(number)
