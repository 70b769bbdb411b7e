"""Put the web space together: an aiohttp application over its ports. Opens no socket and reads no setting file."""

import asyncio

from aiohttp import web

from webmail import live, routes_documents, routes_home, routes_messages, routes_sign_in
from webmail.context import CONTEXT, Clock, Context
from webmail.errors import error_pages
from webmail.middlewares import find_session, guard_forms, limit_time
from webmail.pages import Pages
from webmail.ports import PatientSpaceService, SessionStore
from webmail.security import add_headers
from webmail.sessions import Sessions
from webmail.settings import WebSettings
from webmail.static_files import add_static

MAX_FORM_BYTES = 64 * 1024


def make_app(
    space: PatientSpaceService, sessions: SessionStore, clock: Clock, settings: WebSettings
) -> web.Application:
    """Make the application; it must be served over TLS, at the origin its settings say."""
    app = web.Application(
        middlewares=[error_pages, limit_time, find_session, guard_forms], client_max_size=MAX_FORM_BYTES
    )
    context = Context(
        space=space,
        sessions=Sessions(sessions, clock, settings),
        settings=settings,
        clock=clock,
        pages=Pages(settings.time_zone),
        upload_slots=asyncio.Semaphore(settings.concurrent_uploads),
        closing=asyncio.Event(),
    )
    app[CONTEXT] = context
    for module in (routes_sign_in, routes_home, routes_messages, routes_documents, live):
        app.add_routes(module.routes)
    add_static(app)
    app.on_response_prepare.append(add_headers)

    async def end_streams(_: web.Application) -> None:
        context.closing.set()

    app.on_shutdown.append(end_streams)
    return app
