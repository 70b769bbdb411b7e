"""The first page, and the choice of a theme."""

from aiohttp import web

from webmail.appearance import keep_theme
from webmail.context import page, person_of, pulse_of
from webmail.home.port import HOME

routes = web.RouteTableDef()


@routes.get("/", name="home")
async def home(request: web.Request) -> web.Response:
    """Show the last messages and documents."""
    pulse = await pulse_of(request)
    person = person_of(request)
    values = await request.app[HOME].home(person.actor, person.parts)
    return page(request, "home.html", tab="accueil", pulse=pulse, home=values)


routes.post("/apparence", name="theme")(keep_theme)
