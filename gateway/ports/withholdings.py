"""Documents that are withheld for a while: until when, and how it ends (A27, E80)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.access import Audience
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.withholdings import DocumentDelay, DocumentDoubt, DocumentHold


class Withholdings(Protocol):
    """Holds and doubts, one of each at most for a document; what withholds stands in the document's row."""

    def hold(self, vault: VaultId, document: int) -> DocumentHold | None:
        """Give the hold of a document. Raises `SealBroken` when it is damaged."""
        ...

    def holds(self, vault: VaultId) -> Sequence[DocumentHold]:
        """List all holds of a space; damaged ones are left out and told of."""
        ...

    def save_hold(self, vault: VaultId, hold: DocumentHold) -> None:
        """Keep a hold, in the place of the one that there was."""
        ...

    def drop_hold(self, vault: VaultId, document: int) -> None:
        """Take a hold away that has ended."""
        ...

    def due_holds(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space of whose hold something is due, the longest due first."""
        ...

    def doubt(self, vault: VaultId, document: int) -> DocumentDoubt | None:
        """Give what a patient said of a document. Raises `SealBroken` when it is damaged."""
        ...

    def save_doubt(self, vault: VaultId, doubt: DocumentDoubt) -> None:
        """Keep a doubt, in the place of the one that there was."""
        ...

    def doubts(self, vault: VaultId) -> Sequence[DocumentDoubt]:
        """List all doubts of a space, the newest first; damaged ones are left out and told of."""
        ...

    def repeats(self, vault: VaultId, bit: Audience) -> Sequence[tuple[int, tuple[MessageId, ...] | None]]:
        """List documents that are withheld so, each with the messages that brought it once more.

        What was never brought again may be left out; None stands for a row that is damaged, which is told of, or that
        of a doubt that is gone.
        """
        ...

    def open_doubts(self, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space whose doubt is open, the oldest first."""
        ...

    def delay(self, vault: VaultId, document: int) -> DocumentDelay | None:
        """Give until when a patient puts a document off. Raises `SealBroken` when it is damaged."""
        ...

    def delays(self, vault: VaultId) -> Sequence[DocumentDelay]:
        """List all delays of a space, the first to end first; damaged ones are left out and told of."""
        ...

    def save_delay(self, vault: VaultId, delay: DocumentDelay) -> None:
        """Keep a delay, in the place of the one that there was."""
        ...

    def drop_delay(self, vault: VaultId, document: int) -> None:
        """Take a delay away that has ended."""
        ...

    def due_delays(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space whose delay is over, the longest first."""
        ...
