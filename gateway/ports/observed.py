"""What pages of examinations read of documents, without reading their results."""

from typing import Protocol

from gateway.domain.access import Audience
from gateway.domain.dossier import FiledDocument
from gateway.domain.mailbox import VaultId
from gateway.domain.observed_documents import ObservedDocument


class ObservedLines(Protocol):
    """The lines of each document's results; those of documents that are withheld or replaced are never given."""

    def add(self, vault: VaultId, document: FiledDocument, lines: bytes) -> None:
        """Keep the lines of a document, or keep them again; filing does it by itself."""
        ...

    def all_of(self, vault: VaultId, audience: Audience) -> tuple[list[ObservedDocument], list[int]]:
        """Give the lines of all documents that stand, and the numbers of those whose lines are not kept, or damaged."""
        ...
