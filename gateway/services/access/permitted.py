"""Documents of a space for somebody who may read them: withheld ones are not found, others are asked about each.

The store leaves out what is withheld from whom an actor reads as. What a patient chose for one professional, and what
that one wrote, no column says. So a visitor reads as nobody (`Actor.audience` refuses), and the rules are asked here
about each document: lists, counts, results and related documents of a visitor all come from this module.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from gateway.domain.access import NOBODY_READS, Action, Actor, SpacePart
from gateway.domain.document import LabResult
from gateway.domain.document_lists import DocumentFilter, DocumentPlace
from gateway.domain.dossier import DocumentOutline, FiledDocument, RelatedDocuments
from gateway.domain.errors import AccessUndecided, NotFound
from gateway.domain.observed_documents import ObservedDocument
from gateway.policy.access import reasons
from gateway.policy.access.verdict import AccessVerdict, Permit, Refuse
from gateway.ports.store import Tx
from gateway.services.access.permission import allow, is_permitted, judged_outlines, shown_of

_PIECE = 50


@dataclass(frozen=True, slots=True)
class PermittedTally:
    """How many documents of each category an actor may read.

    Attributes:
        shown: the numbers of those that a visitor may read; None where the store leaves out the others by itself.
    """

    counts: Mapping[str, int]
    shown: frozenset[int] | None = None


def permitted_document(tx: Tx, actor: Actor, number: int, at: datetime) -> FiledDocument:
    """Find one document and ask whether the actor may read it. Raises `NotFound` or `AccessRefused`.

    Whoever may read none is refused the same way whether it is there or not.
    """
    audience = NOBODY_READS if actor.is_visitor else actor.audience
    try:
        document = tx.documents.get(actor.vault, audience, number)
    except NotFound:
        allow(tx, actor, Action.READ, SpacePart.DOCUMENTS, at)
        raise
    allow(tx, actor, Action.READ, SpacePart.DOCUMENTS, at, document)
    return document


def reads_documents(tx: Tx, actor: Actor, at: datetime) -> bool:
    """Say whether the actor may read documents at all, for what belongs to another part and tells of one."""
    return actor.home == actor.vault or is_permitted(tx, actor, Action.READ, SpacePart.DOCUMENTS, at)


def permitted_documents(
    tx: Tx, actor: Actor, at: datetime, category: str | None = None, limit: int = -1
) -> list[FiledDocument]:
    """List documents, newest first, for somebody who may. Raises `NotFound` or `AccessRefused`."""
    allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, at)
    if not actor.is_visitor:
        return tx.documents.all_of(actor.vault, actor.audience, category, limit)
    return list(islice(documents_shown(tx, actor, at, category), None if limit < 0 else limit))


def documents_shown(
    tx: Tx, actor: Actor, at: datetime, category: str | None = None, *, supposed: bool = False
) -> Iterator[FiledDocument]:
    """Give what a visitor is shown, newest first, a piece at a time; `supposed` as in `shown_of`."""
    every = tx.documents.outlines(actor.vault, NOBODY_READS)
    asked = [one for one in every if category in {None, one.category.value}]
    judged = judged_outlines(tx, actor, at, asked, supposed=supposed)
    shown = (one.number for one, verdict in judged if isinstance(verdict, Permit))
    while piece := list(islice(shown, _PIECE)):
        yield from tx.documents.numbered(actor.vault, NOBODY_READS, piece)


def documents_among(tx: Tx, actor: Actor, at: datetime, numbers: Iterable[int]) -> list[FiledDocument]:
    """Give those of some documents that the actor may read, in that order; the others are left out."""
    if not actor.is_visitor:
        return tx.documents.numbered(actor.vault, actor.audience, numbers) if reads_documents(tx, actor, at) else []
    return list(shown_of(tx, actor, at, tx.documents.numbered(actor.vault, NOBODY_READS, numbers)))


def permitted_numbers(tx: Tx, actor: Actor, at: datetime) -> list[int]:
    """List by their numbers alone, newest first, the documents that the actor may read."""
    if not actor.is_visitor:
        return tx.documents.numbers(actor.vault, actor.audience)
    return [one.number for one, verdict in _judged(tx, actor, at) if isinstance(verdict, Permit)]


def permitted_counts(tx: Tx, actor: Actor, at: datetime) -> Mapping[str, int]:
    """Count by category, as it is stored, the documents that the actor may read."""
    return permitted_tally(tx, actor, at).counts


def permitted_tally(tx: Tx, actor: Actor, at: datetime) -> PermittedTally:
    """Count the same, and keep for a visitor which these are."""
    if not actor.is_visitor:
        return PermittedTally(tx.documents.counts(actor.vault, actor.audience))
    shown = [one for one, verdict in _judged(tx, actor, at) if isinstance(verdict, Permit)]
    return PermittedTally(
        counts=Counter(one.category.value for one in shown),
        shown=frozenset(one.number for one in shown),
    )


def tells_hidden(tx: Tx, actor: Actor, at: datetime) -> bool:
    """Say whether the patient hides documents from a visitor whom the operator lets be told so: never which."""
    if not (actor.is_visitor and tx.access_settings.tells_hidden):
        return False
    judged = judged_outlines(tx, actor, at, tx.documents.outlines(actor.vault, NOBODY_READS))
    try:
        return any(isinstance(verdict, Refuse) and verdict.reason is reasons.HIDDEN for _, verdict in judged)
    except AccessUndecided:
        return False  # what is not known is not told


def _judged(tx: Tx, actor: Actor, at: datetime) -> list[tuple[DocumentOutline, AccessVerdict]]:
    return list(judged_outlines(tx, actor, at, tx.documents.outlines(actor.vault, NOBODY_READS)))


def permitted_unread(tx: Tx, actor: Actor, at: datetime, most: int) -> int:
    """Count some documents that the actor may read and whose words nobody has kept yet."""
    if not actor.is_visitor:
        return len(tx.document_lists.unread(actor.vault, actor.audience, most))
    return len(documents_among(tx, actor, at, tx.document_lists.unread(actor.vault, NOBODY_READS, most)))


def permitted_results(tx: Tx, actor: Actor, at: datetime, number: int) -> list[LabResult]:
    """Read the results of one document. Raises `NotFound` or `SealBroken`."""
    if not actor.is_visitor:
        return tx.documents.results(actor.vault, actor.audience, number)
    permitted_document(tx, actor, number, at)
    return tx.documents.results(actor.vault, NOBODY_READS, number)


def permitted_related(tx: Tx, actor: Actor, at: datetime, document: FiledDocument) -> RelatedDocuments:
    """Give what a document replaces, and what others sent about the same document, as far as the actor may read it."""
    if not actor.is_visitor:
        return tx.documents.related(actor.vault, actor.audience, document)
    found = tx.documents.related(actor.vault, NOBODY_READS, document)
    shown = {one.id for one in documents_among(tx, actor, at, (*found.replaced, *found.contested))}
    return RelatedDocuments(
        replaced=tuple(number for number in found.replaced if number in shown),
        contested=tuple(number for number in found.contested if number in shown),
    )


def permitted_observed(tx: Tx, actor: Actor, at: datetime) -> tuple[list[ObservedDocument], list[int]]:
    """Give results in short of the documents that the actor may read, and the numbers of those that have none yet."""
    if not actor.is_visitor:
        return tx.observed.all_of(actor.vault, actor.audience)
    found, missing = tx.observed.all_of(actor.vault, NOBODY_READS)
    shown = set(permitted_numbers(tx, actor, at))
    return [one for one in found if one.number in shown], [number for number in missing if number in shown]


def permitted_places(
    tx: Tx,
    actor: Actor,
    at: datetime,
    wanted: DocumentFilter,
    limit: int,
    beside: DocumentPlace | None = None,
    *,
    back: bool = False,
    shown: frozenset[int] | None = None,
) -> list[DocumentPlace]:
    """Find documents that the actor may read, in the order of a list: those after a place, or before it if `back`.

    `shown` are those of a visitor, where they are known already. Raises `NotFound`: a folder is the patient's own, and
    nothing that a visitor is shown.
    """
    find, vault = tx.document_lists.find, actor.vault
    if not actor.is_visitor:
        return find(vault, actor.audience, wanted, limit, beside, back=back)
    if wanted.folder is not None:
        raise NotFound("folders are the patient's own")
    shown = frozenset(permitted_numbers(tx, actor, at)) if shown is None else shown
    found: list[DocumentPlace] = []
    while len(found) < limit:
        some = find(vault, NOBODY_READS, wanted, _PIECE, beside, back=back)
        kept = [place for place in some if place.document in shown]
        found = [*kept, *found] if back else [*found, *kept]
        if len(some) < _PIECE:
            break
        beside = some[0] if back else some[-1]
    return found[-limit:] if back else found[:limit]
