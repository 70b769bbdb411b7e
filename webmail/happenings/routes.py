"""« Nouveautés »: what happened in a space, newest first (E30)."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

from aiohttp import web

from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.happenings.port import NEWS

routes = web.RouteTableDef()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@routes.get("/nouveautes", name="news")
async def news(request: web.Request) -> web.Response:
    """List what happened, by day."""
    context, pulse = context_of(request), await pulse_of(request)
    items = await request.app[NEWS].news(person_of(request).actor)
    say = context.pages.speech(context.clock.now())
    return page(
        request,
        "news.html",
        tab="nouveautes",
        pulse=pulse,
        days=[(day, list(found)) for day, found in groupby(items, key=lambda item: say.heading(item.at))],
        unread=sum(item.is_unread for item in items),
        until=(items[0].at - _EPOCH) // _MICROSECOND if items else 0,
    )


@routes.post("/nouveautes", name="mark_news")
async def mark_news(request: web.Request) -> web.Response:
    """Mark as read what the page has shown."""
    form = await read_form(request)
    text = form.text("jusque")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise web.HTTPBadRequest
    await request.app[NEWS].mark_news_read(person_of(request).actor, _EPOCH + int(text) * _MICROSECOND)
    return see_other("/nouveautes")
