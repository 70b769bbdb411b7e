"""Documents of a record: the list, one with its results, its files."""

from urllib.parse import urlencode

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.domain.errors import SealBroken
from webmail.context import context_of, page
from webmail.document_searches import search_in
from webmail.document_words_page import read_groups, words_of
from webmail.downloads import VIEWABLE, send_file
from webmail.identifiers import DocumentId
from webmail.paths import ID
from webmail.shown_documents import Document
from webpro.documents.port import DOCUMENTS
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord

routes = web.RouteTableDef()
_LIST = f"{RECORD_PATH}/documents"
_ONE = f"{_LIST}/{{document:{ID}}}"
_ASKED = ("q", "categorie", "de", "du", "au", "hors", "ordre")
"""Words of the address by which documents are looked for; folders are the patient's own."""
_TOKENS_OF_A_VALUE = 12
_ADDED = {
    "1": "Le document est ajouté. Votre patient en est prévenu.",
    "2": "Ce fichier est déjà dans ce dossier.",
    "3": "Le document est ajouté. Votre patient le lira après la consultation où vous le présentez.",
}
"""What is said of a document that was just added, by the word of the address."""


@routes.get(_LIST, name="console_documents")
@in_record
async def documents(request: web.Request, record: EnteredRecord) -> web.Response:
    """List the documents that they may read: all, or those that are looked for."""
    asked = {name: request.query[name] for name in _ASKED if request.query.get(name)}
    pages = {name: request.query[name] for name in ("apres", "avant") if name in request.query}
    search = search_in(asked | pages)
    found = await request.app[DOCUMENTS].documents(record.actor, search)
    return page(
        request,
        "record_documents.html",
        tab="patients",
        record=record,
        search=search,
        found=found,
        categories=[(one, found.counts[one]) for one in DocumentCategory if found.counts.get(one)],
        total=sum(found.counts.values()),
        asked=asked,
        query=urlencode(asked),
        further=bool(asked.keys() - {"q", "categorie"}),
        beside=urlencode({name: value for name, value in asked.items() if name != "categorie"}),
    )


@routes.get(_ONE, name="console_document")
@in_record
async def document(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show a document and its results, or say that it is damaged."""
    chosen = DocumentId(request.match_info["document"])
    try:
        shown = await request.app[DOCUMENTS].document(record.actor, chosen)
    except SealBroken:
        # 410: it is most likely gone for good (RFC 9110 §15.5.11); the store has told whoever runs the gateway.
        return page(request, "record_damaged_document.html", tab="patients", record=record, status=410)
    values = sum(len(group.results) for group in (*shown.results, *shown.measures))
    size = values + len(shown.text.tokens) // _TOKENS_OF_A_VALUE
    large = context_of(request).large_pages
    return await large.made(record.actor.account, size, lambda: _document_page(request, record, shown))


def _document_page(request: web.Request, record: EnteredRecord, shown: Document) -> web.Response:
    groups, measures = read_groups(shown.results), read_groups(shown.measures)
    return page(
        request,
        "record_document.html",
        tab="patients",
        record=record,
        document=shown,
        groups=groups,
        measures=measures,
        has_lines=any(reading.line for _, readings in groups + measures for _, reading in readings),
        viewable=VIEWABLE,
        words=words_of(shown, f"{record.path}/documents"),
        said=_ADDED.get(request.query.get("ajout", ""), ""),
        words_first=not groups or shown.summary.category is not DocumentCategory.BIOLOGY,
    )


@routes.get(f"{_ONE}/fichiers/{{which:{ID}}}", name="console_file")
@in_record
async def download(request: web.Request, record: EnteredRecord) -> web.StreamResponse:
    """Download a file of a document."""
    return await _send(request, record, inline=False)


@routes.get(f"{_ONE}/ouvrir/{{which:{ID}}}", name="console_open")
@in_record
async def open_file(request: web.Request, record: EnteredRecord) -> web.StreamResponse:
    """Show a PDF or a picture of a document in the browser; any other file is downloaded."""
    return await _send(request, record, inline=True)


async def _send(request: web.Request, record: EnteredRecord, *, inline: bool) -> web.StreamResponse:
    chosen, which = DocumentId(request.match_info["document"]), request.match_info["which"]
    file = await request.app[DOCUMENTS].document_file(record.actor, chosen, which)
    framed = inline and file.media_type == "application/pdf" and "apercu" in request.query
    return await send_file(request, file, inline=inline, framed=framed)
