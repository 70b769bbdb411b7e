"""One examination across laboratories: its results in order of time, in one unit where that is certain. Pure.

Results join by LOINC, whatever laboratory they are from; what has no LOINC joins within its laboratory only. A unit is
turned into another only where that is certain (`gateway.domain.unit_conversion`); other units are curves of their own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b

from gateway.domain.analytes import joined_key
from gateway.domain.errors import MalformedContent
from gateway.domain.interpretation import is_abnormal_code, is_critical_code
from gateway.domain.lab_result import number_of
from gateway.domain.mailbox import VaultId
from gateway.domain.observed import UNDATED, Observed, keys_and_times, lines_in, time_of
from gateway.domain.observed_documents import ObservedDocument
from gateway.domain.timestamp import Timestamp
from gateway.domain.unit_conversion import converted
from gateway.domain.units import same_unit
from gateway.domain.value_place import ValuePlace, compared_number, place_in

_BITS = 24
_ONES = (1 << _BITS) - 1
"""Documents of a space, and results of a document, are fewer than this."""
_TRIED = 20
"""Curves into whose unit a result is turned; nobody who writes each result in another unit makes the next ones slow."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Point:
    """One result of an examination.

    Attributes:
        document: the document that it stands in; `line` is the result there.
        micros: when the sample was taken, as far as it is known, for sorting.
        number: its value in the unit of its curve, None for words.
        low, high: its laboratory's range in that unit.
        is_converted: the number is not the one that was sent, or stands for it in a second unit.
    """

    document: int
    line: Observed
    laboratory: str
    micros: int
    at: Timestamp
    number: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    is_converted: bool = False

    @property
    def where(self) -> ValuePlace:
        """Place the value as it was sent in its own range."""
        return place_in(self.line.bounds, *compared_number(self.line.value))

    @property
    def is_critical(self) -> bool:
        """Say whether the laboratory asks for an alert."""
        return any(map(is_critical_code, self.line.codes))

    @property
    def is_outside(self) -> bool:
        """Say whether it is outside its range, or marked abnormal (E95)."""
        return self.where in (ValuePlace.BELOW, ValuePlace.ABOVE) or any(map(is_abnormal_code, self.line.codes))


@dataclass(frozen=True, slots=True, repr=False)
class Curve:
    """Results in one unit, newest first; words have the unit of what they were sent with."""

    unit: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Examination:
    """One examination: its name as the newest result has it, and its curves, the one of the newest result first."""

    key: int
    label: str
    loinc: str
    curves: tuple[Curve, ...]
    count: int

    @property
    def last(self) -> Point:
        """Give the newest result."""
        return self.curves[0].points[0]

    @property
    def points(self) -> list[Point]:
        """Give all results, newest first."""
        return sorted((point for curve in self.curves for point in curve.points), key=_newest_first)


class _Place(dict[int, list[int] | None]):
    """The results of each examination that is wanted, by the keys of one laboratory; None where it is not."""

    def __init__(self, place: str, results: dict[int, list[int]], wanted: Callable[[int], bool]) -> None:
        super().__init__()
        self._place = place
        self._results = results
        self._wanted = wanted

    def __missing__(self, key: int) -> list[int] | None:
        joined = joined_key(key, self._place)
        found = self[key] = self._results.setdefault(joined, []) if self._wanted(joined) else None
        return found


class SpaceObservations:
    """The results of a space, found by examination; lines are read only where they are asked for.

    Where not all examinations are `wanted`, results of others are not looked at.
    """

    def __init__(
        self, documents: Iterable[ObservedDocument], wanted: Callable[[int], bool] = lambda _: True
    ) -> None:
        self._documents = sorted(documents, key=lambda document: document.filed_at)
        self._lines: dict[int, tuple[Observed, ...]] = {}
        # A result is one number, so that twenty thousand are sorted quickly: time, document, place in it.
        self._results: dict[int, list[int]] = {}
        known: dict[str, _Place] = {}
        for at, document in enumerate(self._documents):
            try:
                keys, times = keys_and_times(document.written)
            except MalformedContent:
                continue  # told of by `pli verify`; the document shows its results all the same
            here = known.get(document.place)
            if here is None:
                here = known[document.place] = _Place(document.place, self._results, wanted)
            number, first = at << _BITS, times[0] if times else UNDATED
            if times.count(first) == len(times):  # as nearly all documents have it: one sample, one time
                number |= (first if first != UNDATED else _own(document)) << 2 * _BITS
                for result, key in enumerate(keys, number):
                    if (results := here[key]) is not None:
                        results.append(result)
                continue
            for place, (key, time) in enumerate(zip(keys, times, strict=True), number):
                if (results := here[key]) is not None:
                    results.append((time if time != UNDATED else _own(document)) << 2 * _BITS | place)

    @property
    def keys(self) -> list[int]:
        """List the examinations that there are results of."""
        return list(self._results)

    def newest(self, key: int) -> Examination | None:
        """Give an examination with its newest result alone."""
        return self._examination(key, [max(self._results[key])])

    def examination(self, key: int, first: int = 0, limit: int | None = None) -> Examination | None:
        """Give an examination with some of its results, counted from the newest; None where there are none."""
        results = sorted(self._results.get(key, ()), reverse=True)
        return self._examination(key, results[first : None if limit is None else first + limit])

    def _examination(self, key: int, results: Iterable[int]) -> Examination | None:
        points = list(_distinct(filter(None, map(self._point, results))))
        if not points:
            return None
        newest = points[0].line
        return Examination(
            key=key,
            label=newest.label,
            loinc=newest.loinc,
            curves=curves_of(points),
            count=len(self._results[key]),
        )

    def _point(self, result: int) -> Point | None:
        micros, at, place = result >> 2 * _BITS, result >> _BITS & _ONES, result & _ONES
        document = self._documents[at]
        if at not in self._lines:
            try:
                self._lines[at] = lines_in(document.written)
            except MalformedContent:
                self._lines[at] = ()
        lines = self._lines[at]
        if place >= len(lines):
            return None
        line = lines[place]
        return Point(
            document=document.number,
            line=line,
            laboratory=document.place,
            micros=micros,
            at=Timestamp(line.at or document.effective),
        )


def examination_number(vault: VaultId, key: int) -> int:
    """Give the number of an examination in addresses of pages: another in each space, so that it names none."""
    digest = blake2b(vault.to_bytes(8, "big") + key.to_bytes(8, "big"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2 or 1


def curves_of(points: Sequence[Point]) -> tuple[Curve, ...]:
    """Put results into as few curves as is certain; the unit of the newest comes first."""
    first = next((point.line.unit for point in points if point.line.number is not None), None)
    curves: list[tuple[str, list[Point]]] = [] if first is None else [(first, [])]
    further: dict[str, list[Point]] = {}
    for point in points:
        for unit, members in curves:
            if (turned := in_unit(point, unit)) is not None:
                members.append(turned)
                break
        else:
            turned = in_unit(point, point.line.unit) or point
            if len(curves) < _TRIED:
                curves.append((point.line.unit, [turned]))
            else:
                further.setdefault(point.line.unit, []).append(turned)
    return tuple(Curve(unit, tuple(members)) for unit, members in (*curves, *further.items()))


def in_unit(point: Point, unit: str) -> Point | None:
    """Give a result in a unit: as it was sent, as its laboratory turned it, or as we do; None where none is certain."""
    line, number = point.line, point.line.number
    if number is None or line.shown:
        return point if not line.unit or same_unit(line.unit, unit) else None
    if same_unit(line.unit, unit):
        return _with(point, number, number_of(line.low), number_of(line.high), is_converted=False)
    if line.second and same_unit(line.second_unit, unit):
        turned = compared_number(line.second)[1]
        return _with(point, turned, number_of(line.second_low), number_of(line.second_high), is_converted=True)
    turned = converted(number, line.unit, unit, line.loinc)
    if turned is None:
        return None
    bounds = (number_of(line.low), number_of(line.high))
    low, high = (None if one is None else converted(one, line.unit, unit, line.loinc) for one in bounds)
    return _with(point, turned, low, high, is_converted=True)


def _with(
    point: Point, number: Decimal | None, low: Decimal | None, high: Decimal | None, *, is_converted: bool
) -> Point:
    return Point(
        document=point.document,
        line=point.line,
        laboratory=point.laboratory,
        micros=point.micros,
        at=point.at,
        number=number,
        low=low,
        high=high,
        is_converted=is_converted,
    )


def _distinct(points: Iterable[Point]) -> Iterable[Point]:
    """Leave out what a later report repeats: same examination, same time, same value."""
    seen = set()
    for point in points:
        line = point.line
        said = (line.loinc, point.micros, line.value, line.unit, point.laboratory)
        if said not in seen:
            seen.add(said)
            yield point


def _own(document: ObservedDocument) -> int:
    time = time_of(Timestamp(document.effective).earliest)
    return document.filed_at if time == UNDATED else time


def _newest_first(point: Point) -> tuple[int, int]:
    return -point.micros, point.line.index
