"""What the pages of documents ask of the services.

Every method takes the `Actor`: an identifier that belongs to another space raises `NotFound`, exactly as one
that does not exist (answered 404). Another `PliError` is answered 503, anything else 500.
Time limits are set by the pages; a method may be cancelled at any await.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import NewDocument
from gateway.services.record.document_keeping import OwnWords
from webmail.file_streams import File
from webmail.identifiers import DocumentId
from webmail.shown_documents import AddedDocument, Document, DocumentList, DocumentSearch, DoubtedDocument, FolderLink


class DocumentService(Protocol):
    """Read the documents of a space."""

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List one page of documents, the last to come first unless the search says otherwise."""
        ...

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read a document; the same transaction marks it seen and writes the trace."""
        ...

    async def add_own_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what the patient adds, or say why not; committed on return."""
        ...

    async def rename_document(self, actor: Actor, document: DocumentId, own: OwnWords) -> None:
        """Give it the patient's own title and date. Raises `ChangedMeanwhile`."""
        ...

    async def pin_document(self, actor: Actor, document: DocumentId, *, pinned: bool) -> None:
        """Let it stand first, or no more."""
        ...

    async def move_document(self, actor: Actor, document: DocumentId, folder: str) -> None:
        """Put it into a folder, or into none when that is empty."""
        ...

    async def hide_document(self, actor: Actor, document: DocumentId, *, hidden: bool) -> None:
        """Hide it from professionals but its sender, or show it."""
        ...

    async def delete_document(self, actor: Actor, document: DocumentId) -> bool:
        """Delete what the patient added; False when it is not there any more."""
        ...

    async def document_folders(self, actor: Actor) -> tuple[FolderLink, ...]:
        """List the folders that the patient made."""
        ...

    async def save_document_folder(self, actor: Actor, name: str, folder: str) -> bool:
        """Make a folder, or rename one; False when there are too many."""
        ...

    async def drop_document_folder(self, actor: Actor, folder: str) -> None:
        """Take a folder away."""
        ...

    async def documents_are_hidden(self, actor: Actor) -> bool:
        """Say whether new documents are hidden from professionals."""
        ...

    async def hide_new_documents(self, actor: Actor, *, hidden: bool) -> None:
        """Choose whether new documents are hidden from professionals."""
        ...

    async def hide_all_documents(self, actor: Actor, *, hidden: bool) -> int:
        """Hide or show all at once, and say how many changed."""
        ...

    async def doubt_document(self, actor: Actor, document: DocumentId) -> None:
        """Set aside what is not theirs. Raises `Conflict` when that was said and taken back too often."""
        ...

    async def withdraw_doubt(self, actor: Actor, document: DocumentId) -> None:
        """Give it back while nobody has decided."""
        ...

    async def doubted_documents(self, actor: Actor) -> tuple[DoubtedDocument, ...]:
        """List what was said not to be theirs, with how it stands."""
        ...

    async def downloadable(self, actor: Actor, documents: Sequence[DocumentId] | None) -> tuple[DocumentId, ...]:
        """Say which of some documents, or of all, may be downloaded together."""
        ...

    def documents_archive(self, actor: Actor, documents: Sequence[DocumentId]) -> AsyncGenerator[bytes, None]:
        """Give a zip archive of documents, piece by piece; the trace has each before it leaves."""
        ...

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document; the same transaction writes the trace."""
        ...


DOCUMENTS: web.AppKey[DocumentService] = web.AppKey("documents")
"""Where handlers find it on the application."""
