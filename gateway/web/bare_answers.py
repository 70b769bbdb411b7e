"""What is answered below the pages: to octets that are no request, and when an application itself has failed.

aiohttp answers such things before any route is looked for: with its own words, its name and the version of Python. Here
they get a fixed sentence and the headers of every answer. Part of the composition root; knows no page.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from aiohttp import web

from gateway.services.incidents import frames_of, new_incident
from gateway.web.connection import AIOHTTP_WAITS, EndOfRequests

_log = structlog.get_logger("pli.web")
_NOT_UNDERSTOOD = "Demande incomprise : ce n’est pas une demande HTTP bien formée.\n"
_FAILED = "Une erreur est survenue. Elle vient de nous, pas de vous. Réessayez dans un moment.\nIncident {incident}\n"


def protocols_of(
    server: web.Server, headers: Mapping[str, str], access_log: Any  # Any: a logger, of any library
) -> Callable[[], web.RequestHandler]:
    """Give what makes the protocol of each connection; `server` runs the requests."""
    return lambda: _Http(server, headers, access_log)


class _Http(web.RequestHandler):
    """aiohttp's protocol, which keeps its own words and its name to itself."""

    def __init__(self, server: web.Server, headers: Mapping[str, str], access_log: Any) -> None:  # Any: a logger
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log_class=EndOfRequests,
            access_log=access_log,
            keepalive_timeout=AIOHTTP_WAITS,
        )
        self._headers_of_all = headers

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it may quote what was sent
    ) -> web.StreamResponse:
        """Answer in fixed words, and end the connection: where its next request begins is not known."""
        incident = ""
        if status >= 500:
            incident = new_incident()
            frames = frames_of(exc) if exc is not None else []
            _log.error("web.failed", incident=incident, status=status, error=type(exc).__name__, frames=frames)
        else:
            _log.info("web.not_understood", status=status, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun: nothing more can be said")
        text = _FAILED.format(incident=incident) if incident else _NOT_UNDERSTOOD
        answer = _BareAnswer(status=status, text=text, headers=self._headers_of_all)
        answer.force_close()
        return answer

    def log_exception(self, *_: object, exc_info: object = None, **__: object) -> None:
        """Log where it happened: aiohttp's own words quote values."""
        frames = frames_of(exc_info) if isinstance(exc_info, BaseException) else []
        _log.error("web.failed", error=type(exc_info).__name__, frames=frames)


class _BareAnswer(web.Response):
    """An answer without the name of what gives it; no application's signal reaches one of this kind."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.pop("Server", None)
