"""Download several documents, or all, as one archive; what that means is said before (E32)."""

from contextlib import aclosing

from aiohttp import web

from webmail.context import STARTED, context_of, page, person_of, pulse_of
from webmail.documents.port import DOCUMENTS
from webmail.downloads import content_disposition
from webmail.forms import read_form
from webmail.identifiers import DocumentId
from webmail.wording import local_day

routes = web.RouteTableDef()
EVERY = "tout"
MOST_CHOSEN = 500


@routes.get("/documents/telecharger", name="download_form")
async def download_form(request: web.Request) -> web.Response:
    """Say what will be downloaded, and to take care of it."""
    pulse = await pulse_of(request)
    wanted = None if EVERY in request.query else _chosen(request.query.getall("document", []))
    found = await request.app[DOCUMENTS].downloadable(person_of(request).actor, wanted)
    return page(
        request,
        "document_download.html",
        tab="documents",
        pulse=pulse,
        count=len(found),
        wanted=EVERY if wanted is None else " ".join(found),
    )


@routes.post("/documents/telecharger", name="download_documents")
async def download_documents(request: web.Request) -> web.StreamResponse:
    """Send the archive while it is written."""
    form, context, actor = await read_form(request), context_of(request), person_of(request).actor
    asked, service = form.text("lesquels"), request.app[DOCUMENTS]
    found = await service.downloadable(actor, None if asked == EVERY else _chosen(asked.split()))
    if not found:
        raise web.HTTPNotFound
    day = local_day(context.clock.now(), context.settings.time_zone)
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": content_disposition("attachment", f"Mes documents - {day.isoformat()}.zip"),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
    )
    async with aclosing(service.documents_archive(actor, found)) as pieces:
        await response.prepare(request)
        request[STARTED] = response
        async for piece in pieces:
            await response.write(piece)
    await response.write_eof()
    return response


def _chosen(documents: list[str]) -> tuple[DocumentId, ...]:
    return tuple(map(DocumentId, documents[:MOST_CHOSEN]))
