"""The page that comes before every other while the terms of today are not accepted, and what was accepted (E91)."""

from aiohttp import web

from webmail.context import page, person_of, pulse_of, see_other, way_back
from webmail.forms import read_form
from webmail.paths import NEW_TERMS_PATH, new_terms_path
from webmail.sessions import READING_COOKIE, set_cookie
from webmail.terms.port import TERMS

routes = web.RouteTableDef()

_UNTICKED = "Pour continuer, cochez la case «\u00a0J'accepte les conditions d'utilisation\u00a0»."
_CHANGED = "Les conditions viennent encore de changer. Voici les dernières."


@routes.get(NEW_TERMS_PATH, name="new_terms")
async def show_new_terms(request: web.Request) -> web.Response:
    """Say what changed and ask; whoever has accepted goes on."""
    return await _asked(request)


@routes.post(NEW_TERMS_PATH, name="accept_new_terms")
async def accept_new_terms(request: web.Request) -> web.Response:
    """Keep that they were accepted, and go on to the page that was asked for."""
    form = await read_form(request)
    if not form.text("accepte"):
        return await _asked(request, _UNTICKED)
    accepted = await request.app[TERMS].accept_new_terms(person_of(request).actor, form.text("version")[:40])
    return see_other(_on(request)) if accepted else await _asked(request, _CHANGED)


@routes.post(f"{NEW_TERMS_PATH}/lecture", name="read_without_terms")
async def read_without_terms(request: web.Request) -> web.Response:
    """Let somebody read what is theirs without accepting, until they sign out."""
    await read_form(request)
    response = see_other(_on(request))
    set_cookie(response, READING_COOKIE, "1")
    return response


@routes.get("/parametres/conditions", name="own_terms")
async def own_terms(request: web.Request) -> web.Response:
    """Show which version was accepted, and when."""
    pulse = await pulse_of(request)
    standing = await request.app[TERMS].terms_standing(person_of(request).actor)
    return page(request, "own_terms.html", tab="parametres", pulse=pulse, standing=standing)


def _on(request: web.Request) -> str:
    return way_back(request, request.query.get("suite", "/"))


async def _asked(request: web.Request, refusal: str = "") -> web.Response:
    standing = await request.app[TERMS].terms_standing(person_of(request).actor)
    if not standing.is_due:
        return see_other(_on(request))
    return page(
        request,
        "new_terms.html",
        status=422 if refusal else 200,
        own_path=new_terms_path(_on(request)),
        standing=standing,
        refusal=refusal,
        then=_on(request),
    )
