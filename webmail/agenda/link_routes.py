"""Links by which another calendar follows the agenda: made, shown once, ended; and what they lead to.

The secret of a link is the password of CalDAV as well (`gateway.caldav`).
"""

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.services.agenda.link_reading import LinkRefusal
from webmail.agenda.port import AGENDA
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import read_form

routes = web.RouteTableDef()
_PATH = "/agenda/abonnement"
_SENT_BEFORE = "Ce formulaire a déjà servi, ou vos liens ont changé. Regardez la liste, puis recommencez."


@routes.get(_PATH, name="agenda_links")
async def agenda_links(request: web.Request) -> web.Response:
    """List the links, and offer a new one."""
    return await _page(request)


@routes.post(_PATH, name="make_agenda_link")
async def make_agenda_link(request: web.Request) -> web.Response:
    """Make a link and show it, this once."""
    form = await read_form(request)
    seen = frozenset(form.text("vus")[:200].split())
    try:
        secret = await request.app[AGENDA].make_link(
            person_of(request).actor, says_all=bool(form.text("details")), seen=seen
        )
    except ChangedMeanwhile:
        return await _page(request, status=409, refusal=_SENT_BEFORE)
    except Conflict:
        return await _page(request, status=409, refusal="Vous avez déjà 5 liens. Supprimez-en un.")
    return await _page(request, made=secret)


@routes.post(f"{_PATH}/fin", name="end_agenda_link")
async def end_agenda_link(request: web.Request) -> web.Response:
    """End a link."""
    form = await read_form(request)
    await request.app[AGENDA].end_link(person_of(request).actor, form.text("abonnement")[:40])
    return see_other(f"{_PATH}?fait=fin#fait")


@routes.get(f"{_PATH}/fin", name="ended_agenda_link")
async def ended_agenda_link(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves this address in the browser, which may ask for it."""
    return see_other(_PATH)


@routes.get("/calendrier/{secret:[A-Za-z0-9_-]{1,100}}.ics", name="agenda_feed")
async def agenda_feed(request: web.Request) -> web.Response:
    """Give the calendar to whoever has its link: programs have no session."""
    octets = await request.app[AGENDA].feed(request.match_info["secret"], request.remote or "")
    if isinstance(octets, LinkRefusal):
        raise NotFound("there is no such link") if octets is LinkRefusal.UNKNOWN else web.HTTPTooManyRequests
    return web.Response(body=octets, content_type="text/calendar", charset="utf-8")


async def _page(request: web.Request, *, made: str = "", refusal: str = "", status: int = 200) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "agenda_links.html",
        tab="agenda",
        pulse=pulse,
        status=status,
        own_path=_PATH,
        made=made,
        origin=context_of(request).settings.origin,
        refusal=refusal,
        ended="fait" in request.query,
        links=await request.app[AGENDA].links(person_of(request).actor),
    )
