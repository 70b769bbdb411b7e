"""List documents, show one with its results, open its files."""

from datetime import date
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from gateway.domain.document import DocumentCategory
from gateway.domain.errors import SealBroken
from gateway.services.record.document_keeping import MAX_PINNED
from webmail.context import context_of, page, person_of, pulse_of
from webmail.document_searches import search_in
from webmail.document_words_page import read_groups, words_of
from webmail.documents.port import DOCUMENTS
from webmail.downloads import VIEWABLE, send_file
from webmail.identifiers import DocumentId
from webmail.paths import ID
from webmail.pulse import Pulse
from webmail.shown_documents import Document, DocumentSummary
from webmail.told_measures import measures_of
from webmail.wording import local_day

routes = web.RouteTableDef()
ADDED = {"1": "Votre document est ajouté.", "2": "Ce fichier est déjà dans vos documents."}
"""What is said of a document that was just added, by the word of the address."""
DONE = {
    "titre": "Le titre et la date sont enregistrés.",
    "epingle": "Ce document est épinglé.",
    "desepingle": "Ce document n’est plus épinglé.",
    "cache": "Ce document est caché aux professionnels.",
    "montre": "Ce document est visible par les professionnels que vous autorisez.",
    "dossier": "Ce document est rangé.",
    "trop": f"Vous avez déjà {MAX_PINNED} documents épinglés. Retirez-en un d’abord.",
}
"""The same of one that was just changed."""
_MOST_TICKED = 200
"""Documents that a page of choices carries along; with those of one page more, they still fit an address."""
_TOKENS_OF_A_VALUE = 12
"""Marks and words that take as long to write as one value of a result."""


@routes.get("/documents", name="documents")
async def documents(request: web.Request) -> web.Response:
    """List documents: all, or those that are looked for."""
    context, search = context_of(request), search_in(request.query)
    pulse = await pulse_of(request)
    found = await request.app[DOCUMENTS].documents(person_of(request).actor, search)
    zone = context.settings.time_zone
    by_year = groupby(found.items, key=lambda item: _year_of(item, zone, by_day=search.by_day))
    asked = {name: request.query[name] for name in _ASKED if request.query.get(name)}
    ticked = list(dict.fromkeys(request.query.getall("document", [])))
    return page(
        request,
        "documents.html",
        tab="documents",
        pulse=pulse,
        search=search,
        category=search.category,
        found=found,
        years=[(year, list(items)) for year, items in by_year],
        categories=[(folder, found.counts[folder]) for folder in DocumentCategory if found.counts.get(folder)],
        total=sum(found.counts.values()),
        asked=asked,
        further={name: value for name, value in asked.items() if name not in ("q", "categorie")},
        query=urlencode(asked),
        choosing="choisir" in request.query,
        ticked=ticked,
        may_turn=len(ticked) < _MOST_TICKED,
        deleted=_DELETED.get(request.query.get("supprime", ""), ""),
    )


_ASKED = ("q", "categorie", "de", "du", "au", "dossier", "hors", "ordre")
"""Words of the address by which documents are looked for."""
_DELETED = {"1": "Votre document est supprimé.", "2": "Ce document n’est plus dans votre espace."}


def _year_of(item: DocumentSummary, zone: ZoneInfo, *, by_day: bool) -> int:
    if by_day and item.dated is not None:
        return item.dated.year if isinstance(item.dated, date) else item.dated.known[0]
    return local_day(item.received_at, zone).year


@routes.get(f"/documents/{{document:{ID}}}", name="document")
async def document(request: web.Request) -> web.Response:
    """Show a document and its results, or say that it is damaged."""
    pulse = await pulse_of(request)
    chosen = DocumentId(request.match_info["document"])
    try:
        shown = await request.app[DOCUMENTS].document(person_of(request).actor, chosen)
    except SealBroken:
        # Whoever runs the gateway was told by the store. 410: it is most likely gone for good (RFC 9110 §15.5.11).
        return page(request, "damaged_document.html", tab="documents", pulse=pulse, status=410)
    account, large = person_of(request).actor.account, context_of(request).large_pages
    tokens = len(shown.text.tokens) // _TOKENS_OF_A_VALUE
    words = await large.made(account, tokens, lambda: words_of(shown, "/documents"))
    values = sum(len(group.results) for group in (*shown.results, *shown.measures))
    return await large.made(account, values, lambda: _document_page(request, shown, pulse, words))


def _document_page(request: web.Request, shown: Document, pulse: Pulse, words: Markup) -> web.Response:
    groups, (told, untold) = read_groups(shown.results), map(read_groups, measures_of(shown))
    return page(
        request,
        "document.html",
        tab="documents",
        pulse=pulse,
        document=shown,
        groups=groups,
        measures=untold,
        told_measures=told,
        has_lines=any(reading.line for _, readings in groups + untold for _, reading in readings),
        has_ranges=any(reading.range_words for _, readings in groups for _, reading in readings),
        viewable=VIEWABLE,
        words=words,
        added=ADDED.get(request.query.get("ajout", "")) or DONE.get(request.query.get("fait", ""), ""),
        words_first=not groups or shown.summary.category is not DocumentCategory.BIOLOGY,
    )


@routes.get(f"/documents/{{document:{ID}}}/fichiers/{{which:{ID}}}", name="file")
async def download(request: web.Request) -> web.StreamResponse:
    """Download a file of a document."""
    return await _send(request, inline=False)


@routes.get(f"/documents/{{document:{ID}}}/ouvrir/{{which:{ID}}}", name="open")
async def open_file(request: web.Request) -> web.StreamResponse:
    """Show a PDF or a picture of a document in the browser; any other file is downloaded."""
    return await _send(request, inline=True)


async def _send(request: web.Request, *, inline: bool) -> web.StreamResponse:
    chosen, which = DocumentId(request.match_info["document"]), request.match_info["which"]
    file = await request.app[DOCUMENTS].document_file(person_of(request).actor, chosen, which)
    framed = inline and file.media_type == "application/pdf" and "apercu" in request.query
    return await send_file(request, file, inline=inline, framed=framed)
