"""The first page, and the choice of a theme."""

from aiohttp import web

from webmail.context import THEME_COOKIE, page, person_of, pulse_of, see_other, way_back
from webmail.forms import read_form
from webmail.home.port import HOME
from webmail.sessions import drop_cookie, set_cookie

routes = web.RouteTableDef()

_YEAR_SECONDS = 365 * 24 * 3600


@routes.get("/", name="home")
async def home(request: web.Request) -> web.Response:
    """Show the last messages and documents."""
    pulse = await pulse_of(request)
    values = await request.app[HOME].home(person_of(request).actor)
    return page(request, "home.html", tab="accueil", pulse=pulse, home=values)


@routes.post("/apparence", name="theme")
async def choose_theme(request: web.Request) -> web.Response:
    """Keep the chosen theme in a cookie, or follow the device again."""
    form = await read_form(request)
    response = see_other(way_back(request, form.text("retour")))
    if form.text("theme") in ("light", "dark"):
        set_cookie(response, THEME_COOKIE, form.text("theme"), max_age=_YEAR_SECONDS)
    else:
        drop_cookie(response, THEME_COOKIE)
    return response
