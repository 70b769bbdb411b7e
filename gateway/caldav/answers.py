"""Answers of the CalDAV face: a multistatus, an error that names its condition, and the one table of failures."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from lxml import etree

from gateway.caldav.properties import Resource, found_and_missing
from gateway.caldav.questions import CALDAV, CALENDAR_SERVER, DAV, UnsupportedFilter, WantedProperties
from gateway.domain.errors import AccessRefused, InvalidValue, NotFound, PliError
from gateway.services.incidents import frames_of, new_incident

_TIMEOUT = 30
_NAMES = {"d": DAV, "c": CALDAV, "cs": CALENDAR_SERVER}
_log = structlog.get_logger("pli.caldav")


def multistatus(
    resources: Iterable[Resource], wanted: WantedProperties, gone: Sequence[str] = (), token: str = ""
) -> web.Response:
    """Answer with what resources say (RFC 4918 §13); `gone` are paths that lead nowhere, `token` is of a sync."""
    root = etree.Element(f"{{{DAV}}}multistatus", nsmap=_NAMES)
    for one in resources:
        response = _response(root, one.path)
        found, missing = found_and_missing(one, wanted)
        _propstat(response, found, "200 OK")
        _propstat(response, missing, "404 Not Found")
    for path in gone:
        etree.SubElement(_response(root, path), f"{{{DAV}}}status").text = "HTTP/1.1 404 Not Found"
    if token:
        etree.SubElement(root, f"{{{DAV}}}sync-token").text = token
    return _xml(root, 207)


def refusal(status: int, condition: str = "", headers: Mapping[str, str] | None = None) -> web.Response:
    """Refuse; `condition` is the name of what was not met (RFC 4918 §16), as ``{namespace}name``."""
    if not condition:
        return web.Response(status=status, headers=headers)
    root = etree.Element(f"{{{DAV}}}error", nsmap=_NAMES)
    etree.SubElement(root, condition)
    return _xml(root, status, headers)


@web.middleware
async def answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure; one of ours says its incident in the log and nothing to the program."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await handler(request)
    except NotFound:
        return refusal(404)
    except AccessRefused:
        return refusal(403, f"{{{DAV}}}need-privileges")
    except UnsupportedFilter:
        return refusal(403, f"{{{CALDAV}}}supported-filter")
    except InvalidValue:
        return refusal(400)
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return refusal(error.status, headers=allowed)
    except (PliError, TimeoutError) as error:
        return _failed(error, 503)
    except Exception as error:  # noqa: BLE001 - the edge answers everything, here and nowhere else
        return _failed(error, 500)


def _failed(error: Exception, status: int) -> web.Response:
    incident = new_incident()
    _log.error("caldav.failed", incident=incident, status=status, error=type(error).__name__, frames=frames_of(error))
    return refusal(status, headers={"Retry-After": "60"} if status == 503 else None)


def _response(root: etree._Element, path: str) -> etree._Element:
    response = etree.SubElement(root, f"{{{DAV}}}response")
    etree.SubElement(response, f"{{{DAV}}}href").text = path
    return response


def _propstat(response: etree._Element, properties: Sequence[etree._Element], status: str) -> None:
    if not properties:
        return
    propstat = etree.SubElement(response, f"{{{DAV}}}propstat")
    etree.SubElement(propstat, f"{{{DAV}}}prop").extend(properties)
    etree.SubElement(propstat, f"{{{DAV}}}status").text = f"HTTP/1.1 {status}"


def _xml(root: etree._Element, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    octets = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return web.Response(
        body=octets, status=status, content_type="application/xml", charset="utf-8", headers=headers
    )
