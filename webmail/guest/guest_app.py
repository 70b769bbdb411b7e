"""The sample space as an application of its own, below `PREFIX`: same pages, other answers, no session, no store.

It is made of the routes of features, and of `SampleSpace` in the place of what they ask of the services: there is
nothing in it by which a handler could reach a service. Of forms only the choice of the appearance is carried out;
every other one is answered by a page that says that nothing was sent.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from gateway.ports.clock import Clock
from webmail.agenda.port import AGENDA
from webmail.context import CONTEXT, PERSON, TOKEN, page
from webmail.documents.port import DOCUMENTS
from webmail.errors import error_pages
from webmail.feature import Feature
from webmail.guest.sample_people import GUEST
from webmail.guest.sample_space import SampleSpace
from webmail.happenings.port import NEWS
from webmail.home.port import HOME
from webmail.messages.port import MESSAGES
from webmail.middlewares import guard_forms, limit_time
from webmail.page_context import context_of_pages
from webmail.preferences.port import PREFERENCES
from webmail.pulse import LIVE
from webmail.security import add_headers
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

PREFIX = "/decouvrir"
_PORTS = (HOME, MESSAGES, DOCUMENTS, PREFERENCES, NEWS, AGENDA)
_THEME = "theme"
_BACK, _BACK_INSIDE = f'name="retour" value="{PREFIX}/', 'name="retour" value="/'
_FORM = re.compile(r'(<form\b[^>]*\bmethod="post"[^>]*>)')
_NOTE = '<p class="guest-note">Découverte\N{NO-BREAK SPACE}: rien n’est envoyé ici.</p>'


def guest_app(features: Sequence[Feature], clock: Clock, settings: WebSettings) -> web.Application:
    """Make the application of those features that only show a space."""
    shown = [one for one in features if one.port in _PORTS or (one.port is None and one.tabs)]
    reading = [route for one in shown for table in one.routes for route in table if isinstance(route, web.RouteDef)]
    sections = {"/" + route.path.split("/")[1] for route in reading}
    app = web.Application(middlewares=[_inside(sections), error_pages, limit_time, _as_guest, guard_forms])
    app[CONTEXT] = context_of_pages(shown, MemorySessions(), clock, settings, is_guest=True)
    space = SampleSpace(clock)
    for port in (*_PORTS, LIVE):
        key: web.AppKey[Any] = port  # Any: each key is of its own port
        app[key] = space
    for route in reading:
        if route.method == hdrs.METH_GET or route.kwargs.get("name") == _THEME:
            app.add_routes([route])
        else:
            app.add_routes([web.RouteDef(route.method, route.path, _nothing_sent, route.kwargs)])

    async def headers(request: web.Request, response: web.StreamResponse) -> None:
        if request.match_info.apps[-1] is app:
            await add_headers(request, response)

    app.on_response_prepare.append(headers)
    return app


async def _nothing_sent(request: web.Request) -> web.Response:
    """Say that the sample space sends and keeps nothing; the form is not even read."""
    return page(request, "nothing_sent.html")


@web.middleware
async def _as_guest(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let everybody be the invented person; no cookie is looked at, none is given."""
    request[TOKEN], request[PERSON] = "guest", GUEST
    return await handler(request)


def _inside(sections: Collection[str]) -> Middleware:
    """Keep links and redirections between pages of the sample space below `PREFIX`."""
    names = "|".join(re.escape(section) for section in sorted(sections, key=len, reverse=True))
    link = re.compile(rf'\b(href|action|src)="(?=(?:{names})["?#/])(?!/static/)')
    place = re.compile(rf"(?:{names})(?:[?#/]|$)")

    @web.middleware
    async def inside(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if isinstance(response, web.Response):
            where = response.headers.get(hdrs.LOCATION, "")
            if place.match(where):
                response.headers[hdrs.LOCATION] = PREFIX + where
            if response.content_type == "text/html" and response.text is not None:
                text = link.sub(rf'\1="{PREFIX}', response.text.replace(_BACK, _BACK_INSIDE))
                response.text = _FORM.sub(_noted, text)
        return response

    return inside


def _noted(form: re.Match[str]) -> str:
    return form[0] if "/apparence" in form[0] else form[0] + _NOTE
