"""The one table that turns what went wrong into an OperationOutcome, and the one place that catches everything."""

import asyncio
from collections.abc import Mapping

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.errors import AccessRefused, InvalidValue, NotFound, PliError
from gateway.fhir import resources
from gateway.services.incidents import frames_of, new_incident

MEDIA_TYPE = "application/fhir+json"
STARTED = web.RequestKey("started", bool)
"""Whether the headers of an answer have gone out."""
_TIMEOUT = 30
_log = structlog.get_logger("pli.fhir")
_BY_STATUS = {404: "not-found", 405: "not-supported", 413: "too-long"}


def answer(resource: resources.Resource, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with a resource."""
    return web.Response(
        body=orjson.dumps(resource), status=status, content_type=MEDIA_TYPE, charset="utf-8", headers=headers
    )


def outcome(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with an `OperationOutcome`; `code` is one of FHIR's issue types."""
    return answer(resources.operation_outcome(code, text), status, headers)


@web.middleware
async def answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with an OperationOutcome; a failure of ours says its incident and nothing else."""
    try:
        async with asyncio.timeout(_TIMEOUT if not request.path.startswith("/fhir/Binary/") else None):
            return await handler(request)
    except NotFound:
        return outcome(404, "not-found", "There is no such resource.")
    except AccessRefused:
        return outcome(403, "forbidden", "This token does not allow that.")
    except InvalidValue as error:
        return outcome(400, "invalid", f"{error}.")
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return outcome(error.status, _BY_STATUS.get(error.status, "invalid"), error.reason, allowed)
    except (PliError, TimeoutError) as error:
        return _failed(request, error, 503)
    except Exception as error:  # noqa: BLE001 - the edge answers everything, here and nowhere else
        return _failed(request, error, 500)


def _failed(request: web.Request, error: Exception, status: int) -> web.StreamResponse:
    incident = new_incident()
    _log.error("fhir.failed", incident=incident, status=status, error=type(error).__name__, frames=frames_of(error))
    if request.get(STARTED) and request.transport is not None:
        # Headers are gone: a cut connection is the only honest way to say that the rest will not come.
        request.transport.abort()
    if status == 503:
        return outcome(503, "transient", "Not available now; try again later.", {"Retry-After": "60"})
    return outcome(500, "exception", f"Incident {incident}.")
