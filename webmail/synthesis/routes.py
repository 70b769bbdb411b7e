"""The synthesis and the card for emergencies: chosen, looked at, taken away as PDF files."""

from aiohttp import web

from gateway.domain.synthesis import EVERY_PART
from webmail.context import page, person_of, pulse_of
from webmail.downloads import send_file
from webmail.forms import read_form
from webmail.qr_codes import qr_svg
from webmail.synthesis.port import SYNTHESIS

routes = web.RouteTableDef()
_SYNTHESIS, _CARD = "/profil/synthese", "/profil/carte-urgence"
_WITHOUT = "sans"


@routes.get(_SYNTHESIS, name="synthesis")
async def synthesis(request: web.Request) -> web.Response:
    """Let the parts be chosen."""
    pulse = await pulse_of(request)
    chosen = await request.app[SYNTHESIS].synthesis_parts(person_of(request).actor)
    return page(
        request, "synthesis.html", tab="profil", pulse=pulse, every=EVERY_PART, chosen=chosen, is_empty=False
    )


@routes.post(_SYNTHESIS, name="make_synthesis")
async def make_synthesis(request: web.Request) -> web.StreamResponse:
    """Keep which parts were chosen, and send the synthesis of them."""
    form = await read_form(request)
    chosen = [part for part in EVERY_PART if form.text(part.value)]
    actor = person_of(request).actor
    if not chosen:
        pulse = await pulse_of(request)
        return page(
            request, "synthesis.html", tab="profil", pulse=pulse, status=422, every=EVERY_PART, chosen=(), is_empty=True
        )
    await request.app[SYNTHESIS].choose_synthesis_parts(actor, chosen)
    return await send_file(request, await request.app[SYNTHESIS].synthesis_file(actor, chosen))


@routes.get(f"{_SYNTHESIS}/pdf", name="synthesis_file")
async def synthesis_file(request: web.Request) -> web.StreamResponse:
    """Send the synthesis of the parts that were chosen last; of all before anybody chose."""
    actor = person_of(request).actor
    chosen = await request.app[SYNTHESIS].synthesis_parts(actor)
    return await send_file(request, await request.app[SYNTHESIS].synthesis_file(actor, chosen))


@routes.get(_CARD, name="emergency_card")
async def emergency_card(request: web.Request) -> web.Response:
    """Show the card as it will be printed, or is kept on a telephone."""
    pulse = await pulse_of(request)
    card = await request.app[SYNTHESIS].emergency_card(person_of(request).actor)
    return page(request, "emergency_card.html", tab="profil", pulse=pulse, card=card, code=qr_svg(card.code))


@routes.get(f"{_CARD}/pdf", name="emergency_card_file")
async def emergency_card_file(request: web.Request) -> web.StreamResponse:
    """Send the card to be printed, with its code or without."""
    with_code = request.query.get("code", "") != _WITHOUT
    actor = person_of(request).actor
    return await send_file(request, await request.app[SYNTHESIS].emergency_card_file(actor, with_code=with_code))
