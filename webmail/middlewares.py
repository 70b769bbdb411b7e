"""What happens around every handler: the time limit, the session, the origin of forms."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from webmail.context import PERSON, TOKEN, context_of, see_other
from webmail.csrf import check_origin
from webmail.errors import SignedOut
from webmail.paths import sign_in_path
from webmail.sign_in.sessions import SESSION_COOKIE

FILES = frozenset({"static", "icon"})
"""Names of the routes of our own files, the same for everybody."""

PUBLIC = FILES | {"login", "code"}
"""Names of the routes that need no session; every other one does."""

TRANSFERS = frozenset({"reply", "send_new_message", "attachment", "file", "open"})
"""Names of the routes that carry files, and get their time."""


@web.middleware
async def limit_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give up on a page that takes too long; a live stream has no end."""
    settings, name = context_of(request).settings, request.match_info.route.name
    if name == "live":
        return await handler(request)
    limit = settings.transfer_timeout if name in TRANSFERS else settings.page_timeout
    async with asyncio.timeout(limit.total_seconds()):
        return await handler(request)


@web.middleware
async def find_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find whose request this is; without a session, show the sign-in page, or say that the session has ended."""
    if request.match_info.route.name in FILES:
        return await handler(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    live = "Pli-Live" in request.headers or request.match_info.route.name == "live"
    session = await context_of(request).sessions.find(token, used=not live) if token else None
    if session is not None:
        request[TOKEN], request[PERSON] = token, session.person
        return await handler(request)
    if request.match_info.route.name in PUBLIC:
        return await handler(request)
    if request.method == "POST":
        raise SignedOut
    if request.match_info.route.name == "live":
        return web.Response(status=204)  # the one answer that stops an EventSource from coming back
    return see_other(sign_in_path(request.path))


@web.middleware
async def guard_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a form that comes from another site; its token is checked where it is read (`webmail.forms`)."""
    if request.method not in ("GET", "HEAD"):
        check_origin(request)
    return await handler(request)
