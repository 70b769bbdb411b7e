"""Make an application of pages of the folders of a site: what happens around every page is the same on all sites."""

from collections.abc import Callable, Mapping, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from webmail.context import CONTEXT, Context
from webmail.errors import error_pages
from webmail.feature import Feature
from webmail.middlewares import end_pages, find_session, guard_forms, limit_time
from webmail.security import add_headers

MAX_FORM_BYTES = 64 * 1024


def pages_app(
    features: Sequence[Feature],
    answering: Callable[[Feature], object],
    context: Context,
    beside: Mapping[str, web.Application],
    add_files: Callable[[web.Application], None] = lambda _: None,
) -> web.Application:
    """Make the application; it must be served over TLS, at the origin that the settings of its context say.

    `answering` gives what implements the port of a feature. Applications `beside` the pages, by their path, keep their
    own sessions, errors and headers. `add_files` adds the routes of static files where the site serves them itself.
    """
    around = [_of_pages(one) for one in (error_pages, limit_time, find_session, guard_forms)]
    app = web.Application(middlewares=around, client_max_size=MAX_FORM_BYTES)
    app[CONTEXT] = context
    for feature in features:
        for routes in feature.routes:
            app.add_routes(routes)
        if feature.port is not None:
            app[feature.port] = answering(feature)
    add_files(app)
    for path, other in beside.items():
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
