"""Results of examinations as a clinical document states them, whatever format carried them.

Values keep the sender's text beside the number read from it: what a laboratory wrote is never rounded,
converted or completed here (STD §4.2). Reading a format belongs to `dossier_bridge`.
"""

from decimal import Decimal
from enum import Enum
from re import ASCII, sub
from re import compile as compiled

import msgspec

from gateway.domain.interpretation import is_critical_code
from gateway.domain.timestamp import Timestamp
from gateway.domain.units import same_unit

_NUMBER = compiled(r"[+-]?\d{1,24}(?:[.,]\d{0,24})?(?:[eE][+-]?\d{1,2})?", ASCII)
_GROUPED = compiled(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u202f\u2009][0-9]{3})+(?:[.,][0-9]{1,24})?")
"""French thousands: « 120 000 »; one kind of blank or another, always before three figures."""
_REQUESTS = frozenset({"RQO", "INT", "PRMS", "APT", "ARQ", "PRP"})
"""Moods of CDA R2 that speak of an examination to come."""


def number_of(text: str) -> Decimal | None:
    """Read a decimal number of reasonable length (decimal comma accepted), or None."""
    # Bounded digits and exponent: Decimal("1E999999") parses, and formatting it later eats a megabyte.
    text = text.strip()
    if _GROUPED.fullmatch(text):
        text = sub(r"\s", "", text)
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


class ValueKind(Enum):
    """What kind of value a result holds, by the HL7 data type that carried it."""

    QUANTITY = "PQ"
    REAL = "REAL"
    INTEGER = "INT"
    INTERVAL = "IVL_PQ"
    RATIO = "RTO"
    CODED = "CD"
    TEXT = "ST"
    BOOLEAN = "BL"
    TIME = "TS"
    ABSENT = "absent"

    # Members are one each: hashed as such, without asking for their names.
    __hash__ = object.__hash__


class ResultValue(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One value: `text` as sent, `number` when it is one, `comparator` when the result is censored.

    A censored result (``<1.0``) has kind INTERVAL, its bound in `number` and ``<``, ``<=``, ``>`` or
    ``>=`` in `comparator`. An interval with two bounds has `number` and `upper` and no comparator.
    `null_flavor` is why there is no value, or none that the sender's system could code.
    """

    kind: ValueKind
    text: str = ""
    number: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    upper: Decimal | None = None
    code: str = ""
    code_system: str = ""
    null_flavor: str = ""

    @property
    def is_numeric(self) -> bool:
        """Say whether the value can be drawn on a number line."""
        return self.number is not None

    @property
    def display(self) -> str:
        """Give comparator, text and unit as one phrase, figures untouched."""
        return " ".join(part for part in (self.comparator, self.text, self.unit) if part)


class ResultState(Enum):
    """How far a result is, as its status and mood say."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    AWAITED = "awaited"
    HELD = "held"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"


_STATES = {
    "cancelled": ResultState.CANCELLED,
    "aborted": ResultState.ABORTED,
    "nullified": ResultState.WITHDRAWN,
    "obsolete": ResultState.OUTDATED,
    "held": ResultState.HELD,
    "suspended": ResultState.HELD,
}


class ReferenceRange(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A range the laboratory gives: either bound may be absent; `interpretation` says what it stands for.

    `condition` says whom it is for, `applies` whether that is this patient: None when it cannot be known.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    text: str = ""
    interpretation: str = ""
    low_excluded: bool = False
    high_excluded: bool = False
    condition: str = ""
    applies: bool | None = None

    @property
    def is_inverted(self) -> bool:
        """Say whether the bounds stand in the wrong order: nothing lies between them."""
        return self.low is not None and self.high is not None and self.low > self.high


class Remark(msgspec.Struct, frozen=True, gc=False):
    """What a laboratory says beside its results: of those around it, or of the whole report."""

    words: str
    title: str = ""
    of_report: bool = False


class EarlierValue(msgspec.Struct, frozen=True, gc=False):
    """A previous result of the same examination that the report recalls (« antériorité »)."""

    value: ResultValue
    time: Timestamp | None = None


class LabResult(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One result of a report, with its place in it.

    `label` is never empty; `local_label` is the laboratory's own words when the report links them.
    `second` and `second_range` repeat value and range in the second unit, as the sender converted them.
    Results of one `family` belong together, such as antibiotics and their germ; one that `is_head` stands over them.
    `remarks` are comments of the act or section that the result is the last of. `category` is FHIR's, `laboratory`
    where nothing says otherwise; a weight or a dose number is no laboratory result.
    """

    label: str
    value: ResultValue
    code: str = ""
    code_system: str = ""
    local_code: str = ""
    local_code_system: str = ""
    local_label: str = ""
    time: Timestamp | None = None
    collected: Timestamp | None = None
    second: ResultValue | None = None
    ranges: tuple[ReferenceRange, ...] = ()
    second_range: ReferenceRange | None = None
    interpretation: tuple[str, ...] = ()
    interpretation_text: str = ""
    method: str = ""
    status: str = ""
    chapter: str = ""
    subchapter: str = ""
    section_code: str = ""
    group: str = ""
    group_code: str = ""
    specimen: str = ""
    organism: str = ""
    comment: str = ""
    earlier: tuple[EarlierValue, ...] = ()
    negated: bool = False
    mood: str = ""
    body_site: str = ""
    family: int = 0
    is_head: bool = False
    remarks: tuple[Remark, ...] = ()
    category: str = "laboratory"

    @property
    def is_critical(self) -> bool:
        """Say whether the laboratory marked the result as needing an alert (AA, HH, LL: STD §4.3)."""
        return self.counts and any(map(is_critical_code, self.interpretation))

    @property
    def state(self) -> ResultState:
        """Say how far the result is; one without a value, or only asked for, is awaited until it is completed."""
        status = self.status.strip().casefold()
        if status in _STATES:
            return _STATES[status]
        if self.mood in _REQUESTS:
            return ResultState.AWAITED
        if status in ("active", "new"):
            return ResultState.AWAITED if self.value.kind is ValueKind.ABSENT else ResultState.PROVISIONAL
        return ResultState.FINAL

    @property
    def counts(self) -> bool:
        """Say whether the value stands: neither denied nor cancelled, held or still to come."""
        if self.status == "completed" and not self.mood:
            return not self.negated
        return not self.negated and self.state in (ResultState.FINAL, ResultState.PROVISIONAL)

    @property
    def normal_range(self) -> ReferenceRange | None:
        """Give the one range of normal values that is meant for this patient; None where that is not certain.

        Those marked N come before unmarked ones. Of several, the one whose condition is met, or that is in the
        value's unit, if there is exactly one.
        """
        open_to = [r for r in self.ranges if r.applies is not False]
        found = [r for r in open_to if r.interpretation == "N"] or [r for r in open_to if not r.interpretation]
        if len(found) > 1:
            found = [r for r in found if r.applies] or found
        if len(found) > 1:
            found = [r for r in found if r.unit and same_unit(r.unit, self.value.unit)]
        return found[0] if len(found) == 1 else None

    @property
    def compared_range(self) -> ReferenceRange | None:
        """Give the normal range, if the value may be placed in it: same unit, bounds in order, a value that stands."""
        normal = self.normal_range if self.counts else None
        if normal is None or normal.is_inverted or (normal.low is None and normal.high is None):
            return None
        if "N" in self.interpretation and normal.low == normal.high != self.value.number:
            return None  # the laboratory itself does not take such a range for one
        return normal if not normal.unit or same_unit(normal.unit, self.value.unit) else None
