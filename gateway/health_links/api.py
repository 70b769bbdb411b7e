"""SMART Health Links answered over HTTP (HL7 SHL STU1): a manifest by POST, its file by GET, both without a session.

Viewers are programs of any origin, so every answer says that any may read it; no cookie is looked at.
"""

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.errors import NotFound, PliError
from gateway.services.sharing.health_links import HealthLinks, ReadTooOften, WrongPasscode

log = structlog.get_logger("pli.shares")
MAX_REQUEST = 4 * 1024
_LINK = "{secret:[A-Za-z0-9_-]{43}}"
_LINKS = web.AppKey("links", HealthLinks)
_PLACE = web.AppKey("place", str)
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
routes = web.RouteTableDef()


def make_app(links: HealthLinks, place: str) -> web.Application:
    """Make the application; `place` is its address as others see it, with a final slash."""
    app = web.Application(middlewares=[_answer_failures], client_max_size=MAX_REQUEST)
    app[_LINKS], app[_PLACE] = links, place
    app.add_routes(routes)
    app.on_response_prepare.append(_add_headers)
    return app


@routes.post(f"/{_LINK}", name="shl_manifest")
async def manifest(request: web.Request) -> web.Response:
    """Answer with the manifest, or with the tries that are left (§ SMART Health Link Manifest Request)."""
    asked = _asked(await request.read())
    secret, recipient = request.match_info["secret"], asked.get("recipient")
    if not isinstance(recipient, str) or not recipient.strip():
        return _json(400, {"error": "recipient is required"})
    longest = asked.get("embeddedLengthMax")
    if longest is not None and (not isinstance(longest, int) or isinstance(longest, bool) or longest < 0):
        return _json(400, {"error": "embeddedLengthMax is a number of characters"})
    passcode = asked.get("passcode", "")
    found = await request.app[_LINKS].open(secret, passcode if isinstance(passcode, str) else "", recipient)
    if isinstance(found, ReadTooOften):
        return _too_often()
    if isinstance(found, WrongPasscode):
        return _json(401, {"remainingAttempts": found.remaining})
    file: dict[str, object] = {
        "contentType": "application/fhir+json",
        "fhirVersion": "4.0.1",
        "status": "finalized",
        "lastUpdated": found.made.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    if longest is None or len(found.jwe) <= longest:
        file["embedded"] = found.jwe
    else:
        file["location"] = f"{request.app[_PLACE]}{secret}/{found.ticket}"
    return _json(200, {"files": [file]})


@routes.get(f"/{_LINK}/{{ticket:[A-Za-z0-9_-]{{43}}}}", name="shl_file")
async def shared_file(request: web.Request) -> web.Response:
    """Give the file once, within minutes of its manifest (§ .files.location links)."""
    jwe = await request.app[_LINKS].fetch(request.match_info["secret"], request.match_info["ticket"])
    if isinstance(jwe, ReadTooOften):
        return _too_often()
    return web.Response(body=jwe.encode(), content_type="application/jose")


@routes.options("/{any:.*}", name="shl_preflight")
async def preflight(_request: web.Request) -> web.Response:
    """Let viewers of other origins ask."""
    allowed = {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "content-type"}
    return web.Response(status=204, headers=allowed)


def _asked(octets: bytes) -> dict[str, object]:
    try:
        asked = orjson.loads(octets)
    except orjson.JSONDecodeError as error:
        raise web.HTTPBadRequest from error
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest
    return asked


def _too_often() -> web.Response:
    answer = _json(429, {"error": "this link is asked for too often"})
    answer.headers["Retry-After"] = "60"
    return answer


def _json(status: int, said: dict[str, object]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(said), content_type="application/json")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


@web.middleware
async def _answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what went wrong into a status; nothing else is told."""
    try:
        return await handler(request)
    except NotFound:
        return _json(404, {"error": "no such link"})
    except web.HTTPException as error:
        return _json(error.status, {"error": error.reason})
    except PliError as error:
        log.warning("share.failed", reason=error.code)
        return _json(503, {"error": "try again later"})
