"""The SMTP server: three doors over one session class, and the commits that no connection may cancel.

Relay (STARTTLS with client certificates), submission (implicit TLS) and submission by STARTTLS. Sockets, places
and tasks are the business of `gateway.listening`.
"""

import logging
import socket
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from gateway import listening
from gateway.services.even_pace import EvenPace
from gateway.services.intake.port import Intake
from gateway.services.sign_in.throttle import SignInThrottle
from gateway.shared_memory import Edge, SharedMemory, Timed
from gateway.smtp import limit_replies
from gateway.smtp.doors import SmtpDoor, SmtpSurroundings, TlsRoles
from gateway.smtp.session import SmtpSession
from gateway.smtp.settings import SmtpSettings


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports bound; None where the door is left out."""

    relay: int | None
    submission: int | None
    submission_starttls: int | None


class SmtpServer:
    """Serve inside ``async with``; on exit no message that was being committed is lost.

    Attributes:
        ports: the ports that it listens on.
        budget: octets of content held now.
    """

    def __init__(
        self,
        intake: Intake,
        settings: SmtpSettings,
        tls: TlsRoles,
        throttle: SignInThrottle,
        doors: Mapping[SmtpDoor, listening.ListeningPort],
        memory: SharedMemory | None = None,
    ) -> None:
        """`memory` is what the servers of all processes share; none serves alone."""
        memory = memory or SharedMemory()
        edge = memory.edge(Edge.SMTP)
        # aiosmtpd prints addresses at INFO and passwords at DEBUG.
        logging.getLogger("mail.log").disabled = True
        self.settings = settings
        self._doors = doors
        self.ports = Ports(*(doors[door].number if door in doors else None for door in SmtpDoor))
        self.budget = listening.OctetBudget(settings.max_in_flight_bytes, edge.octets)
        self._listener = listening.Listener[SmtpSession](settings, edge)
        self._around = SmtpSurroundings(
            intake=intake,
            settings=settings,
            tls=tls,
            budget=self.budget,
            letters=EvenPace(settings.max_letters_per_minute, memory.instants(Timed.LETTERS)),
            throttle=throttle,
            own=self._listener.own,
        )

    @property
    def sessions(self) -> Set[SmtpSession]:
        """Give the connections that talk now, handshakes not counted."""
        return self._listener.talks

    async def __aenter__(self) -> Self:
        """Listen at every door."""
        for door, port in self._doors.items():
            self._open(door, port)
        return self

    def _open(self, door: SmtpDoor, port: listening.ListeningPort) -> None:
        begin = partial(self._begin, door)
        if door.implicit_tls:
            tls = partial(self._around.tls.context, door)
            self._listener.open(listening.Door(door.value, begin, tls), port)
        else:
            limits = self.settings
            sorry = limit_replies.too_many_connections(limits.max_connections_per_address, limits.max_connections).wire
            self._listener.open(listening.Door(door.value, begin, sorry=sorry), port)

    def _begin(self, door: SmtpDoor, client: socket.socket, address: str) -> SmtpSession:
        return SmtpSession(self._around, door, address, b"" if door.implicit_tls else _spoken(client))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Drain: no new connection, 421 to those that wait, time for those that have a message in hand.

        Idempotent; takes `drain_timeout` at most.
        """
        await self._listener.close()


def _spoken(client: socket.socket) -> bytes:
    """Give the first octets of a client that did not wait for its greeting, without reading them."""
    try:
        return client.recv(16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""
