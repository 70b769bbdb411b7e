"""What happens around every handler: the time limit, the session, the origin of forms."""

import asyncio
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.services.sign_in.typed_drafts import TypedForm
from webmail.context import PERSON, TOKEN, context_of, see_other, way_back
from webmail.cookie_secrets import place_mark_of
from webmail.csrf import check_origin
from webmail.errors import SignedOut
from webmail.forms import unsent_fields
from webmail.paths import AWAY_PATH, OF_ONESELF, RELATIVES_PATH, new_terms_path, sign_in_path
from webmail.sessions import READING_COOKIE
from webmail.signed_in import SignedIn
from webmail.static_files import FILES
from webmail.typed_drafts import DRAFTS

_LAST_SECONDS = 5.0


@web.middleware
async def limit_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give up on a page that takes too long; a live stream has no end."""
    context, name = context_of(request), request.match_info.route.name
    if name in context.routes.streams:
        return await handler(request)
    settings = context.settings
    if name in context.routes.transfers:
        async with asyncio.timeout(settings.transfer_timeout.total_seconds()):
            return await handler(request)
    longest = settings.queue_timeout if name in context.routes.queues else settings.page_timeout
    async with asyncio.timeout(longest.total_seconds()) as timer:
        context.page_timers.add(timer)
        try:
            return await handler(request)
        finally:
            context.page_timers.discard(timer)


def end_pages(timers: Iterable[asyncio.Timeout]) -> None:
    """Give pages under way a few seconds more: the program ends, and waits no longer for them."""
    end = asyncio.get_running_loop().time() + _LAST_SECONDS
    for timer in timers:
        if not timer.expired():
            timer.reschedule(min(timer.when() or end, end))


@web.middleware
async def find_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find whose request this is; without a session, show the sign-in page, or say that the session has ended."""
    if request.match_info.route.name in FILES:
        return await handler(request)
    context, name = context_of(request), request.match_info.route.name
    token = request.cookies.get(context.entrance.cookie, "")
    streams = name in context.routes.streams
    live = "Pli-Live" in request.headers or streams
    session = await context.sessions.find(token, used=not live) if token else None
    if session is not None:
        request[TOKEN], request[PERSON] = token, session.person
        elsewhere = _leads_elsewhere(request, session.person)
        if elsewhere:
            return web.Response(status=204) if streams else see_other(elsewhere)
        if session.person.is_away and name not in context.routes.away | context.routes.public:
            return web.Response(status=204) if streams else see_other(AWAY_PATH)
        if session.person.owes_terms and not session.person.is_away and _asks_terms(request):
            return see_other(new_terms_path(way_back(request, request.path)))
        return await handler(request)
    if name in context.routes.public:
        return await handler(request)
    if request.method == "POST":
        raise await _came_too_late(request)
    if streams:
        return web.Response(status=204)  # the one answer that stops an EventSource from coming back
    return see_other(sign_in_path(way_back(request, request.path), context.entrance))


async def _came_too_late(request: web.Request) -> SignedOut:
    """Give what is told of a form whose session has ended, with what was typed, sealed for its writer."""
    fields = await unsent_fields(request)
    mark, drafts = fields.pop("auteur", ""), request.app.get(DRAFTS)
    carried = drafts.carry_draft(mark, TypedForm(request.path, fields)) if drafts and mark else ""
    return SignedOut(fields.get("texte", ""), carried)


def _leads_elsewhere(request: web.Request, person: SignedIn) -> str:
    """Give where somebody is led who may not act any more, or not there, for another person; empty for nowhere.

    A form is told what happened to it by its token (`webmail.csrf`).
    """
    routes, name = context_of(request).routes, request.match_info.route.name
    if request.method == "POST" or name in routes.public | routes.acting:
        return ""
    # A page that is read again must not get parts of another person's.
    mark = request.headers.get("Pli-Live", "")
    if len(mark) > 1 and mark != place_mark_of(request[TOKEN], person.place):
        return request.path
    if person.ended_for:
        return f"{RELATIVES_PATH}?fin=1"
    return OF_ONESELF if person.acts_as and name in routes.oneself else ""


def _asks_terms(request: web.Request) -> bool:
    """Say whether the terms are asked before this page: never before a form, or a part of a page that is open."""
    routes, name = context_of(request).routes, request.match_info.route.name
    if request.method not in ("GET", "HEAD") or name in routes.public | routes.unasked:
        return False
    if "Pli-Live" in request.headers or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return False
    return name in routes.agreed or READING_COOKIE not in request.cookies


@web.middleware
async def guard_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a form that comes from another site; its token is checked where it is read (`webmail.forms`)."""
    if request.method not in ("GET", "HEAD"):
        check_origin(request)
    return await handler(request)
