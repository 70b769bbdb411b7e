"""Who acts for whom."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate


class Mandates(Protocol):
    """Mandates, kept in the space of whoever is acted for."""

    def all_of(self, vault: VaultId) -> Sequence[KeptMandate]:
        """List those of a space, the oldest first; one that does not open is told of and left out."""
        ...

    def get(self, vault: VaultId, number: int) -> KeptMandate | None:
        """Read one; None when there is none."""
        ...

    def held_by(self, home: VaultId) -> Sequence[KeptMandate]:
        """List those by which the holder of a space acts, or is asked to act, for others; the oldest first."""
        ...

    def save(self, mandate: KeptMandate) -> None:
        """Insert or replace one."""
        ...

    def drop(self, vault: VaultId, number: int) -> None:
        """Forget one; nothing happens when there is none."""
        ...
