"""The choice of a theme, light or dark, which every site of pages offers in the same way."""

from aiohttp import web

from webmail.context import THEME_COOKIE, see_other, way_back
from webmail.forms import read_form
from webmail.sessions import drop_cookie, set_cookie

_YEAR_SECONDS = 365 * 24 * 3600


async def keep_theme(request: web.Request) -> web.Response:
    """Keep the chosen theme in a cookie, or follow the device again; answers the form of `theme.html`."""
    form = await read_form(request)
    response = see_other(way_back(request, form.text("retour")))
    if form.text("theme") in ("light", "dark"):
        set_cookie(response, THEME_COOKIE, form.text("theme"), max_age=_YEAR_SECONDS)
    else:
        drop_cookie(response, THEME_COOKIE)
    return response
