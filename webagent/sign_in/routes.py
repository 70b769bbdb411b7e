"""The door of the agents' site: where certificates are shown, and signing out."""

from aiohttp import web

from webagent.sign_in.port import AGENT_DOOR
from webmail.appearance import keep_theme
from webmail.context import TOKEN, context_of, page, see_other, way_back
from webmail.forms import read_form
from webmail.sessions import forget_at_work

routes = web.RouteTableDef()
routes.post("/apparence", name="agent_theme")(keep_theme)


@routes.get("", name="agent_bare")
async def lead_in(request: web.Request) -> web.Response:
    """Lead whoever typed the address without its last slash."""
    return see_other(context_of(request).entrance.home)


@routes.get("/connexion", name="agent_login")
async def show_door(request: web.Request) -> web.Response:
    """Show the way in; who is signed in already goes on."""
    if TOKEN in request:
        return see_other(way_back(request, request.query.get("suite", "")))
    certificate_page = request.app[AGENT_DOOR].certificate_page
    return page(request, "agent_sign_in.html", certificate_page=certificate_page, patients_site="/connexion")


@routes.post("/deconnexion", name="agent_logout")
async def sign_out(request: web.Request) -> web.Response:
    """End the session, here and in the store."""
    await read_form(request)
    context = context_of(request)
    await context.sessions.close(request[TOKEN])
    response = see_other(context.entrance.sign_in)
    forget_at_work(response, context.entrance.cookie)
    return response
