"""The IMAP listener: accepts connections within limits, owns every task they need, says BYE at the end.

TLS runs from the first octet. Sockets are accepted here rather than by the loop, so that a connection counts
from its first packet, handshake included.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog

from gateway.imap.channel import Budget
from gateway.imap.session import Session, Surroundings
from gateway.imap.settings import ImapSettings
from gateway.imap.verbs import VERBS
from gateway.services.mailbox import Mailboxes
from gateway.services.throttle import SignInThrottle

_log = structlog.get_logger("pli.imap")


class ImapServer:
    """Serve inside ``async with``; on exit every client is told, and what was being committed is.

    Attributes:
        sessions: the connections that talk now, handshakes not counted.
    """

    def __init__(self, mailboxes: Mailboxes, settings: ImapSettings, context: ssl.SSLContext) -> None:
        """Bind; a certificate renewed in `context` counts from the next connection on."""
        throttle = SignInThrottle(
            settings.max_auth_failures,
            settings.auth_failure_delay.total_seconds(),
            settings.auth_failure_window.total_seconds(),
        )
        self.settings = settings
        self.sessions: set[Session] = set()
        self._context = context
        self._around = Surroundings(mailboxes, settings, throttle, Budget(settings.max_in_flight_bytes))
        self._listening: list[socket.socket] = []
        self._accepting: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._connections: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """Give the port bound, which the settings may have left to the system."""
        return int(self._listening[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        """Listen."""
        self._listening = await _listen(self.settings.host, self.settings.port)
        for listener in self._listening:
            self._keep(self._accepting, self._accept(listener))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no new connection, say BYE to those that wait, give commands under way their time."""
        await _cancelled(self._accepting)
        for listener in self._listening:
            listener.close()
        for session in self.sessions:
            session.channel.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.drain_timeout.total_seconds()):
                while self._serving:
                    await asyncio.wait(self._serving)
        if self._serving:
            _log.warning("imap_drain_cut", sessions=len(self._serving))
        await _cancelled(self._serving)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, address = await loop.sock_accept(listener)
            except OSError as error:
                # Out of descriptors, or a client that left before it was accepted: the listener lives on.
                _log.error("imap_accept_failed", errno=error.errno)
                await asyncio.sleep(0.1)
                continue
            if not self._has_place(address[0]):
                client.close()
                continue
            # Nagle would hold an answer back for the client's delayed acknowledgement.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections[address[0]] += 1
            self._keep(self._serving, self._serve(client, address[0]))

    def _has_place(self, ip: str) -> bool:
        settings = self.settings
        crowded = self._connections[ip] >= settings.max_connections_per_address
        return not crowded and self._connections.total() < settings.max_connections

    async def _serve(self, client: socket.socket, ip: str) -> None:
        session = Session(self._around, ip, VERBS)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: session.channel,
                client,
                ssl=self._context,
                ssl_handshake_timeout=self.settings.handshake_timeout.total_seconds(),
                ssl_shutdown_timeout=self.settings.linger.total_seconds(),
            )
            self.sessions.add(session)
            await session.serve()
        except OSError as error:
            fault = (error.reason if isinstance(error, ssl.SSLError) else None) or type(error).__name__
            _log.info("imap_handshake_failed", connection=session.id, fault=fault)
        except Exception:  # noqa: BLE001 - the edge's last resort: the client is gone, the fault must not be
            _log.exception("imap_session_failed", connection=session.id)
        finally:
            self.sessions.discard(session)
            session.channel.abort()
            self._connections[ip] -= 1
            if not self._connections[ip]:
                del self._connections[ip]

    @staticmethod
    def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        # Any: what a coroutine sends and takes.
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Bind every address of `host`, to one port; with the protocol named, or asyncio leaves Nagle on."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            listener = socket.socket(family, kind, protocol)
            sockets.append(listener)
            listener.setblocking(False)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address[0], port, *address[2:]))
            port = listener.getsockname()[1]
            listener.listen(512)
    except OSError:
        for listener in sockets:
            listener.close()
        raise
    return sockets


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel and wait; the tasks' own failures have been answered already."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
