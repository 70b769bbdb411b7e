"""Filed documents and their results."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.mailbox import MessageId, VaultId


class Documents(Protocol):
    """Filed documents and their results, as the patient may read them: no answer and no count has what is withheld."""

    def add(self, vault: VaultId, document: FiledDocument, results: Sequence[LabResult]) -> bool:
        """File; False and no change when the same document (identifier and hash) is filed already."""
        ...

    def withholds(self, vault: VaultId, document: FiledDocument) -> bool:
        """Say whether this document, or the same one filed before, is kept from the patient."""
        ...

    def all_of(self, vault: VaultId, category: str | None = None, limit: int = -1) -> list[FiledDocument]:
        """List, newest first."""
        ...

    def get(self, vault: VaultId, document: int) -> FiledDocument:
        """Read one. Raises `NotFound`."""
        ...

    def results(self, vault: VaultId, document: int) -> list[LabResult]:
        """Read the results of one document, in its order."""
        ...

    def of_message(self, vault: VaultId, mid: MessageId) -> list[FiledDocument]:
        """List the documents that came with a message."""
        ...

    def counts(self, vault: VaultId) -> dict[str, int]:
        """Count documents by category."""
        ...

    def unseen(self, vault: VaultId) -> int:
        """Count documents the patient has not opened yet."""
        ...

    def mark_seen(self, vault: VaultId, document: int) -> None:
        """Note that the patient has opened it."""
        ...
