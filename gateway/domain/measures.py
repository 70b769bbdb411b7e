"""Measures of a person's body, as values: weight, blood pressure, glucose and the like; which there are is a table.

A measure keeps what was typed in the unit in which it was typed. A correction keeps the value before it (E89), and one
that was deleted stays, marked so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from gateway.domain.profile import Writer


class MeasureKind(Enum):
    """What is measured; the values are for good, and stand in addresses of pages."""

    WEIGHT = "poids"
    HEIGHT = "taille"
    BMI = "imc"
    """Never kept: it follows from weight and height."""
    WAIST = "tour-de-taille"
    BLOOD_PRESSURE = "tension"
    HEART_RATE = "frequence-cardiaque"
    TEMPERATURE = "temperature"
    PAIN = "douleur"
    STEPS = "pas"
    GLUCOSE = "glycemie"
    INTERSTITIAL_GLUCOSE = "glucose-interstitiel"
    HBA1C = "hba1c"
    GMI = "gmi"
    HEAD = "perimetre-cranien"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasuredValue:
    """What is said of one moment.

    Attributes:
        at: when, with a zone.
        is_timed: the time of day is known, and not only the day.
        numbers: one, or two for blood pressure; in the unit.
        unit: in UCUM.
    """

    at: datetime
    is_timed: bool
    numbers: tuple[Decimal, ...]
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasureVersion:
    """What a measure said at some time, by whom it was written and when."""

    value: MeasuredValue
    written_by: Writer
    written_at: datetime
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Measure:
    """One measure as it stands, with what it said before.

    Attributes:
        id: names it within its space.
        now: what stands.
        earlier: what stood before, the oldest first.
    """

    id: int
    kind: MeasureKind
    now: MeasureVersion
    earlier: tuple[MeasureVersion, ...] = ()

    @property
    def version(self) -> int:
        """Count the versions: a form bears that from which it was filled."""
        return len(self.earlier) + 1

    @property
    def is_corrected(self) -> bool:
        """Say whether it has said something else."""
        return any(said.value != self.now.value for said in self.earlier)

    def followed_by(self, version: MeasureVersion) -> "Measure":
        """Give the measure with one more version."""
        return replace(self, now=version, earlier=(*self.earlier, self.now))

    def __repr__(self) -> str:
        """Hide what was measured."""
        return f"Measure({self.kind.value}, {self.id:x}, {self.version})"


Bounds: TypeAlias = tuple[Decimal | None, Decimal | None]
"""From a number to a number; None where there is no limit."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasureGoal:
    """What a person aims at, for each number of a kind, in its first unit; without bounds the goal was given up."""

    bounds: tuple[Bounds, ...]
    version: int

    @property
    def is_set(self) -> bool:
        """Say whether there is a bound."""
        return any(bound is not None for pair in self.bounds for bound in pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedSet:
    """Since when a set of measures is followed, and the number of its entry in the agenda; 0 for none."""

    since: date
    event: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasurePlan:
    """What a person aims at, and which sets of measures they follow, by their codes (F93)."""

    goals: Mapping[MeasureKind, MeasureGoal] = field(default_factory=dict)
    followed: Mapping[str, FollowedSet] = field(default_factory=dict)
