"""Which documents are looked for: as the address of a list says it, as the record is asked, as its page is given."""

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter, DocumentPlace
from gateway.domain.errors import NotFound
from gateway.domain.mime import search_fold
from gateway.services.record.document_page import DocumentPage
from webmail.document_views import document_summary_of, folder_links
from webmail.references import number_of, reference_of
from webmail.shown_documents import DocumentList, DocumentSearch

_LONGEST_WORDS = 200
_LONGEST_PLACE = 19
_MOST_WORDS = 8
_ORDERS = {"anciens": (False, True), "date": (True, False), "date-anciens": (True, True)}


def search_in(query: Mapping[str, str]) -> DocumentSearch:
    """Read what is looked for from the address of a list; raise 404 when there is no such category."""
    by_day, oldest_first = _ORDERS.get(query.get("ordre", ""), (False, False))
    return DocumentSearch(
        category=_category_of(query.get("categorie", "")),
        words=query.get("q", "")[:_LONGEST_WORDS],
        sender=query.get("de", "")[:_LONGEST_WORDS],
        since=day_of(query.get("du", ""))[0],
        until=day_of(query.get("au", ""))[0],
        folder=query.get("dossier", ""),
        outside="hors" in query,
        by_day=by_day,
        oldest_first=oldest_first,
        key=query.get("apres", "") or query.get("avant", ""),
        back=bool(query.get("avant")) and not query.get("apres"),
    )


def filter_of(search: DocumentSearch) -> DocumentFilter:
    """Say to the record what is looked for."""
    return DocumentFilter(
        category=search.category.value if search.category else "",
        since=search.since,
        until=search.until,
        folder=number_of(search.folder) if search.folder else None,
        words=tuple(search_fold(search.words).split()[:_MOST_WORDS]),
        sender=tuple(search_fold(search.sender).split()[:_MOST_WORDS]),
        outside=search.outside,
        by_day=search.by_day,
        oldest_first=search.oldest_first,
    )


def document_list_of(found: DocumentPage) -> DocumentList:
    """Give one page of documents as a list shows it."""
    return DocumentList(
        items=tuple(map(document_summary_of, found.documents)),
        counts=found.counts,
        newer=_key_of(found.newer),
        older=_key_of(found.older),
        pinned=tuple(map(document_summary_of, found.pinned)),
        folders=folder_links(found.folders),
        unread=found.unread,
    )


def place_of(key: str) -> DocumentPlace | None:
    """Read where a page begins or ends; raise `NotFound` for what no page says."""
    if not key:
        return None
    at, _, document = key.partition(".")
    if not (at.removeprefix("-").isdecimal() and at.isascii() and len(at) < _LONGEST_PLACE):
        raise NotFound("no page of a list begins so")
    return DocumentPlace(int(at), number_of(document))


def day_of(text: str) -> tuple[date | None, bool]:
    """Read a day as browsers send it, or as French people write it; False when it is none."""
    text = text.strip()
    if not text:
        return None, True
    parts = text.split("/")
    try:
        return date.fromisoformat("-".join(reversed(parts)) if len(parts) == 3 else text), True
    except ValueError:
        return None, False


def _category_of(text: str) -> DocumentCategory | None:
    try:
        return DocumentCategory(text) if text else None
    except ValueError as error:
        raise web.HTTPNotFound from error


def _key_of(place: DocumentPlace | None) -> str:
    return f"{place.at}.{reference_of(place.document)}" if place else ""
