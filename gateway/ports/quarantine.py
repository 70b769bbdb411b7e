"""Messages that were refused for the documents they bear."""

from datetime import datetime
from typing import Protocol

from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import BlobKey, BlobRef, MessageId, VaultId


class Quarantine(Protocol):
    """Refused messages, under the operator's key."""

    def add(self, mid: MessageId, code: str, blob: BlobKey, outcome: FilingOutcome, at: datetime) -> None:
        """Keep a refused message; idempotent on `mid`."""
        ...

    def drop_of(self, vault: VaultId) -> list[BlobRef]:
        """Take away those that came to one space; gives blobs that no vault holds any more."""
        ...

    def count(self) -> int:
        """Count them."""
        ...
