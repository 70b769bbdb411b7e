"""Sign in by a certificate: the browser has shown it in the handshake; its holder says as whom they come in.

Served on an origin of its own, so that nobody else's browser is asked for a certificate. Cookies belong to a host and
not to a port: the session that is opened here is the console's.
"""

from collections.abc import Sequence

from aiohttp import web

from gateway.domain.console import ConsoleEntry
from webmail import csrf
from webmail.context import TOKEN, context_of, page
from webmail.cookie_secrets import form_token_of
from webmail.device_words import device_words
from webmail.forms import read_form
from webmail.security import policy_leading_to
from webmail.sessions import drop_cookie, set_cookie
from webpro.card.port import CARD
from webpro.coming_back import HOME, paused_token

CARD_PATH = "/pro/connexion/carte"
routes = web.RouteTableDef()
_NONE = (
    "Votre navigateur n’a montré aucun certificat. Insérez votre carte, fermez puis rouvrez votre navigateur, "
    "et recommencez."
)
_UNKNOWN = (
    "Ce certificat n’ouvre aucune boîte aux lettres ici. Il n’est pas à vous, ou votre accès a pris fin. "
    "Adressez-vous à votre opérateur."
)
_WHICH = "Choisissez l’exercice au titre duquel vous vous connectez."


def _card_page(request: web.Request, ways: Sequence[ConsoleEntry], refusal: str = "") -> web.Response:
    visit, site = csrf.visit_of(request), request.app[CARD].site_origin
    response = page(
        request,
        "card.html",
        status=403 if refusal else 200,
        csrf=form_token_of(visit),
        ways=ways,
        refusal=refusal,
        console=f"{site}/pro/connexion",
        patients_site=f"{site}/connexion",
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    response.headers["Content-Security-Policy"] = policy_leading_to(site)
    return response


def _went_on(request: web.Request, path: str = HOME) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{request.app[CARD].site_origin}{path}"})


@routes.get(CARD_PATH, name="card")
async def show_card(request: web.Request) -> web.Response:
    """Say whose certificate it is, and as whom it lets in."""
    if TOKEN in request:
        return _went_on(request)
    service = request.app[CARD]
    ways = service.ways(request)
    if not ways and ways is not None:
        service.refused(request.remote or "")
    return _card_page(request, ways or (), "" if ways else _NONE if ways is None else _UNKNOWN)


@routes.post(CARD_PATH, name="card")
async def come_in(request: web.Request) -> web.Response:
    """Open a session for the holder of the certificate, under a new token whatever the browser held before."""
    form, service, context = await read_form(request), request.app[CARD], context_of(request)
    ways = service.ways(request)
    if not ways:
        return _card_page(request, (), _NONE if ways is None else _UNKNOWN)
    chosen = [way for way in ways if way.address == form.text("exercice")]
    if not chosen:
        return _card_page(request, ways, _WHICH)
    person = await service.let_in(chosen[0], request.remote or "")
    if person is None:
        return _card_page(request, (), _UNKNOWN)
    token = await context.sessions.open(person, device_words(request.headers.get("User-Agent", "")))
    response = _went_on(request, await service.place_to_go_on(person.actor, paused_token(request)))
    set_cookie(response, context.entrance.cookie, token)
    drop_cookie(response, csrf.VISIT_COOKIE)
    return response
