"""The part of the invented space that keeps documents in order: renamed, pinned, hidden, in folders."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.access import Actor
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.withholdings import DoubtState
from gateway.services.record.document_keeping import OwnWords
from webmail.documents.zipped import NamedPieces, zipped
from webmail.identifiers import DocumentId
from webmail.shown_documents import Document, DoubtedDocument, FolderLink


async def _titled(name: str) -> AsyncGenerator[bytes, None]:
    yield name.encode()


@dataclass
class KeptDocuments:
    """What is chosen for documents."""

    documents_by_id: dict[str, Document] = field(default_factory=dict)
    doubted: dict[str, Document] = field(default_factory=dict)
    document_folders_there: list[FolderLink] = field(default_factory=list)
    new_documents_are_hidden: bool = False

    def _changed(self, document: DocumentId, **changes: object) -> None:
        if document not in self.documents_by_id:
            raise NotFound("no such document")
        shown = self.documents_by_id[document]
        summary = replace(shown.summary, **changes)  # type: ignore[arg-type]  # fields of the caller
        self.documents_by_id[document] = replace(shown, summary=summary)

    async def rename_document(self, actor: Actor, document: DocumentId, own: OwnWords) -> None:  # noqa: ARG002
        """Call it otherwise, unless the form is of an earlier revision."""
        shown = self.documents_by_id[document]
        if shown.revision != own.revision:
            raise ChangedMeanwhile("renamed since")
        self._changed(document, title=own.title)
        written = (shown.summary.title, shown.summary.dated)
        self.documents_by_id[document] = replace(
            self.documents_by_id[document], written=written, own_day=own.day, revision=own.revision + 1
        )

    async def pin_document(self, actor: Actor, document: DocumentId, *, pinned: bool) -> None:  # noqa: ARG002
        """Let it stand first."""
        self._changed(document, is_pinned=pinned)

    async def move_document(self, actor: Actor, document: DocumentId, folder: str) -> None:  # noqa: ARG002
        """Put it into a folder."""
        self._changed(document)
        self.documents_by_id[document] = replace(self.documents_by_id[document], folder=folder)

    async def hide_document(self, actor: Actor, document: DocumentId, *, hidden: bool) -> None:  # noqa: ARG002
        """Hide it."""
        self._changed(document, is_hidden=hidden)

    async def delete_document(self, actor: Actor, document: DocumentId) -> bool:  # noqa: ARG002
        """Delete it."""
        if document not in self.documents_by_id:
            return False
        if not self.documents_by_id[document].summary.is_own:
            raise NotFound("not theirs")
        del self.documents_by_id[document]
        return True

    async def downloadable(
        self, actor: Actor, documents: Sequence[DocumentId] | None  # noqa: ARG002
    ) -> tuple[DocumentId, ...]:
        """Give those that are there."""
        return tuple(map(DocumentId, self.documents_by_id if documents is None else documents))

    def documents_archive(
        self, actor: Actor, documents: Sequence[DocumentId]  # noqa: ARG002
    ) -> AsyncGenerator[bytes, None]:
        """Give an archive of titles."""

        async def titles() -> AsyncGenerator[NamedPieces, None]:
            for one in documents:
                yield NamedPieces(f"{self.documents_by_id[one].summary.title}.txt", _titled(one))

        async def at_once(work: Callable[[], None]) -> None:
            work()

        return zipped(titles(), at_once)

    async def doubt_document(self, actor: Actor, document: DocumentId) -> None:  # noqa: ARG002
        """Set it aside."""
        shown = self.documents_by_id.pop(document)
        self.doubted[document] = shown

    async def withdraw_doubt(self, actor: Actor, document: DocumentId) -> None:  # noqa: ARG002
        """Give it back."""
        if document not in self.doubted:
            raise NotFound("nobody doubts it")
        self.documents_by_id[document] = self.doubted.pop(document)

    async def doubted_documents(self, actor: Actor) -> tuple[DoubtedDocument, ...]:  # noqa: ARG002
        """List them."""
        return tuple(
            DoubtedDocument(
                id=one.summary.id, state=DoubtState.OPEN, said_at=one.summary.received_at,
                received_at=one.summary.received_at, ended_at=None, place=one.summary.author,
                category=one.summary.category,
            )
            for one in self.doubted.values()
        )  # fmt: skip

    async def document_folders(self, actor: Actor) -> tuple[FolderLink, ...]:  # noqa: ARG002
        """List folders."""
        return tuple(self.document_folders_there)

    async def save_document_folder(self, actor: Actor, name: str, folder: str) -> bool:  # noqa: ARG002
        """Make one; two at most."""
        if len(self.document_folders_there) >= 2 and not folder:
            return False
        kept = [one for one in self.document_folders_there if one.id != folder]
        self.document_folders_there[:] = [*kept, FolderLink(folder or f"f{len(kept)}", name)]
        return True

    async def drop_document_folder(self, actor: Actor, folder: str) -> None:  # noqa: ARG002
        """Take one away."""
        self.document_folders_there[:] = [one for one in self.document_folders_there if one.id != folder]

    async def documents_are_hidden(self, actor: Actor) -> bool:  # noqa: ARG002
        """Say what was chosen."""
        return self.new_documents_are_hidden

    async def hide_new_documents(self, actor: Actor, *, hidden: bool) -> None:  # noqa: ARG002
        """Choose."""
        self.new_documents_are_hidden = hidden

    async def hide_all_documents(self, actor: Actor, *, hidden: bool) -> int:  # noqa: ARG002
        """Hide or show all."""
        for number in self.documents_by_id:
            self._changed(DocumentId(number), is_hidden=hidden)
        return len(self.documents_by_id)
