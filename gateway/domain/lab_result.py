"""Results of examinations as a clinical document states them, whatever format carried them.

Values keep the sender's text beside the number read from it: what a laboratory wrote is never rounded,
converted or completed here (STD §4.2). Reading a format belongs to `dossier_bridge`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from re import ASCII
from re import compile as compiled

from gateway.domain.timestamp import Timestamp

CRITICAL_INTERPRETATIONS = frozenset({"AA", "HH", "LL"})
"""Interpretation codes that raise an alert (STD §4.3)."""

_NUMBER = compiled(r"[+-]?\d{1,24}(?:[.,]\d{0,24})?(?:[eE][+-]?\d{1,2})?", ASCII)


def number_of(text: str) -> Decimal | None:
    """Read a decimal number of reasonable length (decimal comma accepted), or None."""
    # Bounded digits and exponent: Decimal("1E999999") parses, and formatting it later eats a megabyte.
    text = text.strip()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultValue:
    """One value: `text` as sent, `number` when it is one, `comparator` when the result is censored.

    A censored result (``<1.0``) has kind INTERVAL, its bound in `number` and ``<``, ``<=``, ``>`` or
    ``>=`` in `comparator`. An interval with two bounds has `number` and `upper` and no comparator.
    """

    kind: ValueKind
    text: str = ""
    number: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    upper: Decimal | None = None
    code: str = ""
    code_system: str = ""

    @property
    def is_numeric(self) -> bool:
        """Say whether the value can be drawn on a number line."""
        return self.number is not None

    @property
    def display(self) -> str:
        """Give comparator, text and unit as one phrase, figures untouched."""
        return " ".join(part for part in (self.comparator, self.text, self.unit) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRange:
    """A range the laboratory gives: either bound may be absent; `interpretation` says what it stands for."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    text: str = ""
    interpretation: str = ""


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """A previous result of the same examination that the report recalls (« antériorité »)."""

    value: ResultValue
    time: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """One result of a report, with its place in it.

    `label` is never empty; `local_label` is the laboratory's own words when the report links them.
    `second` and `second_range` repeat value and range in the second unit, as the sender converted them.
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

    @property
    def is_critical(self) -> bool:
        """Say whether the laboratory marked the result as needing an alert (AA, HH, LL: STD §4.3)."""
        return not CRITICAL_INTERPRETATIONS.isdisjoint(self.interpretation)

    @property
    def normal_range(self) -> ReferenceRange | None:
        """Give the range of normal values: the one marked N, else the only unmarked one."""
        return next((r for r in self.ranges if r.interpretation == "N"), None) or next(
            (r for r in self.ranges if not r.interpretation), None
        )

    @property
    def range_text(self) -> str:
        """Give the normal range in the laboratory's words, when it used words."""
        return self.normal_range.text if self.normal_range else ""
