"""The CalDAV face, below ``/caldav/``: a calendar program reads a patient's agenda (RFC 4791), and changes nothing.

The password is the secret of a link that the patient made in « Agenda »; whatever stands as the user's name is not
looked at. Never the password of the space: programs of calendars keep what they are given.
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.caldav.answers import answer_failures, multistatus, refusal
from gateway.caldav.properties import CALENDAR, ROOT, Resource, ResourceKind, sync_token
from gateway.caldav.questions import (
    CALDAV,
    DAV,
    MAX_OCTETS,
    CalendarMultiget,
    CalendarQuery,
    SyncCollection,
    WantedProperties,
    report_in,
    wanted_in,
)
from gateway.domain.agenda.events import instant_at
from gateway.domain.agenda.occurrences import over_at
from gateway.domain.errors import NotFound
from gateway.services.agenda.link_reading import (
    LinkedTime,
    LinkReading,
    LinkRefusal,
    OpenLink,
    collection_mark,
)

_READING = web.AppKey("reading", LinkReading)
_LINK = web.RequestKey("link", OpenLink)
_ALLOWED = "OPTIONS, GET, HEAD, PROPFIND, REPORT"
_CHALLENGE = 'Basic realm="Pli agenda", charset="UTF-8"'
_DATA = f"{{{CALDAV}}}calendar-data"
_WRITING = frozenset({"PUT", "POST", "DELETE", "PATCH", "PROPPATCH", "MKCALENDAR", "MKCOL", "MOVE", "COPY", "LOCK"})
_EVENT = CALENDAR + r"{name:[0-9a-f]{1,16}-[0-9]{1,3}}.ics"
routes = web.RouteTableDef()


def make_app(reading: LinkReading) -> web.Application:
    """Make the application."""
    app = web.Application(middlewares=[answer_failures, _basic], client_max_size=MAX_OCTETS)
    app[_READING] = reading
    app.add_routes(routes)
    app.on_response_prepare.append(_add_headers)
    return app


def make_discovery() -> web.Application:
    """Make what leads programs that know the host alone to the face (RFC 6764 §5)."""
    app = web.Application(middlewares=[answer_failures])
    app.router.add_route("*", "/caldav", _lead)
    app.on_response_prepare.append(_add_headers)
    return app


async def _lead(_request: web.Request) -> web.Response:
    return web.Response(status=301, headers={"Location": ROOT})


# ---------------------------------------------------------------- methods


@routes.route("PROPFIND", "/")
async def propfind_root(request: web.Request) -> web.Response:
    """Say what the root is, and with a depth its one calendar."""
    wanted = wanted_in(await request.read())
    found = [Resource(kind=ResourceKind.ROOT, path=ROOT)]
    if _depth(request) > 0:
        found.append(_calendar(await _reading(request).names(request[_LINK])))
    return multistatus(found, wanted)


@routes.route("PROPFIND", "/sante/")
async def propfind_calendar(request: web.Request) -> web.Response:
    """Say what the calendar is, and with a depth which events it has; what they say is for a REPORT."""
    wanted = wanted_in(await request.read())
    times = await _reading(request).names(request[_LINK])
    events = [_event(one) for one in times] if _depth(request) > 0 else []
    return multistatus([_calendar(times), *events], wanted)


@routes.route("PROPFIND", _EVENT.removeprefix("/caldav"))
async def propfind_event(request: web.Request) -> web.Response:
    """Say what an event is."""
    wanted = wanted_in(await request.read())
    name = request.match_info["name"]
    found = [_event(one) for one in await _reading(request).names(request[_LINK]) if one.name == name]
    return multistatus(found, wanted) if found else refusal(404)


@routes.route("REPORT", "/sante/")
async def report(request: web.Request) -> web.Response:
    """Give events by time, by name, or those of a changed calendar."""
    asked = report_in(await request.read())
    if isinstance(asked, CalendarQuery):
        times = [one for one in await _read(request) if _lies_in(request, one, asked)]
        return multistatus(await _events(request, times, asked.wanted), asked.wanted)
    if isinstance(asked, CalendarMultiget):
        names = {path: _name(path) for path in asked.paths}
        times = await _reading(request).read(request[_LINK], "caldav", {name for name in names.values() if name})
        known = {one.name for one in times}
        # Encoded again: what was decoded may hold what no XML can.
        gone = [quote(path) for path, name in names.items() if name not in known]
        return multistatus(await _events(request, times, asked.wanted), asked.wanted, gone)
    if isinstance(asked, SyncCollection):
        return await _sync(request, asked)
    return refusal(403, f"{{{DAV}}}supported-report")


async def _sync(request: web.Request, asked: SyncCollection) -> web.Response:
    """Tell all to whoever comes for the first time, and whether anything changed to who comes again.

    What was there before is not kept, so who holds an older state is asked to begin anew (RFC 6578 §3.2).
    """
    if asked.token:
        token = sync_token(collection_mark(await _reading(request).names(request[_LINK])))
        same = asked.token == token
        return multistatus([], asked.wanted, token=token) if same else refusal(403, f"{{{DAV}}}valid-sync-token")
    times = await _read(request)
    token = sync_token(collection_mark(times))
    return multistatus(await _events(request, times, asked.wanted), asked.wanted, token=token)


@routes.get(_EVENT.removeprefix("/caldav"))
async def event(request: web.Request) -> web.Response:
    """Give an event; nothing of it when the program has what there is (RFC 9110 §13.1.2)."""
    reading, link = _reading(request), request[_LINK]
    found = await reading.read(link, "caldav", {request.match_info["name"]})
    if not found:
        raise NotFound("there is no such event")
    tag = f'"{found[0].mark}"'
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": tag})
    (octets,) = await reading.written(link, found)
    return web.Response(body=octets, content_type="text/calendar", charset="utf-8", headers={"ETag": tag})


@routes.route("*", "/{rest:.*}")
async def anything_else(request: web.Request) -> web.Response:
    """Say what may be done; whatever would change something is refused."""
    if request.method == "OPTIONS":
        return web.Response(headers={"Allow": _ALLOWED, "DAV": "1, calendar-access"})
    if request.method in _WRITING:
        return refusal(403, f"{{{DAV}}}need-privileges")
    if request.method in ("PROPFIND", "REPORT"):
        return refusal(404)
    return refusal(405, headers={"Allow": _ALLOWED})


# ---------------------------------------------------------------- questions and resources


def _reading(request: web.Request) -> LinkReading:
    return request.app[_READING]


async def _read(request: web.Request) -> list[LinkedTime]:
    return await _reading(request).read(request[_LINK], "caldav")


async def _events(request: web.Request, times: Sequence[LinkedTime], wanted: WantedProperties) -> list[Resource]:
    says = wanted.names is not None and _DATA in wanted.names
    written = await _reading(request).written(request[_LINK], times) if says else [None] * len(times)
    return [_event(one, octets) for one, octets in zip(times, written, strict=True)]


def _calendar(times: Sequence[LinkedTime]) -> Resource:
    return Resource(kind=ResourceKind.CALENDAR, path=CALENDAR, mark=collection_mark(times))


def _event(one: LinkedTime, octets: bytes | None = None) -> Resource:
    return Resource(kind=ResourceKind.EVENT, path=f"{CALENDAR}{one.name}.ics", mark=one.mark, octets=octets)


def _name(path: str) -> str:
    inside = path.startswith(CALENDAR) and path.endswith(".ics")
    return path.removeprefix(CALENDAR).removesuffix(".ics") if inside else ""


def _depth(request: web.Request) -> int:
    """Read how far a PROPFIND reaches; without a bound as far as there is anything (RFC 4918 §10.2)."""
    return 0 if request.headers.get("Depth", "infinity").strip() == "0" else 1


def _lies_in(request: web.Request, one: LinkedTime, asked: CalendarQuery) -> bool:
    """Say whether an event overlaps a time range (RFC 4791 §9.9)."""
    if asked.is_empty:
        return False
    time, zone = one.time.time, _reading(request).zone
    start = instant_at(time.start, zone)
    end = over_at(time, zone)
    return (asked.end is None or start < asked.end) and (asked.start is None or end > asked.start)


# ---------------------------------------------------------------- around every handler


@web.middleware
async def _basic(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the link whose secret is the password (RFC 7617)."""
    secret = _secret(request.headers.get("Authorization", ""))
    found = await _reading(request).opened(secret, request.remote or "") if secret else LinkRefusal.UNKNOWN
    if found is LinkRefusal.TOO_OFTEN:
        return refusal(429, headers={"Retry-After": "60"})
    if found is LinkRefusal.UNKNOWN:
        return refusal(401, headers={"WWW-Authenticate": _CHALLENGE})
    request[_LINK] = found
    return await handler(request)


def _secret(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic" or len(given) > 1000:
        return ""
    try:
        _, colon, secret = b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return secret if colon else ""


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["DAV"] = "1, calendar-access"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers.pop("Server", None)
