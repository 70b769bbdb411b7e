"""Documents at the console, over `gateway.services.record` and `gateway.services.filing.professional_documents`."""

from dataclasses import replace
from functools import partial

from gateway.domain.access import Actor
from gateway.domain.readable import WORDLESS
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import NewDocument
from webmail.document_searches import document_list_of, filter_of, place_of
from webmail.document_views import document_of, openable_files
from webmail.file_streams import File
from webmail.identifiers import DocumentId
from webmail.large_pages import LargePages
from webmail.references import number_of, reference_of
from webmail.shown_documents import AddedDocument, Document, DocumentList, DocumentSearch, DocumentSummary
from webpro.services import ConsoleServices


class RecordDocuments:
    """Implements `webpro.documents.port.RecordDocumentService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._access = services.documents
        self._added = services.added_documents
        self._large = LargePages()

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List one page of documents."""
        found = await self._access.listed(actor, filter_of(search), place_of(search.key), back=search.back)
        listed = document_list_of(found)
        return replace(listed, items=tuple(map(_for_visitor, listed.items)))

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read a document."""
        opened = await self._access.read(actor, number_of(document))
        size = len(opened.results)
        shown = await self._large.made(actor.account, size, partial(document_of, opened, actor.vault))
        return replace(shown, summary=_for_visitor(shown.summary))

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document."""
        filed, file = await self._access.open_file(actor, number_of(document), which)
        name = next(known.name for known in openable_files(filed, WORDLESS) if known.which == which)
        return File(name, file.media_type, file.size, file.pieces)

    async def add_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what they add."""
        added = await self._added.add(actor, new)
        if isinstance(added, AddFault):
            return added
        return AddedDocument(DocumentId(reference_of(added.number)), added.was_there, added.is_withheld)


def _for_visitor(summary: DocumentSummary) -> DocumentSummary:
    """Leave out what the patient has read and from whom they hide: neither is the professional's to know."""
    return replace(summary, is_new=False, is_hidden=False)
