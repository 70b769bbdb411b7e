"""Tell open pages that something changed, as server-sent events (E66).

An event says how many messages are unread and documents new, never what they are. A page names the revision
it shows, and every change after that one is told, so nothing falls between the page and its subscription. The
stream ends with the session, with the server, or with the browser.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

import orjson
from aiohttp import web

from gateway.domain.account import digest_of
from webmail.context import STARTED, TOKEN, Context, context_of, person_of
from webmail.pulse import LIVE, Pulse

routes = web.RouteTableDef()


@routes.get("/evenements", name="live", allow_head=False)
async def live(request: web.Request) -> web.StreamResponse:
    """Stream the pulses that follow revision ``depuis``, or the last one the browser has seen."""
    context = context_of(request)
    since = request.headers.get("Last-Event-ID") or request.query.get("depuis", "")
    if not since.isascii() or not since.isdigit() or len(since) > 18:
        raise web.HTTPBadRequest
    with _one_of_few(context, digest_of(request[TOKEN])):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        request[STARTED] = response
        await response.write(b"retry: 3000\n\n")
        async with aclosing(request.app[LIVE].changes(person_of(request).actor, int(since))) as pulses:
            await _follow(request, response, pulses)
    return response


@contextmanager
def _one_of_few(context: Context, session: bytes) -> Iterator[None]:
    if context.live.get(session, 0) >= context.settings.live_connections:
        raise web.HTTPTooManyRequests
    context.live[session] = context.live.get(session, 0) + 1
    try:
        yield
    finally:
        context.live[session] -= 1
        if not context.live[session]:
            del context.live[session]


async def _follow(request: web.Request, response: web.StreamResponse, pulses: AsyncGenerator[Pulse, None]) -> None:
    context = context_of(request)
    interval = context.settings.live_interval.total_seconds()
    async with asyncio.TaskGroup() as group:
        closing = group.create_task(context.closing.wait())
        following = group.create_task(_next(pulses))
        try:
            while not context.closing.is_set():
                await asyncio.wait({closing, following}, timeout=interval, return_when=asyncio.FIRST_COMPLETED)
                if following.done():
                    pulse = following.result()
                    if pulse is None or not await _stands(request):
                        break
                    await response.write(event_of(pulse))
                    following = group.create_task(_next(pulses))
                elif not closing.done():
                    # Silence: see whether the session still stands, and whether the browser is still there.
                    if not await _stands(request):
                        await response.write(b"event: fin\ndata: {}\n\n")
                        break
                    await response.write(b":\n\n")
        except ConnectionError:
            return  # the browser left: nothing to tell anybody
        finally:
            closing.cancel()
            following.cancel()


async def _stands(request: web.Request) -> bool:
    """Say whether the session is open, and still acts in the same space."""
    session = await context_of(request).sessions.find(request[TOKEN], used=False)
    return session is not None and session.person.actor == person_of(request).actor


async def _next(pulses: AsyncGenerator[Pulse, None]) -> Pulse | None:
    return await anext(pulses, None)


def event_of(pulse: Pulse) -> bytes:
    """Write a pulse as one event."""
    data = orjson.dumps({"unread": pulse.unread, "documents": pulse.new_documents})
    return b"id: %d\nevent: pulse\ndata: %s\n\n" % (pulse.revision, data)
