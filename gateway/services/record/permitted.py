"""Documents of a space for somebody who may read them: withheld ones are not found, others are asked about each."""

from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.ports.store import Tx
from gateway.services.access.permission import allow


def permitted_document(tx: Tx, actor: Actor, number: int, at: datetime) -> FiledDocument:
    """Find one document and ask whether the actor may read it. Raises `NotFound` or `AccessRefused`."""
    document = tx.documents.get(actor.vault, actor.audience, number)
    allow(tx, actor, Action.READ, SpacePart.DOCUMENTS, at, document)
    return document


def permitted_documents(
    tx: Tx, actor: Actor, at: datetime, category: str | None = None, limit: int = -1
) -> list[FiledDocument]:
    """List documents, newest first, for somebody who may. Raises `NotFound` or `AccessRefused`."""
    allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, at)
    return tx.documents.all_of(actor.vault, actor.audience, category, limit)
