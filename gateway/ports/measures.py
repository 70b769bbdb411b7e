"""Measures of patients: read in pieces, in the order of when they were taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.measures import Measure, MeasureKind, MeasurePlan


class Measures(Protocol):
    """The measures of each space; they go with their vault."""

    def get(self, vault: VaultId, number: int) -> Measure | None:
        """Read one, deleted or not. Raises `SealBroken`."""
        ...

    def add(self, vault: VaultId, measure: Measure) -> None:
        """Write a new one."""
        ...

    def change(self, vault: VaultId, measure: Measure) -> None:
        """Write another version of one that is there."""
        ...

    def newest(
        self, vault: VaultId, kind: MeasureKind, limit: int, *, since: datetime | None = None,
        before: tuple[datetime, int] | None = None, deleted: bool = False,
    ) -> Sequence[Measure]:
        """List measures of a kind, the newest first; those that do not open are told of and left out.

        Args:
            vault: whose.
            kind: of what.
            limit: how many at most.
            since: none that is older.
            before: none at this instant with this number or a larger one, and none that is later.
            deleted: those that were deleted, instead of those that stand.
        """
        ...

    def count(self, vault: VaultId, kind: MeasureKind, since: datetime, until: datetime) -> int:
        """Count the measures of a kind from one instant to before another."""
        ...

    def first_instant(self, vault: VaultId, kind: MeasureKind, since: datetime | None) -> datetime | None:
        """Give when the first measure of a kind was taken that is no older; None when there is none."""
        ...

    def plan(self, vault: VaultId) -> MeasurePlan:
        """Read what a person aims at and follows. Raises `SealBroken`."""
        ...

    def keep_plan(self, vault: VaultId, plan: MeasurePlan) -> None:
        """Keep what a person aims at and follows."""
        ...
