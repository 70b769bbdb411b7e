"""Documents of a space for somebody who may read them: withheld ones are not found, others are asked about each.

The store leaves out what is withheld from whom an actor reads as. What a patient chose for one professional, and what
that one wrote, no column says; so a visitor's lists ask the rules about each document, in pieces.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.ports.store import Tx
from gateway.services.access.patient_choices import is_visitor
from gateway.services.access.permission import allow, shown_of

_PIECE = 50


def permitted_document(tx: Tx, actor: Actor, number: int, at: datetime) -> FiledDocument:
    """Find one document and ask whether the actor may read it. Raises `NotFound` or `AccessRefused`."""
    audience = Audience.EVERYBODY if is_visitor(actor) else actor.audience
    document = tx.documents.get(actor.vault, audience, number)
    allow(tx, actor, Action.READ, SpacePart.DOCUMENTS, at, document)
    return document


def permitted_documents(
    tx: Tx, actor: Actor, at: datetime, category: str | None = None, limit: int = -1
) -> list[FiledDocument]:
    """List documents, newest first, for somebody who may. Raises `NotFound` or `AccessRefused`."""
    allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, at)
    if not is_visitor(actor):
        return tx.documents.all_of(actor.vault, actor.audience, category, limit)
    return list(islice(documents_shown(tx, actor, at, category), None if limit < 0 else limit))


def documents_shown(
    tx: Tx, actor: Actor, at: datetime, category: str | None = None, *, supposed: bool = False
) -> Iterator[FiledDocument]:
    """Give what a visitor is shown, newest first, a piece at a time; `supposed` as in `shown_of`."""
    numbers = tx.documents.numbers(actor.vault, Audience.EVERYBODY)
    for start in range(0, len(numbers), _PIECE):
        found = tx.documents.numbered(actor.vault, Audience.EVERYBODY, numbers[start : start + _PIECE])
        asked = [one for one in found if category in {None, one.entry.category.value}]
        yield from shown_of(tx, actor, at, asked, supposed=supposed)
