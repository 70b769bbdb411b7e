"""What was typed of a measure or of a goal, made into what is kept, or the faults of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

from gateway.domain.errors import InvalidValue
from gateway.domain.lab_result import number_of
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.measure_kinds import KINDS, KindRules, MeasureUnit
from gateway.domain.measures import Bounds, MeasuredValue, MeasureKind
from gateway.domain.partial_date import PartialDate

NOTE = 300
"""Characters that a remark may have."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TIME = re.compile(r"(\d{1,2})\s?(?:[:hH]\s?(\d{2})?)", re.ASCII)
_LONGEST_NUMBER = 12
_GROWN = 16
"""Years from which the limits of adults are the usual ones."""
_EARLIEST = date(1880, 1, 1)
"""Nobody who lives was born before."""
_SLACK = timedelta(minutes=5)
"""By how much the clock of who types may be ahead."""


class MeasureFault(Enum):
    """What is wrong with what was typed in one field."""

    MISSING = "missing"
    NO_NUMBER = "no-number"
    TOO_PRECISE = "too-precise"
    IMPOSSIBLE = "impossible"
    UNLIKELY = "unlikely"
    """It may be, and is kept once it is said again."""
    ORDER = "order"
    """The first number of a blood pressure is the larger one; of a goal, the smaller one."""
    NO_UNIT = "no-unit"
    NO_DAY = "no-day"
    NO_TIME = "no-time"
    BEFORE_BIRTH = "before-birth"
    AHEAD = "ahead"
    TOO_LONG = "too-long"
    FULL = "full"
    """There are as many of that day, or as many corrections, as there may be."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckedMeasure:
    """What is kept of what was typed, or its faults by the name of their field.

    Attributes:
        said: the numbers as they were read, by which an unlikely one is said again.
    """

    value: MeasuredValue | None
    faults: Mapping[str, MeasureFault]
    said: str = ""


class _Wrong(Exception):
    def __init__(self, fault: MeasureFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def number_field(place: int) -> str:
    """Name the field of the first or the second number."""
    return "valeur" if place == 0 else f"valeur_{place + 1}"


def checked_measure(
    kind: MeasureKind, typed: Mapping[str, str], born: date | None, now: datetime
) -> CheckedMeasure:
    """Check what was typed of a measure.

    Args:
        kind: what is measured; not one that is computed.
        typed: ``valeur``, ``valeur_2``, ``unite``, ``jour``, ``heure``, ``note``; ``confirme`` says an unlikely
            value again.
        born: the day of birth, None where it is not known; nothing is measured before.
        now: nothing is measured after.
    """
    rules, faults = KINDS[kind], dict[str, MeasureFault]()
    unit = rules.unit_named(typed.get("unite", "") or rules.unit.ucum)
    if unit is None:
        faults["unite"] = MeasureFault.NO_UNIT
        unit = rules.unit
    numbers = _numbers(rules, unit, typed, faults)
    when = _when(typed, born, now, faults)
    note = _clean(typed.get("note", ""))
    if len(note) > NOTE:
        faults["note"] = MeasureFault.TOO_LONG
    said = " ".join([*(format(number, "f") for number in numbers), unit.ucum])
    if when is None or faults:
        return CheckedMeasure(value=None, faults=faults, said=said)
    at, is_timed = when
    if typed.get("confirme", "") != said and (unusual := _unusual(rules, unit, numbers, _age(born, at))):
        return CheckedMeasure(value=None, faults={unusual: MeasureFault.UNLIKELY}, said=said)
    value = MeasuredValue(at=at, is_timed=is_timed, numbers=tuple(numbers), unit=unit.ucum, note=note)
    return CheckedMeasure(value=value, faults={}, said=said)


def proposed_measure(
    told: Mapping[str, str], born: date | None, now: datetime
) -> tuple[MeasureKind, MeasuredValue] | None:
    """Check a measure that a document tells of, as `checked_measure` does; ``mesure`` names its kind.

    An unlikely value is taken: the person is asked about it anyway. None for any other fault.
    """
    kind = next((one for one in KINDS if one.value == told.get("mesure", "")), None)
    if kind is None or not KINDS[kind].is_typed:
        return None
    said = checked_measure(kind, told, born, now).said
    value = checked_measure(kind, {**told, "confirme": said}, born, now).value
    return (kind, value) if value is not None else None


def checked_goal(kind: MeasureKind, typed: Mapping[str, str]) -> tuple[Bounds, ...] | Mapping[str, MeasureFault]:
    """Check a goal: ``de`` and ``a``, for a second number ``de_2`` and ``a_2``; empty where there is no limit."""
    rules, faults, found = KINDS[kind], dict[str, MeasureFault](), list[Bounds]()
    for place, limits in enumerate(rules.numbers):
        ending = f"_{place + 1}" if place else ""
        pair = list[Decimal | None]()
        for name in (f"de{ending}", f"a{ending}"):
            number = None
            try:
                if text := _clean(typed.get(name, "")):
                    number = _number(text, rules.places)
                    if not limits.possible[0] <= number <= limits.possible[1]:
                        raise _Wrong(MeasureFault.IMPOSSIBLE)
            except _Wrong as wrong:
                faults[name] = wrong.fault
            pair.append(number)
        low, high = pair
        if low is not None and high is not None and low > high:
            faults[f"a{ending}"] = MeasureFault.ORDER
        found.append((low, high))
    return faults or tuple(found)


def _numbers(
    rules: KindRules, unit: MeasureUnit, typed: Mapping[str, str], faults: dict[str, MeasureFault]
) -> list[Decimal]:
    found = []
    for place, limits in enumerate(rules.numbers):
        name = number_field(place)
        try:
            number = _number(_clean(typed.get(name, "")), 3 if unit is not rules.unit else rules.places)
            if not limits.possible[0] <= number * unit.factor + unit.offset <= limits.possible[1]:
                raise _Wrong(MeasureFault.IMPOSSIBLE)
            found.append(number)
        except _Wrong as wrong:
            faults[name] = wrong.fault
    if len(found) > 1 and found[1] >= found[0]:
        faults[number_field(1)] = MeasureFault.ORDER
    return found


def _number(text: str, places: int) -> Decimal:
    if not text:
        raise _Wrong(MeasureFault.MISSING)
    number = number_of(text) if len(text) <= _LONGEST_NUMBER and "e" not in text.lower() else None
    if number is None:
        raise _Wrong(MeasureFault.NO_NUMBER)
    plain = Decimal(format(number.normalize(), "f"))
    if plain != plain.quantize(Decimal(1).scaleb(-places)):
        raise _Wrong(MeasureFault.TOO_PRECISE)
    return plain


def _when(
    typed: Mapping[str, str], born: date | None, now: datetime, faults: dict[str, MeasureFault]
) -> tuple[datetime, bool] | None:
    day, clock = _day(typed.get("jour", "")), _clean(typed.get("heure", ""))
    if day is None:
        faults["jour"] = MeasureFault.NO_DAY if typed.get("jour", "").strip() else MeasureFault.MISSING
        return None
    hour = _time(clock) if clock else time(12)
    if hour is None:
        faults["heure"] = MeasureFault.NO_TIME
        return None
    if day < (born or _EARLIEST):
        faults["jour"] = MeasureFault.BEFORE_BIRTH
        return None
    if day > local_day(now):
        faults["jour"] = MeasureFault.AHEAD
        return None
    at = datetime.combine(day, hour, PLACE).astimezone(UTC)
    if clock and at > now + _SLACK:
        faults["heure"] = MeasureFault.AHEAD
        return None
    return min(at, now.astimezone(UTC)), bool(clock)


def _day(text: str) -> date | None:
    try:
        found = PartialDate.parse(text)
    except InvalidValue:
        return None
    return found.earliest if found.day is not None else None


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text[:10])
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None


def _unusual(rules: KindRules, unit: MeasureUnit, numbers: list[Decimal], age: int) -> str:
    """Name the first field whose number is possible and rare; empty when there is none."""
    for place, (number, limits) in enumerate(zip(numbers, rules.numbers, strict=True)):
        usual = (limits.usual_of_child if age < _GROWN else None) or limits.usual
        if not usual[0] <= number * unit.factor + unit.offset <= usual[1]:
            return number_field(place)
    return ""


def _age(born: date | None, at: datetime) -> int:
    """Give the age in whole years; that of an adult where the birth is not known."""
    if born is None:
        return _GROWN
    day = local_day(at)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _clean(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text[: NOTE * 4]).split())
