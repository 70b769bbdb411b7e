"""Messages that were refused for the documents they bear."""

from datetime import datetime
from typing import Protocol

from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import BlobKey, MessageId


class Quarantine(Protocol):
    """Refused messages, under the operator's key."""

    def add(self, mid: MessageId, code: str, blob: BlobKey, outcome: FilingOutcome, at: datetime) -> None:
        """Keep a refused message; idempotent on `mid`."""
        ...

    def count(self) -> int:
        """Count them."""
        ...
