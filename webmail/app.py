"""Put the web space together: an aiohttp application over its ports. Opens no socket and reads no setting file."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gateway.ports.clock import Clock
from webmail.context import CONTEXT, Context
from webmail.documents import routes as routes_documents
from webmail.errors import error_pages
from webmail.home import routes as routes_home
from webmail.live import routes as live
from webmail.messages import new_message_routes as routes_new_message
from webmail.messages import routes as routes_messages
from webmail.middlewares import find_session, guard_forms, limit_time
from webmail.pages import Pages
from webmail.patient_space_port import PatientSpaceService
from webmail.security import add_headers
from webmail.settings import WebSettings
from webmail.sign_in import routes as routes_sign_in
from webmail.sign_in.port import SessionStore
from webmail.sign_in.sessions import Sessions
from webmail.static_files import add_static
from webmail.upload_turns import UploadTurns

MAX_FORM_BYTES = 64 * 1024
_NOTHING: Mapping[str, web.Application] = MappingProxyType({})


def make_app(
    space: PatientSpaceService,
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    beside: Mapping[str, web.Application] = _NOTHING,
) -> web.Application:
    """Make the application; it must be served over TLS, at the origin its settings say.

    Applications `beside` the pages, by their path, keep their own sessions, errors and headers.
    """
    around = [_of_pages(one) for one in (error_pages, limit_time, find_session, guard_forms)]
    app = web.Application(middlewares=around, client_max_size=MAX_FORM_BYTES)
    context = Context(
        space=space,
        sessions=Sessions(sessions, clock, settings),
        settings=settings,
        clock=clock,
        pages=Pages(settings.time_zone),
        upload_turns=UploadTurns(settings.concurrent_uploads),
        closing=asyncio.Event(),
    )
    app[CONTEXT] = context
    for module in (routes_sign_in, routes_home, routes_new_message, routes_messages, routes_documents, live):
        app.add_routes(module.routes)
    add_static(app)
    for path, other in beside.items():
        app.add_subapp(path, other)

    async def add_headers_to_pages(request: web.Request, response: web.StreamResponse) -> None:
        if _is_page(request, app):
            await add_headers(request, response)

    app.on_response_prepare.append(add_headers_to_pages)

    async def end_streams(_: web.Application) -> None:
        context.closing.set()

    app.on_shutdown.append(end_streams)
    return app


def _is_page(request: web.Request, pages: web.Application) -> bool:
    return request.match_info.apps[-1] is pages


def _of_pages(around: Middleware) -> Middleware:
    """Keep what happens around pages away from the applications beside them."""

    @web.middleware
    async def only_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await (around(request, handler) if _is_page(request, request.app) else handler(request))

    return only_pages
