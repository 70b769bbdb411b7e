"""« Ce document n’est pas le mien »: said of a document, taken back, and how it ended (E80)."""

from aiohttp import web

from gateway.domain.errors import Conflict
from webmail.context import page, person_of, pulse_of, see_other
from webmail.documents.port import DOCUMENTS
from webmail.forms import read_form
from webmail.identifiers import DocumentId
from webmail.paths import ID

routes = web.RouteTableDef()
_ONE = f"/documents/{{document:{ID}}}/pas-le-mien"
_BACK = f"/documents/{{document:{ID}}}/reprendre"
_DONE = {
    "1": "Ce document est retiré de votre espace. Son expéditeur est prévenu.",
    "2": "Ce document est de retour dans vos documents.",
}


def _chosen(request: web.Request) -> DocumentId:
    return DocumentId(request.match_info["document"])


@routes.get(_ONE, name="doubt_document_form")
async def doubt_document_form(request: web.Request) -> web.Response:
    """Say what will happen, before it does."""
    return await _form_page(request)


@routes.post(_ONE, name="doubt_document")
async def doubt_document(request: web.Request) -> web.Response:
    """Set the document aside, or say why that cannot be done any more."""
    await read_form(request)
    try:
        await request.app[DOCUMENTS].doubt_document(person_of(request).actor, _chosen(request))
    except Conflict:
        return await _form_page(request, "Vous avez signalé ce document plusieurs fois. Écrivez à l’assistance.")
    return see_other("/documents/signales?fait=1")


async def _form_page(request: web.Request, refusal: str = "") -> web.Response:
    pulse = await pulse_of(request)
    shown = await request.app[DOCUMENTS].document(person_of(request).actor, _chosen(request))
    return page(
        request,
        "document_doubt.html",
        tab="documents",
        pulse=pulse,
        status=409 if refusal else 200,
        document=shown,
        refusal=refusal,
    )


@routes.get("/documents/signales", name="doubted_documents")
async def doubted_documents(request: web.Request) -> web.Response:
    """List what was said not to be theirs, with how it stands."""
    pulse = await pulse_of(request)
    return page(
        request,
        "doubted_documents.html",
        tab="documents",
        pulse=pulse,
        doubts=await request.app[DOCUMENTS].doubted_documents(person_of(request).actor),
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(_BACK, name="withdraw_doubt")
async def withdraw_doubt(request: web.Request) -> web.Response:
    """Give a document back while nobody has decided."""
    await read_form(request)
    await request.app[DOCUMENTS].withdraw_doubt(person_of(request).actor, _chosen(request))
    return see_other("/documents/signales?fait=2")


@routes.get(_BACK, name="back_from_withdraw_doubt")
async def back_to_doubts(_: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves its address in the browser, which may ask for it."""
    return see_other("/documents/signales")
