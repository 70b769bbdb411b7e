"""The first page, the sections that are not open yet, and the choice of a theme."""

from aiohttp import web

from webmail.context import THEME_COOKIE, context_of, page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.paths import inside_path
from webmail.sign_in.sessions import drop_cookie, set_cookie

routes = web.RouteTableDef()

_YEAR_SECONDS = 365 * 24 * 3600


@routes.get("/", name="home")
async def home(request: web.Request) -> web.Response:
    """Show the last messages and documents."""
    pulse = await pulse_of(request)
    values = await context_of(request).space.home(person_of(request).actor)
    return page(request, "home.html", tab="accueil", pulse=pulse, home=values)


@routes.get("/profil", name="profile")
async def profile(request: web.Request) -> web.Response:
    """Say what the medical profile will hold, and that it is not open."""
    purpose = (
        "Vous y noterez, si vous le voulez, vos maladies, vos traitements, vos allergies et vos vaccins, "
        "et vous choisirez qui peut les lire."
    )
    pulse = await pulse_of(request)
    return page(request, "soon.html", tab="profil", pulse=pulse, title="Profil médical", purpose=purpose)


@routes.get("/agenda", name="agenda")
async def agenda(request: web.Request) -> web.Response:
    """Say what the agenda will hold, and that it is not open."""
    purpose = "Vous y retrouverez vos rendez-vous médicaux et les rappels de vos examens."
    pulse = await pulse_of(request)
    return page(request, "soon.html", tab="agenda", pulse=pulse, title="Agenda", purpose=purpose)


@routes.post("/apparence", name="theme")
async def choose_theme(request: web.Request) -> web.Response:
    """Keep the chosen theme in a cookie, or follow the device again."""
    form = await read_form(request)
    response = see_other(inside_path(form.text("retour")))
    if form.text("theme") in ("light", "dark"):
        set_cookie(response, THEME_COOKIE, form.text("theme"), max_age=_YEAR_SECONDS)
    else:
        drop_cookie(response, THEME_COOKIE)
    return response
