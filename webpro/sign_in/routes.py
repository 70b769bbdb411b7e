"""The door of the console: the ways in, and signing out."""

from aiohttp import web

from webmail import csrf
from webmail.appearance import keep_theme
from webmail.context import TOKEN, context_of, page, see_other, way_back
from webmail.cookie_secrets import form_token_of
from webmail.forms import read_form
from webmail.sessions import forget_browser, set_cookie
from webpro.sign_in.port import CONSOLE_DOOR

routes = web.RouteTableDef()
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
    visit = csrf.visit_of(request)
    response = page(
        request,
        "console_sign_in.html",
        csrf=form_token_of(visit),
        card_page=request.app[CONSOLE_DOOR].card_page,
        patients_site="/connexion",
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


@routes.post("/deconnexion", name="console_logout")
async def sign_out(request: web.Request) -> web.Response:
    """End the session, here and in the store."""
    await read_form(request)
    context = context_of(request)
    await context.sessions.close(request[TOKEN])
    response = see_other(context.entrance.sign_in)
    forget_browser(response, context.entrance.cookie)
    return response
