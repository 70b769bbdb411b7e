"""The SMTP listeners: accepts connections within limits, owns every task they need, drains at the end.

Three doors over one session class: relay (STARTTLS with client certificates), submission (implicit TLS) and
submission by STARTTLS. Sockets are accepted here rather than by the loop, so that a connection counts from
its first packet, TLS handshake included.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

from gateway.services.intake import Intake, Receipt
from gateway.services.throttle import SignInThrottle
from gateway.smtp import replies
from gateway.smtp.channel import handshake_fault
from gateway.smtp.data import Budget
from gateway.smtp.doors import Door, Surroundings, TlsRoles
from gateway.smtp.session import Session
from gateway.smtp.settings import SmtpSettings

T = TypeVar("T")
_log = structlog.get_logger("pli.smtp")


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports bound; None where the door is left out."""

    relay: int | None
    submission: int | None
    submission_starttls: int | None


class SmtpServer:
    """Serve inside ``async with``; on exit no message that was being committed is lost.

    Attributes:
        ports: the ports bound, which the settings may have left to the system.
        sessions: the connections that talk now, handshakes not counted.
        budget: octets of content held now.
    """

    def __init__(self, intake: Intake, settings: SmtpSettings, tls: TlsRoles) -> None:
        # aiosmtpd prints addresses at INFO and passwords at DEBUG.
        logging.getLogger("mail.log").disabled = True
        self.settings = settings
        self.ports = Ports(None, None, None)
        self.sessions: set[Session] = set()
        self.budget = Budget(settings.max_in_flight_bytes)
        throttle = SignInThrottle(
            settings.max_auth_failures,
            settings.auth_failure_delay.total_seconds(),
            settings.auth_failure_window.total_seconds(),
        )
        self._around = Surroundings(intake, settings, tls, self.budget, throttle, self._own)
        self._draining = False
        self._listening: dict[Door, list[socket.socket]] = {}
        self._accepting: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._committing: set[asyncio.Task[Receipt]] = set()
        self._connections: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        """Listen on every door that the settings name."""
        wanted = self.settings.relay_port, self.settings.submission_port, self.settings.starttls_port
        try:
            for door, port in zip(Door, wanted, strict=True):
                if port is not None:
                    self._listening[door] = await _listen(self.settings.host, port)
        except OSError:
            self._close_listeners()
            raise
        bound = {door: sockets[0].getsockname()[1] for door, sockets in self._listening.items()}
        self.ports = Ports(*(bound.get(door) for door in Door))
        for door, sockets in self._listening.items():
            for listener in sockets:
                self._keep(self._accepting, self._accept(door, listener))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Drain: no new connection, 421 to those that wait, time for those that have a message in hand.

        Idempotent; takes `drain_timeout` at most.
        """
        await _cancelled(self._accepting)
        self._close_listeners()
        self._draining = True
        for session in self.sessions:
            session.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.drain_timeout.total_seconds()):
                while waiting := self._serving | self._committing:
                    await asyncio.wait(waiting)
        if self._serving or self._committing:
            _log.warning("smtp_drain_cut", sessions=len(self._serving), commits=len(self._committing))
        for session in self.sessions:
            session.abort()
        await _cancelled(self._serving)
        await _cancelled(self._committing)

    def _close_listeners(self) -> None:
        for sockets in self._listening.values():
            for listener in sockets:
                listener.close()

    async def _accept(self, door: Door, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, address = await loop.sock_accept(listener)
            except OSError as error:
                # Out of descriptors, or a client that left before it was accepted: the listener lives on.
                _log.error("smtp_accept_failed", door=door.value, errno=error.errno)
                await asyncio.sleep(0.1)
                continue
            ip = address[0]
            if not self._has_place(ip):
                _turn_away(client, door)
                continue
            # Nagle would hold a reply back for the client's delayed acknowledgement, 40 ms a message.
            with suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections[ip] += 1
            self._keep(self._serving, self._serve(door, client, ip))

    def _has_place(self, ip: str) -> bool:
        settings = self.settings
        crowded = self._connections[ip] >= settings.max_connections_per_address
        return not crowded and self._connections.total() < settings.max_connections

    async def _serve(self, door: Door, client: socket.socket, ip: str) -> None:
        session = Session(self._around, door, ip)
        try:
            early = b"" if door.implicit_tls else _spoken(client)
            if await self._connect(session, client):
                self.sessions.add(session)
                if self._draining:
                    session.drain()
                await session.serve(early)
        finally:
            self.sessions.discard(session)
            session.abort()
            self._connections[ip] -= 1
            if not self._connections[ip]:
                del self._connections[ip]

    async def _connect(self, session: Session, client: socket.socket) -> bool:
        loop, door = asyncio.get_running_loop(), session.door
        try:
            if door.implicit_tls:
                await loop.connect_accepted_socket(
                    lambda: session, client, ssl=self._around.tls.context(door),
                    ssl_handshake_timeout=self.settings.handshake_timeout.total_seconds(),
                    ssl_shutdown_timeout=self.settings.linger.total_seconds(),
                )  # fmt: skip
            else:
                await loop.connect_accepted_socket(lambda: session, client)
        except OSError as error:
            fault = handshake_fault(error)
            _log.info("smtp_handshake_failed", connection=session.connection.id, door=door.value, fault=fault)
            return False
        return True

    def _own(self, work: Coroutine[Any, Any, Receipt]) -> asyncio.Task[Receipt]:
        # Any: what a coroutine sends and takes.
        return self._keep(self._committing, work)

    @staticmethod
    def _keep(tasks: set[asyncio.Task[T]], work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task


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


def _spoken(client: socket.socket) -> bytes:
    """Give the first octets of a client that did not wait for its greeting, without reading them."""
    try:
        return client.recv(16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def _turn_away(client: socket.socket, door: Door) -> None:
    with client, suppress(OSError):
        if not door.implicit_tls:
            client.setblocking(False)
            client.send(replies.TOO_MANY_CONNECTIONS.wire)


async def _cancelled(tasks: set[asyncio.Task[T]]) -> None:
    """Cancel and wait; the tasks' own failures have been answered already."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
