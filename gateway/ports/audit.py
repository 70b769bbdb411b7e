"""The audit log of a vault."""

from datetime import datetime
from typing import Protocol

from gateway.domain.audit import AuditEvent, AuditLink
from gateway.domain.mailbox import VaultId


class Audit(Protocol):
    """The hash chain of a vault."""

    def append(self, vault: VaultId, event: AuditEvent) -> None:
        """Add an event to the chain, in this transaction."""
        ...

    def events(self, vault: VaultId, limit: int = -1) -> list[AuditEvent]:
        """Read, newest first."""
        ...

    def links(self, vault: VaultId, since: int, limit: int) -> list[AuditLink]:
        """Read what follows event `since`, oldest first, with what shows its place in the chain."""
        ...

    def lines(
        self, vault: VaultId, before: int | None, limit: int, since: datetime | None, until: datetime | None
    ) -> list[AuditLink]:
        """Read lines before number `before`, newest first, of the time from `since` to before `until`."""
        ...

    def vaults(self) -> list[VaultId]:
        """List the vaults that have a trace."""
        ...

    def verify(self, vault: VaultId) -> int:
        """Recompute the chain and give its length. Raises `SealBroken` at the first fault."""
        ...
