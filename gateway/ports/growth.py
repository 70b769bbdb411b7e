"""Reference tables of growth: the World Health Organization's, or those that an operator imported."""

from typing import Protocol

from gateway.domain.growth import GrowthTable
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind


class GrowthTables(Protocol):
    """Gives tables; blocking, so it is asked off the loop."""

    def table(self, kind: MeasureKind, sex: Sex) -> GrowthTable | None:
        """Give the table of a kind for a sex; None where there is none."""
        ...
