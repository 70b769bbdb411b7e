"""Acts of care of patients: read in pieces, the newest first."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from gateway.domain.care_history import CareAct, CareKind
from gateway.domain.mailbox import VaultId


class CareActs(Protocol):
    """The acts of care of each space, by their last day; they go with their vault."""

    def get(self, vault: VaultId, number: int) -> CareAct | None:
        """Read one. Raises `SealBroken`."""
        ...

    def put(self, vault: VaultId, act: CareAct) -> None:
        """Write one, in the place of what stands under its number."""
        ...

    def listed(
        self, vault: VaultId, since: date, limit: int, *, kind: CareKind | None = None,
        before: tuple[date, int] | None = None,
    ) -> Sequence[CareAct]:
        """List, the newest first; those that do not open are told of and left out.

        Args:
            vault: whose.
            since: none that is older.
            limit: how many at most.
            kind: of one kind alone.
            before: none of this day with this number or a larger one, and none that is later.
        """
        ...

    def counts(self, vault: VaultId, since: date) -> Mapping[CareKind, int]:
        """Count by kind, from a day on; kinds without any are left out."""
        ...

    def remove(self, vault: VaultId, number: int) -> bool:
        """Remove one for good; False when there is none."""
        ...

    def remove_before(self, vault: VaultId, day: date, limit: int) -> int:
        """Remove for good what is older than a day, no more than so many at once; give how many."""
        ...

    def outdated(self, day: date, limit: int) -> Sequence[VaultId]:
        """List spaces that have something older than a day."""
        ...
