"""What a patient chose for their documents, and the documents that they look for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from gateway.domain.access import Audience
from gateway.domain.document_lists import DocumentChoice, DocumentFilter, DocumentFolder, DocumentPlace
from gateway.domain.mailbox import VaultId


class DocumentLists(Protocol):
    """Choices, folders and words of documents; what is withheld from whoever asks is never found."""

    def find(
        self,
        vault: VaultId,
        audience: Audience,
        wanted: DocumentFilter,
        limit: int,
        beside: DocumentPlace | None = None,
        *,
        back: bool = False,
    ) -> list[DocumentPlace]:
        """Find documents in the order of a list: those after a place, or those right before it if `back`."""
        ...

    def choice(self, vault: VaultId, document: int) -> DocumentChoice:
        """Give what was chosen for one document."""
        ...

    def choices(self, vault: VaultId) -> Mapping[int, DocumentChoice]:
        """Give everything that was chosen, by document."""
        ...

    def chosen(self, vault: VaultId, documents: Iterable[int]) -> Mapping[int, DocumentChoice]:
        """Give what was chosen for some documents."""
        ...

    def pinned(self, vault: VaultId, limit: int) -> list[int]:
        """List documents that stand first."""
        ...

    def choose(self, vault: VaultId, document: int, choice: DocumentChoice) -> None:
        """Keep a choice as the next revision."""
        ...

    def forget(self, vault: VaultId, document: int) -> None:
        """Drop choice and words of a document that is no more."""
        ...

    def forget_words(self, vault: VaultId, document: int) -> None:
        """Drop the words of a document, which are read anew."""
        ...

    def folders(self, vault: VaultId) -> Sequence[DocumentFolder]:
        """List folders by name."""
        ...

    def save_folder(self, vault: VaultId, folder: DocumentFolder) -> None:
        """Make a folder, or rename it."""
        ...

    def drop_folder(self, vault: VaultId, number: int) -> None:
        """Take a folder away; what was in it is in none then."""
        ...

    def save_words(self, vault: VaultId, document: int, day: date, names: str, text: str) -> None:
        """Keep the folded words of a document: names and titles, and its text; at most 64 KiB in all."""
        ...

    def unread(self, vault: VaultId, audience: Audience, limit: int) -> list[int]:
        """List some documents that these readers may see and whose words nobody has kept yet."""
        ...
