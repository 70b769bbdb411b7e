"""« Demander une correction »: asked of whoever sent a document; it stands beside it, with its answer (F94, E52)."""

from aiohttp import web

from gateway.domain.rights_requests import MAX_WORDS
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.identifiers import DocumentId
from webmail.paths import ID
from webmail.rights.port import RIGHTS
from webmail.rights.wording import CORRECTION_FAULTS, DONE

PATH = f"/documents/{{document:{ID}}}/correction"
routes = web.RouteTableDef()


@routes.get(PATH, name="correction")
async def correction(request: web.Request) -> web.Response:
    """Offer to ask for a correction, and show those that were asked for."""
    return await _page(request, "", "")


@routes.post(PATH, name="ask_correction")
async def ask_correction(request: web.Request) -> web.Response:
    """Ask for one; a form with a fault keeps what was typed."""
    form, document = await read_form(request), DocumentId(request.match_info["document"])
    words = form.text("corriger").replace("\r\n", "\n")
    fault = await request.app[RIGHTS].ask_correction(person_of(request).actor, document, words)
    if fault:
        return await _page(request, words, CORRECTION_FAULTS[fault])
    return see_other(f"/documents/{document}/correction?fait=correction#fait")


async def _page(request: web.Request, typed: str, refusal: str) -> web.Response:
    pulse, asked = await pulse_of(request), request.match_info["document"]
    document, requests = await request.app[RIGHTS].corrections_of(person_of(request).actor, DocumentId(asked))
    return page(
        request,
        "correction.html",
        tab="documents",
        pulse=pulse,
        status=422 if refusal else 200,
        title=document.choice.title or document.entry.title or document.entry.category.label,
        back=f"/documents/{asked}",
        form=f"/documents/{asked}/correction",
        asked_of="",
        is_entry=False,
        requests=requests,
        waits=any(one.waits for one in requests),
        typed=typed,
        refusal=refusal,
        longest=MAX_WORDS,
        done=DONE.get(request.query.get("fait", ""), ""),
    )
