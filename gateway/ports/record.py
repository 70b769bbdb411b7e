"""Filed documents and their results."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from gateway.domain.access import Audience
from gateway.domain.document import LabResult
from gateway.domain.dossier import DocumentOutline, FiledDocument, RelatedDocuments
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.written_results import WrittenResults


class Documents(Protocol):
    """Filed documents and their results; no answer and no count has what is withheld from whoever asks.

    Every question says as whom it is asked (`Actor.audience`): no list can forget to leave something out.
    """

    def add(self, vault: VaultId, document: FiledDocument, results: WrittenResults) -> bool:
        """File; False and no change when the same document (identifier and hash) is filed already."""
        ...

    def withheld_from(self, vault: VaultId, document: FiledDocument) -> Audience:
        """Say from whom this document is withheld as it was filed before; from nobody when it was not."""
        ...

    def filed_as(self, vault: VaultId, document: FiledDocument) -> FiledDocument | None:
        """Give this document (identifier and hash) as it was filed before, whoever may see it; None when it was not."""
        ...

    def all_of(
        self, vault: VaultId, audience: Audience, category: str | None = None, limit: int = -1
    ) -> list[FiledDocument]:
        """List, newest first."""
        ...

    def get(self, vault: VaultId, audience: Audience, document: int) -> FiledDocument:
        """Read one. Raises `NotFound`."""
        ...

    def related(self, vault: VaultId, audience: Audience, document: FiledDocument) -> RelatedDocuments:
        """Give what a document replaces, and what others than its issuer sent about the same document (A20)."""
        ...

    def results(self, vault: VaultId, audience: Audience, document: int) -> list[LabResult]:
        """Read the results of one document, in its order."""
        ...

    def of_message(self, vault: VaultId, audience: Audience, mid: MessageId) -> list[FiledDocument]:
        """List the documents that came with a message."""
        ...

    def came_with(self, vault: VaultId, audience: Audience, mid: MessageId) -> bool:
        """Say whether a document that these readers may see came with a message, without opening any."""
        ...

    def numbered(self, vault: VaultId, audience: Audience, numbers: Iterable[int]) -> list[FiledDocument]:
        """Give documents by their numbers, in that order; what these readers may not see is left out."""
        ...

    def take_away(self, vault: VaultId, document: int) -> None:
        """Remove a document for good; its files are let go by the caller. Raises `NotFound`."""
        ...

    def counts(self, vault: VaultId, audience: Audience) -> dict[str, int]:
        """Count documents by category."""
        ...

    def numbers(self, vault: VaultId, audience: Audience) -> list[int]:
        """List all by their numbers alone, newest first."""
        ...

    def outlines(self, vault: VaultId, audience: Audience) -> list[DocumentOutline]:
        """List all by what they are judged by, newest first, without opening any."""
        ...

    def before_activation(self, vault: VaultId, after: int, limit: int) -> list[int]:
        """List documents that nobody reads before the space is activated, by number, those above `after` (F22)."""
        ...

    def unseen(self, vault: VaultId, audience: Audience, most: int = -1) -> int:
        """Count documents the patient has not opened yet, no more than so many."""
        ...

    def arrivals(
        self, vault: VaultId, audience: Audience, limit: int
    ) -> list[tuple[MessageId | None, datetime, bool]]:
        """Say of the newest documents with which message and when each came, and whether it was opened."""
        ...

    def revision(self, vault: VaultId, audience: Audience) -> int:
        """Give a number that changes whenever what these readers see of the documents does."""
        ...

    def withhold(self, vault: VaultId, document: int, hidden_from: Audience) -> None:
        """Withhold a document from these readers, and from no others; `changed` tells open pages."""
        ...

    def mark_seen(self, vault: VaultId, document: int) -> None:
        """Note that the patient has opened it."""
        ...
