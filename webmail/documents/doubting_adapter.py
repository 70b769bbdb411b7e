"""What a patient says is not theirs, over `gateway.services.withholding.document_doubts`."""

from gateway.domain.access import Actor
from gateway.services.withholding.document_doubts import DocumentDoubts
from webmail.identifiers import DocumentId
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices
from webmail.shown_documents import DoubtedDocument


class DocumentDoubtPages:
    """The part of `webmail.documents.port.DocumentService` that takes doubts."""

    def __init__(self, services: SpaceServices) -> None:
        self._doubts = DocumentDoubts(services.store, services.clock)

    async def doubt_document(self, actor: Actor, document: DocumentId) -> None:
        """Set it aside from everybody."""
        await self._doubts.doubt(actor, number_of(document))

    async def withdraw_doubt(self, actor: Actor, document: DocumentId) -> None:
        """Give it back."""
        await self._doubts.withdraw(actor, number_of(document))

    async def doubted_documents(self, actor: Actor) -> tuple[DoubtedDocument, ...]:
        """List them, the newest doubt first."""
        return tuple(
            DoubtedDocument(
                id=DocumentId(reference_of(doubt.document)),
                state=doubt.state,
                said_at=doubt.said_at,
                received_at=doubt.received_at,
                ended_at=doubt.ended_at,
                place=doubt.place,
                category=doubt.category,
                reason=doubt.reason,
            )
            for doubt in await self._doubts.listed(actor)
        )
