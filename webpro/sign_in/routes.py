"""The door of the console: the ways in, and signing out."""

from aiohttp import web

from gateway.services.sign_in.professional_provider import ComeBackFault
from webmail import csrf
from webmail.appearance import keep_theme
from webmail.context import TOKEN, page, see_other, way_back
from webmail.cookie_secrets import form_token_of
from webmail.forms import read_form
from webmail.sessions import set_cookie
from webpro.leaving import leave_console
from webpro.sign_in.port import CONSOLE_DOOR

routes = web.RouteTableDef()
_FAULTS = {
    ComeBackFault.GIVEN_UP.value: "Vous n’avez pas terminé. Recommencez quand vous voulez.",
    ComeBackFault.REFUSED.value: "Votre identité n’a pas pu être vérifiée. Recommencez, ou utilisez votre carte.",
    ComeBackFault.OVER.value: "Cette connexion a duré trop longtemps, ou elle a déjà servi. Recommencez.",
    ComeBackFault.BUSY.value: "Trop d’essais en peu de temps. Attendez une demi-minute, puis recommencez.",
    ComeBackFault.SILENT.value: "Ce service ne répond pas. Réessayez dans quelques minutes, ou utilisez votre carte.",
    ComeBackFault.NO_PROFESSIONAL.value: (
        "Aucun exercice professionnel n’est enregistré à votre nom. La console est réservée aux professionnels de "
        "santé en exercice."
    ),
    ComeBackFault.NOT_HERE.value: (
        "Vous n’avez pas de boîte aux lettres ici, ou votre accès a pris fin. Adressez-vous à votre opérateur."
    ),
}
routes.post("/apparence", name="console_theme")(keep_theme)


@routes.get("", name="console_bare")
async def lead_in(_: web.Request) -> web.Response:
    """Lead whoever typed the address without its last slash."""
    return see_other("/pro/")


@routes.get("/connexion", name="console_login")
async def show_door(request: web.Request) -> web.Response:
    """Show the ways in; who is signed in already goes on."""
    if TOKEN in request:
        return see_other(way_back(request, request.query.get("suite", "/pro/")))
    visit, door = csrf.visit_of(request), request.app[CONSOLE_DOOR]
    refusal = _FAULTS.get(request.query.get("faute", ""), "")
    response = page(
        request,
        "console_sign_in.html",
        csrf=form_token_of(visit),
        status=403 if refusal else 200,
        refusal=refusal,
        card_page=door.card_page,
        provider_name=door.provider_name,
        patients_site="/connexion",
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


@routes.post("/deconnexion", name="console_logout")
async def sign_out(request: web.Request) -> web.Response:
    """End the session, here and in the store."""
    await read_form(request)
    return await leave_console(request)
