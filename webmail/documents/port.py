"""What the pages of documents ask of the services.

Every method takes the `Actor`: an identifier that belongs to another space raises `NotFound`, exactly as one
that does not exist (answered 404). Another `PliError` is answered 503, anything else 500.
Time limits are set by the pages; a method may be cancelled at any await.
"""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.services.filing.added_documents import NewDocument
from gateway.services.filing.added_files import AddFault
from webmail.documents.model import AddedDocument, Document, DocumentList
from webmail.file_streams import File
from webmail.identifiers import DocumentId


class DocumentService(Protocol):
    """Read the documents of a space."""

    async def documents(self, actor: Actor, category: DocumentCategory | None, page: int) -> DocumentList:
        """List documents, the last to come first, of one category or of all."""
        ...

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read a document; the same transaction marks it seen and writes the trace."""
        ...

    async def add_own_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what the patient adds, or say why not; committed on return."""
        ...

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document; the same transaction writes the trace."""
        ...


DOCUMENTS: web.AppKey[DocumentService] = web.AppKey("documents")
"""Where handlers find it on the application."""
