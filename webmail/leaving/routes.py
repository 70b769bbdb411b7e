"""« Fermer mon espace » and « Effacer mes données »: both ways of erasing, in plain words (A17, F25, F28)."""

import base64
from datetime import date

from aiohttp import web

from gateway.domain.access import Action, SpacePart
from webmail import wording
from webmail.context import PERSON, page, person_of, pulse_of, require, see_other
from webmail.forms import read_form
from webmail.leaving.model import LeavingRefusal
from webmail.leaving.port import LEAVING
from webmail.sessions import forget_browser

routes = web.RouteTableDef()

_REFUSALS = {
    LeavingRefusal.WRONG_CODE: "Ce code n’est pas le bon. Vérifiez-le, puis saisissez-le de nouveau.",
    LeavingRefusal.CODE_OVER: "Ce code n’est plus valable. Demandez-en un autre. Rien n’a été effacé.",
    LeavingRefusal.TOO_MANY_CODES: "Vous avez demandé trop de codes aujourd’hui. Réessayez demain."
    " Rien n’a été effacé.",
    LeavingRefusal.NO_CONTACT: "Nous n’avons ni courriel ni téléphone pour vous envoyer un code. Rien n’a été effacé.",
}


@routes.get("/parametres/fermer", name="close_space")
async def show_closing(request: web.Request) -> web.Response:
    """Say what closing does."""
    require(request, SpacePart.SPACE, Action.CLOSE)
    return page(request, "close_space.html", tab="parametres", pulse=await pulse_of(request))


@routes.post("/parametres/fermer", name="close_space")
async def close(request: web.Request) -> web.Response:
    """Close the space; whoever was signed in to it is signed out."""
    await read_form(request)
    await request.app[LEAVING].close_space(person_of(request).actor)
    return _gone(request, "space_closed.html")


@routes.get("/parametres/effacer", name="erase_space")
async def show_erasing(request: web.Request) -> web.Response:
    """Offer both ways."""
    require(request, SpacePart.SPACE, Action.CLOSE)
    return await _choice(request)


@routes.post("/parametres/effacer", name="erase_space")
async def erase_later(request: web.Request) -> web.Response:
    """Have the space erased in some days."""
    await read_form(request)
    leaving = request.app[LEAVING]
    proof = await leaving.ask_erasure(person_of(request).actor)
    return _gone(request, "erasure_asked.html", proof=_as_link(proof), day=leaving.erasure_day())


@routes.post("/parametres/effacer/code", name="erasure_code")
async def send_code(request: web.Request) -> web.Response:
    """Send the code that comes before an erasure at once."""
    await read_form(request)
    refusal = await request.app[LEAVING].send_erasure_code(person_of(request).actor)
    return see_other("/parametres/effacer/code") if refusal is None else await _choice(request, refusal)


@routes.get("/parametres/effacer/code", name="erasure_code")
async def show_code(request: web.Request) -> web.Response:
    """Ask for the code."""
    require(request, SpacePart.SPACE, Action.CLOSE)
    return await _code_page(request)


@routes.post("/parametres/effacer/valider", name="erasure_confirm")
async def confirm(request: web.Request) -> web.Response:
    """Check the code, and ask for the last time."""
    form = await read_form(request)
    typed = "".join(form.text("code").split())[:20]
    answer = await request.app[LEAVING].confirm_erasure(person_of(request).actor, typed)
    if isinstance(answer, LeavingRefusal):
        return await _code_page(request, answer)
    pulse = await pulse_of(request)
    return page(
        request, "erase_now.html", tab="parametres", pulse=pulse, own_path="/parametres/effacer", confirmed=answer
    )


@routes.post("/parametres/effacer/maintenant", name="erase_now")
async def erase_now(request: web.Request) -> web.Response:
    """Erase the space at once, and hand over the proof: it is kept nowhere else."""
    form = await read_form(request)
    answer = await request.app[LEAVING].erase_space_now(person_of(request).actor, form.text("confirmation")[:40])
    if isinstance(answer, LeavingRefusal):
        return await _choice(request, answer)
    return _gone(request, "space_erased.html", proof=_as_link(answer))


async def _choice(request: web.Request, refusal: LeavingRefusal | None = None) -> web.Response:
    return page(
        request,
        "erase_space.html",
        tab="parametres",
        pulse=await pulse_of(request),
        status=403 if refusal else 200,
        own_path="/parametres/effacer",
        refusal=_REFUSALS[refusal] if refusal else "",
        day=request.app[LEAVING].erasure_day(),
    )


async def _code_page(request: web.Request, refusal: LeavingRefusal | None = None) -> web.Response:
    return page(
        request,
        "erasure_code.html",
        tab="parametres",
        pulse=await pulse_of(request),
        status=403 if refusal else 200,
        own_path="/parametres/effacer/code",
        refusal=_REFUSALS[refusal] if refusal else "",
        minutes=wording.count(request.app[LEAVING].erasure_code_minutes, "minute"),
    )


def _gone(request: web.Request, template: str, proof: str = "", day: date | None = None) -> web.Response:
    """Answer whoever has just left: signed out, on a page without the space around it."""
    del request[PERSON]
    response = page(request, template, proof=proof, day=day)
    forget_browser(response)
    return response


def _as_link(proof: bytes) -> str:
    """Put a file into the page itself: once the space is gone there is no address to fetch it from."""
    return f"data:application/pdf;base64,{base64.b64encode(proof).decode('ascii')}"
