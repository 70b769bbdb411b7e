"""What happened in a space besides messages and documents, and how far each profile has read of it all."""

from datetime import datetime
from typing import Protocol

from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId


class Happenings(Protocol):
    """Lines of the trace that are told (`gateway.domain.happenings.TOLD`), and marks of reading.

    They come about by themselves: a line of such an action is told from the transaction on that writes it.
    """

    def told(self, vault: VaultId, limit: int) -> list[AuditEvent]:
        """List what is told, newest first."""
        ...

    def count(self, vault: VaultId, after: datetime) -> int:
        """Count what is told of later than an instant."""
        ...

    def read_until(self, vault: VaultId, profile: str) -> datetime | None:
        """Say up to which instant a profile has marked everything as read; None when it never did."""
        ...

    def mark_read(self, vault: VaultId, profile: str, until: datetime) -> None:
        """Mark everything up to an instant as read by a profile; what was marked later stays."""
        ...
