"""What a patient chose for their documents, over `gateway.services.record.document_keeping`."""

from gateway.domain.access import Actor
from gateway.services.record.document_keeping import DocumentKeeping, OwnWords
from webmail.identifiers import DocumentId
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices
from webmail.shown_documents import FolderLink


class DocumentKeepingPages:
    """The part of `webmail.documents.port.DocumentService` that changes what was chosen."""

    def __init__(self, services: SpaceServices) -> None:
        self._keeping = DocumentKeeping(services.store, services.clock)

    async def rename_document(self, actor: Actor, document: DocumentId, own: OwnWords) -> None:
        """Give it the patient's own title and date."""
        await self._keeping.rename(actor, number_of(document), own)

    async def pin_document(self, actor: Actor, document: DocumentId, *, pinned: bool) -> None:
        """Let it stand first, or no more."""
        await self._keeping.pin(actor, number_of(document), pinned=pinned)

    async def move_document(self, actor: Actor, document: DocumentId, folder: str) -> None:
        """Put it into a folder, or into none."""
        await self._keeping.move(actor, number_of(document), number_of(folder) if folder else None)

    async def hide_document(self, actor: Actor, document: DocumentId, *, hidden: bool) -> None:
        """Hide it from professionals but its sender, or show it."""
        await self._keeping.hide(actor, number_of(document), hidden=hidden)

    async def delete_document(self, actor: Actor, document: DocumentId) -> bool:
        """Delete what the patient added; False when it is not there any more."""
        return await self._keeping.delete(actor, number_of(document))

    async def document_folders(self, actor: Actor) -> tuple[FolderLink, ...]:
        """List the folders that the patient made."""
        folders = await self._keeping.folders(actor)
        return tuple(FolderLink(reference_of(folder.number), folder.name) for folder in folders)

    async def save_document_folder(self, actor: Actor, name: str, folder: str) -> bool:
        """Make a folder, or rename one."""
        return await self._keeping.save_folder(actor, name, number_of(folder) if folder else None)

    async def drop_document_folder(self, actor: Actor, folder: str) -> None:
        """Take a folder away."""
        await self._keeping.drop_folder(actor, number_of(folder))

    async def documents_are_hidden(self, actor: Actor) -> bool:
        """Say whether new documents are hidden from professionals."""
        return await self._keeping.hides_by_default(actor)

    async def hide_new_documents(self, actor: Actor, *, hidden: bool) -> None:
        """Choose whether new documents are hidden from professionals."""
        await self._keeping.hide_by_default(actor, hidden=hidden)

    async def hide_all_documents(self, actor: Actor, *, hidden: bool) -> int:
        """Hide or show all at once."""
        return await self._keeping.hide_all(actor, hidden=hidden)
