"""« Partager sur place »: links made, shown once, ended; and the page that opens one for whoever scans it."""

from collections.abc import Collection

from aiohttp import web

from gateway.domain.access import Action, SpacePart
from gateway.domain.errors import Conflict
from gateway.domain.health_links import LinkLife
from gateway.domain.synthesis import EVERY_PART, SynthesisPart
from webmail.context import context_of, page, person_of, pulse_of, require, see_other
from webmail.forms import read_form
from webmail.qr_codes import qr_svg
from webmail.sharing.model import NewLink
from webmail.sharing.port import SHARING

PATH = "/partage"
LIVES = {
    LinkLife.QUARTER: "15 minutes",
    LinkLife.HOUR: "1 heure",
    LinkLife.DAY: "1 jour",
    LinkLife.WEEK: "7 jours",
}
routes = web.RouteTableDef()
_FULL = "Vous avez déjà 10 partages en cours. Arrêtez-en un d’abord."
_NONE = "Choisissez au moins une rubrique."


@routes.get(PATH, name="sharing")
async def sharing(request: web.Request) -> web.Response:
    """List what is shared, and offer to share."""
    require(request, SpacePart.PROFILE, Action.EXPORT)
    return await _page(request)


@routes.post(PATH, name="share")
async def share(request: web.Request) -> web.Response:
    """Make a link, and show it this once."""
    form = await read_form(request)
    parts = [part for part in EVERY_PART if form.text(part.value)]
    life = next((one for one in LinkLife if one.value == form.text("pour")), LinkLife.QUARTER)
    if not parts:
        return await _page(request, status=422, refusal=_NONE, chosen=())
    origin = context_of(request).settings.origin
    try:
        made = await request.app[SHARING].share(person_of(request).actor, parts, life, origin)
    except Conflict:
        return await _page(request, status=409, refusal=_FULL, chosen=parts)
    return await _page(request, made=made)


@routes.post(f"{PATH}/fin", name="end_share")
async def end_share(request: web.Request) -> web.Response:
    """End a link."""
    form = await read_form(request)
    await request.app[SHARING].end_shared_link(person_of(request).actor, form.text("partage")[:40])
    return see_other(f"{PATH}?fait=fin#fait")


@routes.get(f"{PATH}/fin", name="ended_share")
async def ended_share(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves this address in the browser, which may ask for it."""
    return see_other(PATH)


@routes.get("/lecture", name="read_shared")
async def read_shared(request: web.Request) -> web.Response:
    """Give whoever scanned a code the page that opens it; what stands after the # never reaches the server."""
    return page(request, "read_shared.html", csrf="-")


async def _page(
    request: web.Request,
    *,
    made: NewLink | None = None,
    refusal: str = "",
    status: int = 200,
    chosen: Collection[SynthesisPart] = EVERY_PART,
) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "sharing.html",
        tab="profil",
        pulse=pulse,
        status=status,
        own_path=PATH,
        made=made,
        code=qr_svg(made.address) if made else "",
        refusal=refusal,
        ended="fait" in request.query,
        every=EVERY_PART,
        chosen=chosen,
        lives=LIVES,
        links=await request.app[SHARING].shared_links(person_of(request).actor),
    )
