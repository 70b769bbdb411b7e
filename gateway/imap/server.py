"""The IMAP server: one door, TLS from the first octet. Sockets, places and tasks are `gateway.listening`'s business."""

import socket
import ssl
from collections.abc import Set
from types import TracebackType
from typing import Self

from gateway import listening
from gateway.imap.session.session import ImapSurroundings
from gateway.imap.session.talk import ImapTalk
from gateway.imap.settings import ImapSettings
from gateway.imap.verbs.table import VERBS
from gateway.services.mailbox.mailbox import Mailboxes
from gateway.services.sign_in.throttle import SignInThrottle
from gateway.shared_memory import Edge, SharedEdge, SharedMemory


class ImapServer:
    """Serve inside ``async with``; on exit every client is told, and what was being committed is.

    Attributes:
        port: the port that it listens on.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        settings: ImapSettings,
        context: ssl.SSLContext,
        throttle: SignInThrottle,
        port: listening.ListeningPort,
        edge: SharedEdge | None = None,
    ) -> None:
        """Prepare; a certificate renewed in `context` counts from the next connection on.

        `edge` is what the servers of all processes share; none serves alone.
        """
        edge = edge or SharedMemory().edge(Edge.IMAP)
        self.settings = settings
        self.port = port.number
        self._port = port
        self._context = context
        self._around = ImapSurroundings(
            mailboxes, settings, throttle, listening.OctetBudget(settings.max_in_flight_bytes, edge.octets)
        )
        self._listener = listening.Listener[ImapTalk](settings, edge)

    @property
    def sessions(self) -> Set[ImapTalk]:
        """Give the connections that talk now, handshakes not counted."""
        return self._listener.talks

    async def __aenter__(self) -> Self:
        """Listen."""
        self._listener.open(listening.Door("imap", self._begin, lambda: self._context), self._port)
        return self

    def _begin(self, _: socket.socket, address: str) -> ImapTalk:
        return ImapTalk(self._around, address, VERBS)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no new connection, say BYE to those that wait, give commands under way their time."""
        await self._listener.close()
