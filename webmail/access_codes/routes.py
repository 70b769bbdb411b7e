"""« Donner un code d'accès »: codes made and shown once, taken back; what is open now, and its end."""

from aiohttp import web

from gateway.domain.errors import Conflict
from gateway.domain.record_openings import CODE_TRIES, MOST_CODES, CodeLife, OpenedBy, OpenFor
from webmail.access_codes.model import NewCode
from webmail.access_codes.port import ACCESS_CODES
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form

PATH = "/parametres/codes-acces"
LIVES = {CodeLife.HOUR: "1 heure", CodeLife.DAY: "1 jour", CodeLife.WEEK: "7 jours"}
SPANS = {OpenFor.HOUR: "1 heure", OpenFor.DAY: "1 jour", OpenFor.MONTH: "30 jours"}
HOW = {
    OpenedBy.CODE: "avec votre code",
    OpenedBy.SERVICES: "en urgence, pour un service de secours",
    OpenedBy.BREAK_GLASS: "en urgence",
}
routes = web.RouteTableDef()
_FULL = f"Vous avez déjà {MOST_CODES} codes en attente. Annulez-en un d’abord."
_DONE = {
    "annule": "Ce code est annulé. Plus personne ne peut l’utiliser.",
    "fin": "Cet accès est arrêté. Ce professionnel ne lit plus votre dossier.",
}


@routes.get(PATH, name="access_codes")
async def access_codes(request: web.Request) -> web.Response:
    """Offer to make a code, and list what lets somebody in."""
    return await _page(request)


@routes.post(PATH, name="make_access_code")
async def make_access_code(request: web.Request) -> web.Response:
    """Make a code, and show it this once."""
    form = await read_form(request)
    life = next((one for one in CodeLife if one.value == form.text("valable")), CodeLife.HOUR)
    opens = next((one for one in OpenFor if one.value == form.text("pour")), OpenFor.DAY)
    try:
        made = await request.app[ACCESS_CODES].make_access_code(person_of(request).actor, life, opens)
    except Conflict:
        return await _page(request, status=409, refusal=_FULL)
    return await _page(request, made=made)


@routes.post(f"{PATH}/annuler", name="cancel_access_code")
async def cancel_access_code(request: web.Request) -> web.Response:
    """Take a code back."""
    form = await read_form(request)
    await request.app[ACCESS_CODES].cancel_access_code(person_of(request).actor, form.text("code")[:40])
    return see_other(f"{PATH}?fait=annule#fait")


@routes.post(f"{PATH}/fin", name="end_opening")
async def end_opening(request: web.Request) -> web.Response:
    """End what is open to somebody."""
    form = await read_form(request)
    await request.app[ACCESS_CODES].end_opening(person_of(request).actor, form.text("acces")[:40])
    return see_other(f"{PATH}?fait=fin#fait")


@routes.get(f"{PATH}/annuler", name="cancelled_access_code")
@routes.get(f"{PATH}/fin", name="ended_opening")
async def led_back(_request: web.Request) -> web.Response:
    """Lead to the page: a refused form leaves its address in the browser, which may ask for it."""
    return see_other(PATH)


async def _page(
    request: web.Request, *, made: NewCode | None = None, refusal: str = "", status: int = 200
) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "access_codes.html",
        tab="parametres",
        pulse=pulse,
        status=status,
        own_path=PATH,
        made=made,
        refusal=refusal,
        done=_DONE.get(request.query.get("fait", ""), ""),
        lives=LIVES,
        spans=SPANS,
        how=HOW,
        tries=CODE_TRIES,
        given=await request.app[ACCESS_CODES].given_accesses(person_of(request).actor),
    )
