"""Documents as the pages show them, over `gateway.services.record.document_access`."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial

from gateway.domain.access import Actor
from gateway.domain.readable import WORDLESS
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import NewDocument
from webmail.document_searches import document_list_of, filter_of, place_of
from webmail.document_views import document_of, openable_files
from webmail.documents.doubting_adapter import DocumentDoubtPages
from webmail.documents.keeping_adapter import DocumentKeepingPages
from webmail.documents.zipped import NamedPieces, zipped
from webmail.file_streams import File
from webmail.identifiers import DocumentId
from webmail.large_pages import LargePages
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices
from webmail.shown_documents import AddedDocument, Document, DocumentList, DocumentSearch


class DocumentPages(DocumentKeepingPages, DocumentDoubtPages):
    """Implements `webmail.documents.port.DocumentService`."""

    def __init__(self, services: SpaceServices) -> None:
        DocumentKeepingPages.__init__(self, services)
        DocumentDoubtPages.__init__(self, services)
        self._access = services.documents
        self._added = services.added_documents
        self._large = LargePages()
        self._downloads = services.document_downloads
        self._aside = services.store.aside

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List one page of documents."""
        found = await self._access.listed(actor, filter_of(search), place_of(search.key), back=search.back)
        return document_list_of(found)

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read a document and mark it seen."""
        opened = await self._access.read(actor, number_of(document))
        return await self._large.made(actor.account, len(opened.results), partial(document_of, opened, actor.vault))

    async def add_own_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what the patient adds, or say why not."""
        added = await self._added.add(actor, new)
        if isinstance(added, AddFault):
            return added
        return AddedDocument(DocumentId(reference_of(added.number)), added.was_there)

    async def downloadable(self, actor: Actor, documents: Sequence[DocumentId] | None) -> tuple[DocumentId, ...]:
        """Say which documents may be downloaded together."""
        numbers = None if documents is None else [number_of(one) for one in documents]
        found = await self._downloads.chosen(actor, numbers)
        return tuple(DocumentId(reference_of(number)) for number in found)

    def documents_archive(self, actor: Actor, documents: Sequence[DocumentId]) -> AsyncGenerator[bytes, None]:
        """Give an archive of what a person opens of each document, or of its original where there is nothing else."""
        return zipped(self._archived(actor, [number_of(one) for one in documents]), self._aside)

    async def _archived(self, actor: Actor, numbers: Sequence[int]) -> AsyncGenerator[NamedPieces, None]:
        async with aclosing(self._downloads.opened(actor, numbers)) as every:
            async for one in every:
                listed = openable_files(one.document, WORDLESS)
                names = {file.which: file.name for file in listed if not file.is_technical}
                names = names or {file.which: file.name for file in listed}
                for file in one.files:
                    if file.name in names:
                        yield NamedPieces(names[file.name], file.pieces)

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document."""
        filed, file = await self._access.open_file(actor, number_of(document), which)
        name = next(known.name for known in openable_files(filed, WORDLESS) if known.which == which)
        return File(name, file.media_type, file.size, file.pieces)
