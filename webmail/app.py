"""Put the web space together: an aiohttp application over its ports. Opens no socket and reads no setting file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gateway.ports.clock import Clock
from webmail.context import CONTEXT
from webmail.errors import error_pages
from webmail.feature import Feature, feature_in
from webmail.middlewares import end_pages, find_session, guard_forms, limit_time
from webmail.page_context import context_of_pages
from webmail.security import add_headers
from webmail.services import SpaceServices
from webmail.sessions import SessionStore
from webmail.settings import WebSettings
from webmail.static_files import add_static

_FOLDERS = (
    "sign_in",
    "recovery",
    "safety",
    "home",
    "messages",
    "documents",
    "images",
    "results",
    "measures",
    "synthesis",
    "care",
    "sharing",
    "profile",
    "agenda",
    "live",
    "preferences",
    "happenings",
    "help",
    "leaving",
    "guest",
    "activation",
    "terms",
    "drafts",
    "own_contacts",
    "own_data",
)
FEATURES = tuple(map(feature_in, _FOLDERS))
"""The folders of the site, in the order of their tabs; a new one is added here, and nowhere else."""

MAX_FORM_BYTES = 64 * 1024
_NOTHING: Mapping[str, web.Application] = MappingProxyType({})


def over(services: SpaceServices) -> Callable[[Feature], object]:
    """Give what a feature asks of the services, by its own adapter."""
    return lambda feature: feature.adapter(services) if feature.adapter else None


def make_app(
    answering: Callable[[Feature], object],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    beside: Mapping[str, web.Application] = _NOTHING,
) -> web.Application:
    """Make the application; it must be served over TLS, at the origin its settings say.

    `answering` gives what implements the port of a feature: `over` the services, or a fake.
    Applications `beside` the pages, by their path, keep their own sessions, errors and headers.
    """
    around = [_of_pages(one) for one in (error_pages, limit_time, find_session, guard_forms)]
    app = web.Application(middlewares=around, client_max_size=MAX_FORM_BYTES)
    context = context_of_pages(FEATURES, sessions, clock, settings)
    app[CONTEXT] = context
    for feature in FEATURES:
        for routes in feature.routes:
            app.add_routes(routes)
        if feature.port is not None:
            app[feature.port] = answering(feature)
    add_static(app)
    of_features = {path: make(FEATURES, clock, settings) for one in FEATURES for path, make in one.beside.items()}
    for path, other in (*beside.items(), *of_features.items()):
        app.add_subapp(path, other)

    async def add_headers_to_pages(request: web.Request, response: web.StreamResponse) -> None:
        if _is_page(request, app):
            await add_headers(request, response)

    app.on_response_prepare.append(add_headers_to_pages)

    async def end_streams(_: web.Application) -> None:
        context.closing.set()
        end_pages(context.page_timers)

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
