"""One page of a list of documents, read in the caller's transaction, in the patient's own order for them alone.

Folders, pins, own titles and dates are how a patient keeps their documents; a visitor is shown none of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter, DocumentFolder, DocumentPlace
from gateway.domain.dossier import FiledDocument
from gateway.ports.store import Tx
from gateway.services.access.permitted import documents_among, permitted_places, permitted_tally
from gateway.services.record.document_keeping import MAX_PINNED

PAGE = 30
ALL = DocumentFilter()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DocumentPage:
    """One page of a list of documents, and how many each category holds in the whole space.

    Attributes:
        newer: place before which the page before this one ends; None on the first.
        older: place after which the next page begins; None on the last.
        pinned: what the patient pinned, on the first page of the list of all.
        folders: those that the patient made.
        unread: how many may be missing, since their words are still being read.
    """

    documents: tuple[FiledDocument, ...]
    counts: Mapping[DocumentCategory, int]
    newer: DocumentPlace | None = None
    older: DocumentPlace | None = None
    pinned: tuple[FiledDocument, ...] = ()
    folders: tuple[DocumentFolder, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class WantedPage:
    """Which documents, from where on in their list and how many; `back` for those right before the place."""

    wanted: DocumentFilter = ALL
    beside: DocumentPlace | None = None
    size: int = PAGE
    back: bool = False


def document_page(tx: Tx, actor: Actor, at: datetime, page: WantedPage) -> DocumentPage:
    """Read one page of those documents that the actor may read. Raises `NotFound` as `permitted_places` does."""
    wanted, beside, size, back = page.wanted, page.beside, page.size, page.back
    tally = permitted_tally(tx, actor, at)
    found = permitted_places(tx, actor, at, wanted, size + 1, beside, back=back, shown=tally.shown)
    has_more, places = len(found) > size, found[-size:] if back else found[:size]
    counts = Counter[DocumentCategory]()
    for name, count in tally.counts.items():
        counts[DocumentCategory.stored(name)] += count
    has_pinned = wanted == ALL and not beside and not actor.is_visitor
    pinned = tx.document_lists.pinned(actor.vault, MAX_PINNED) if has_pinned else []
    return DocumentPage(
        documents=in_own_order(tx, actor, documents_among(tx, actor, at, (place.document for place in places))),
        counts=counts,
        newer=places[0] if places and beside and (has_more or not back) else None,
        older=places[-1] if places and (has_more or back) else None,
        pinned=in_own_order(tx, actor, documents_among(tx, actor, at, pinned)),
        folders=own_folders(tx, actor),
    )


def in_own_order(tx: Tx, actor: Actor, documents: Iterable[FiledDocument]) -> tuple[FiledDocument, ...]:
    """Give documents with what the patient chose for each; a visitor is shown none of it."""
    several = tuple(documents)
    if actor.is_visitor:
        return several
    choices = tx.document_lists.chosen(actor.vault, [document.id for document in several])
    return tuple(replace(document, choice=choices[document.id]) for document in several)


def own_folders(tx: Tx, actor: Actor) -> tuple[DocumentFolder, ...]:
    """List the folders that the patient made; for a visitor there are none."""
    return () if actor.is_visitor else tuple(tx.document_lists.folders(actor.vault))
