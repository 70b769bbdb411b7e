"""What people ask for about health data, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.rights_requests import RightsRequest


class RightsRequests(Protocol):
    """Requests, kept in the space of whoever asks; a row that was bent delays one, and answers none."""

    def get(self, vault: VaultId, number: int) -> RightsRequest | None:
        """Give a request. Raises `SealBroken` when it is damaged."""
        ...

    def all_of(self, vault: VaultId) -> Sequence[RightsRequest]:
        """List those of a space, the newest first; damaged ones are left out and told of."""
        ...

    def count(self, vault: VaultId) -> int:
        """Count those of a space."""
        ...

    def save(self, vault: VaultId, request: RightsRequest) -> None:
        """Keep a request, in the place of the one that there was."""
        ...

    def due(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List requests of any space of which something is due, the longest due first."""
        ...

    def waiting(self, limit: int) -> list[tuple[VaultId, int]]:
        """List requests of any space that the operator may answer, the oldest first."""
        ...
