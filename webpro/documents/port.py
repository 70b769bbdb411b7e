"""What the pages of documents ask of the services.

Every method takes the `Actor` of a record that is open: a document of another space raises `NotFound`, exactly as one
that does not exist, one that its patient hides, and one that is not for their profession.
"""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import NewDocument
from webmail.file_streams import File
from webmail.identifiers import DocumentId
from webmail.shown_documents import AddedDocument, Document, DocumentList, DocumentSearch


class RecordDocumentService(Protocol):
    """Read the documents of a patient, as far as a professional may, and add one."""

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List one page of those that they may read."""
        ...

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read one. Raises `NotFound`, or `SealBroken` when it is damaged."""
        ...

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of one. Raises `NotFound`."""
        ...

    async def add_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what they add, or say why not. Raises `AccessRefused`."""
        ...


DOCUMENTS: web.AppKey[RecordDocumentService] = web.AppKey("console_documents")
"""Where handlers find it on the application."""
