"""One connection of the web listener: aiohttp speaks HTTP on it, and here is how long a client may take over it.

aiohttp itself waits an hour for a request, and for ever for a client that reads nothing. Part of the composition
root; knows no page.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

import structlog
from aiohttp import StreamReader, web
from aiohttp.abc import AbstractAccessLogger

from gateway.listening import octets_acknowledged, octets_queued

_log = structlog.get_logger("pli.web")
AIOHTTP_WAITS: Final = 86_400.0
"""Longer than any time-out here: it is not aiohttp that ends connections."""
_FAREWELL: Final = timedelta(seconds=1)
"""How long a client that has read everything may take to close its side, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """What a client of the web may take.

    Attributes:
        max_connections: over all addresses.
        max_connections_per_address: from one IPv4 address or IPv6 /64; a household, or a company behind one address.
        header_timeout: from the connection, or the first octet of a later request, to the end of its head.
        keep_alive: how long a connection may be without a request.
        window: octets of a request's body, or of a response that the client must take, are counted over such a time.
        min_rate: octets per second, over each window; a client that is slower is cut.
        handshake_timeout: the TLS handshake.
        linger: how long a closed connection may take to send what is left, at `min_rate`.
        drain_timeout: at shutdown, how long requests under way may take.
    """

    max_connections: int = 2_000
    max_connections_per_address: int = 200
    header_timeout: timedelta = timedelta(seconds=10)
    keep_alive: timedelta = timedelta(seconds=60)
    window: timedelta = timedelta(seconds=30)
    min_rate: int = 500
    handshake_timeout: timedelta = timedelta(seconds=10)
    linger: timedelta = timedelta(minutes=5)
    drain_timeout: timedelta = timedelta(seconds=10)


class WebTalk(asyncio.Protocol):
    """Stands between a transport and aiohttp's protocol, and minds the time of each request.

    Attributes:
        id: random hexadecimal name, for log lines.
    """

    def __init__(self, http: web.RequestHandler, client: socket.socket, limits: WebLimits) -> None:
        self.id = secrets.token_hex(6)
        self._http = http
        self._client = client
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._lost = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._idle = True
        self._draining = False
        self._body: StreamReader | None = None
        self._received = 0

    # ---- called by the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        # Both loops make stream transports here, but uvloop's do not inherit asyncio's class.
        self._transport = cast(asyncio.Transport, transport)
        self._http.connection_made(transport)
        self._wait("head", self._limits.header_timeout, self._no_request)

    def data_received(self, data: bytes) -> None:
        """Count; what comes between requests begins one, and its head must end soon."""
        self._received += len(data)
        if self._idle and self._body is not None and self._body.is_eof():
            self._body = None
        if self._idle and self._body is None:
            self._idle = False
            self._wait("head", self._limits.header_timeout, self._no_request)
        self._http.data_received(data)

    def eof_received(self) -> None:
        """Let aiohttp know; TLS cannot stay half open."""
        self._http.eof_received()

    def pause_writing(self) -> None:
        """Mind how fast the client reads."""
        self._http.pause_writing()
        self._mind_reading()

    def resume_writing(self) -> None:
        """Go on with it."""
        self._stop("reading")
        self._http.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        """End; aiohttp cancels the request under way."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._http.connection_lost(error)
        if not self._lost.done():
            self._lost.set_result(None)

    # ---- called by the server of requests

    def begun(self, body: StreamReader) -> None:
        """Take note that the head of a request has been read."""
        self._stop("head")
        self._idle = False
        self._body = body
        if not body.is_eof():
            self._mind_body()

    def ended(self, *, keep_alive: bool) -> None:
        """Take note that a response has been written; what is left of the request's body may still come."""
        self._stop("body")
        self._idle = True
        if self._draining:
            self._close()
        else:
            limits = self._limits
            self._wait("head", limits.keep_alive if keep_alive else limits.header_timeout, self._no_request)

    # ---- called by the listener

    @property
    def protocol(self) -> asyncio.Protocol:
        """Take the octets of the connection oneself."""
        return self

    async def serve(self) -> None:
        """Wait for the end of the connection; aiohttp runs the requests."""
        await self._lost

    def drain(self) -> None:
        """Close after the request under way, or at once."""
        self._draining = True
        if self._idle:
            self._close()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    # ---- inside

    def _close(self) -> None:
        if self._transport is None:
            return
        self._transport.close()
        before = octets_acknowledged(self._client)

        def look() -> None:
            if octets_acknowledged(self._client) == before and not octets_queued(self._client):
                self.abort()
            else:
                self._close()

        if "reading" not in self._timers:
            self._mind_reading()
        self._wait("farewell", _FAREWELL, look)

    def _wait(self, what: str, time: timedelta, then: Callable[[], None]) -> None:
        self._stop(what)
        self._timers[what] = self._loop.call_later(time.total_seconds(), then)

    def _stop(self, what: str) -> None:
        timer = self._timers.pop(what, None)
        if timer is not None:
            timer.cancel()

    def _no_request(self) -> None:
        self._stop("head")
        if not self._idle:
            self._cut("head")
        elif octets_queued(self._client):
            # The last response is still on its way to a client that reads slowly.
            self._mind_reading()
        else:
            self._close()

    def _mind_body(self) -> None:
        before, limits = self._received, self._limits

        def look() -> None:
            if self._body is None or self._body.is_eof():
                return
            # While reading is paused, it is not the client who is slow.
            held = self._transport is None or not self._transport.is_reading()
            if held or self._received - before >= limits.min_rate * limits.window.total_seconds():
                self._mind_body()
            else:
                self._cut("body")

        self._wait("body", limits.window, look)

    def _mind_reading(self) -> None:
        before, limits = octets_acknowledged(self._client), self._limits

        def look() -> None:
            if octets_acknowledged(self._client) - before >= limits.min_rate * limits.window.total_seconds():
                self._mind_reading()
            elif octets_queued(self._client):
                self._cut("reading")
            else:
                self._stop("reading")
                if self._idle:
                    self._close()

        self._wait("reading", limits.window, look)

    def _cut(self, slow: str) -> None:
        _log.info("web.too_slow", connection=self.id, part=slow)
        self.abort()


class EndOfRequests(AbstractAccessLogger):
    """aiohttp's access log, which is not written: it tells when a response has gone out."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:  # noqa: ARG002
        """Tell the connection."""
        talk = _talk_of(request.transport)
        if talk is not None:
            talk.ended(keep_alive=bool(response.keep_alive))


def telling_connections(server: web.Server) -> web.Server:
    """Make a server tell the connection when it begins with a request."""
    make = server.request_factory

    def begin(*parts: object) -> web.BaseRequest:
        request: web.BaseRequest = make(*parts)  # type: ignore[arg-type]  # what aiohttp gave
        talk = _talk_of(request.transport)
        if talk is not None:
            talk.begun(request.content)
        return request

    server.request_factory = begin
    return server


def _talk_of(transport: asyncio.Transport | None) -> WebTalk | None:
    found = None if transport is None else transport.get_protocol()
    return found if isinstance(found, WebTalk) else None
