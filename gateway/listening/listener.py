"""Accepts connections within limits, owns every task that they need, drains at the end.

Sockets are accepted here rather than by the loop, so that a connection counts from its first packet, TLS
handshake included. What is said on it is for the `Talk` that the door makes.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog

from gateway.domain.network import plain_address
from gateway.listening.handshake import handshake_fault
from gateway.listening.listening_port import FairShare, ListeningPort
from gateway.listening.places import Places
from gateway.shared_memory import SharedEdge

_log = structlog.get_logger("pli.listening")
_OUT_OF_MEANS: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_REST_SECONDS: Final = 0.1
_COURTESY: Final = 8, 0.003
"""So many times so many seconds is a connection left to a process that has fewer of them: it may be busy, or gone."""


class Talk(Protocol):
    """One connection, from accept to close, as the protocol of a server carries it on."""

    @property
    def id(self) -> str:
        """Name it in log lines."""

    @property
    def protocol(self) -> asyncio.BaseProtocol:
        """Give what takes its octets."""

    async def serve(self) -> None:
        """Talk until either side ends it; called when the connection, with its TLS, stands."""

    def drain(self) -> None:
        """End at the next moment at which nothing is under way."""

    def abort(self) -> None:
        """Cut the connection, if there is one still."""


T = TypeVar("T", bound=Talk)
R = TypeVar("R")


class ListenerLimits(Protocol):
    """What a listener allows; the settings of every edge have it."""

    @property
    def max_connections(self) -> int:
        """Bound the connections over all addresses, handshakes counted."""

    @property
    def max_connections_per_address(self) -> int:
        """Bound those from one IPv4 address or IPv6 /64."""

    @property
    def handshake_timeout(self) -> timedelta:
        """Bound a TLS handshake, from accept on."""

    @property
    def linger(self) -> timedelta:
        """Bound the time in which a connection that is closed may send what is left."""

    @property
    def drain_timeout(self) -> timedelta:
        """Bound the time that what is under way may take at the end."""


@dataclass(frozen=True, slots=True)
class Door(Generic[T]):
    """What is behind a port.

    Attributes:
        name: of the door, in log lines.
        begin: makes the talk of an accepted socket, whose peer has this address.
        tls: gives the context of TLS from the first octet, at each connection; None begins in clear.
        sorry: what is said, in clear, to a client for whom there is no place.
    """

    name: str
    begin: Callable[[socket.socket, str], T]
    tls: Callable[[], ssl.SSLContext] | None = None
    sorry: bytes = b""


class Listener(Generic[T]):
    """All doors of a server, which share their limits.

    Attributes:
        talks: the connections that talk now, handshakes not counted.
    """

    def __init__(self, limits: ListenerLimits, shared: SharedEdge | None = None) -> None:
        """`shared` is what the listeners of all processes have together; none serves alone."""
        self.talks: set[T] = set()
        self._limits = limits
        self._places = Places(limits.max_connections, limits.max_connections_per_address, shared)
        self._draining = False
        self._listening: list[socket.socket] = []
        self._counted: list[_Counted] = []
        self._accepting: set[asyncio.Task[None]] = set()
        self._shaking_hands: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[Any]] = set()  # Any: what `own` was given gives

    def open(self, door: Door[T], port: ListeningPort) -> None:
        """Accept what comes to this port, whose sockets are the listener's to close from now on."""
        port.share.tell(0)
        counted = _Counted(port.share)
        self._counted.append(counted)
        for listening in port.sockets:
            self._listening.append(listening)
            _keep(self._accepting, self._accept(door, listening, counted))

    def own(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Run what no connection may cancel; `close` waits for it, too. Any: what a coroutine sends and takes."""
        return _keep(self._working, work)

    async def close(self) -> None:
        """Drain: no new connection, `Talk.drain` to those there are, time for what is under way.

        Idempotent; takes `drain_timeout` at most, and cuts what is left then.
        """
        await _cancelled(self._accepting)
        for counted in self._counted:
            counted.end()
        for listening in self._listening:
            listening.close()
        self._draining = True
        # Nothing can have been said yet: there is nothing to wait for.
        await _cancelled(self._shaking_hands)
        for talk in list(self.talks):
            talk.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.drain_timeout.total_seconds()):
                while waiting := self._serving | self._working:
                    await asyncio.wait(waiting)
        if self._serving or self._working:
            _log.warning("listening.drain_cut", connections=len(self._serving), work=len(self._working))
        for talk in list(self.talks):
            talk.abort()
        await _cancelled(self._serving)
        await _cancelled(self._working)

    async def _accept(self, door: Door[T], listening: socket.socket, counted: "_Counted") -> None:
        while True:
            await _something_comes(listening)
            await _courtesy(counted.share)
            try:
                client, peer = listening.accept()
            except BlockingIOError:
                continue  # another process has taken it
            except OSError as error:
                # A client that left before it was accepted is nobody's fault, and costs nothing.
                if error.errno in _OUT_OF_MEANS:
                    _log.error("listening.accept_failed", door=door.name, errno=error.errno)
                    await asyncio.sleep(_REST_SECONDS)
                continue
            client.setblocking(False)
            self._welcome(door, client, plain_address(peer[0]), counted)

    def _welcome(self, door: Door[T], client: socket.socket, address: str, counted: "_Counted") -> None:
        if not self._places.take(address):
            with client, suppress(OSError):
                if door.sorry:
                    client.send(door.sorry)
            return
        # Nagle would hold an answer back for the client's delayed acknowledgement, 40 ms each.
        with suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = _keep(self._serving, self._serve(door, client, address))
        self._shaking_hands.add(task)
        counted.add(1)
        # Not at the end of the task's own code, which never begins when it is cancelled at once.
        task.add_done_callback(partial(self._left, client, address, counted))

    def _left(self, client: socket.socket, address: str, counted: "_Counted", task: asyncio.Task[None]) -> None:
        self._shaking_hands.discard(task)
        counted.add(-1)
        self._places.give_back(address)
        client.close()

    async def _serve(self, door: Door[T], client: socket.socket, address: str) -> None:
        talk = door.begin(client, address)
        try:
            if await self._connected(door, talk, client):
                self.talks.add(talk)
                if self._draining:
                    talk.drain()
                await talk.serve()
        except Exception:  # noqa: BLE001 - the edge's last resort: the client is gone, the fault must not be
            _log.exception("listening.talk_failed", door=door.name, connection=talk.id)
        finally:
            self.talks.discard(talk)
            talk.abort()

    async def _connected(self, door: Door[T], talk: T, client: socket.socket) -> bool:
        loop, limits = asyncio.get_running_loop(), self._limits
        try:
            if door.tls is None:
                await loop.connect_accepted_socket(lambda: talk.protocol, client)
            else:
                await loop.connect_accepted_socket(
                    lambda: talk.protocol, client, ssl=door.tls(),
                    ssl_handshake_timeout=limits.handshake_timeout.total_seconds(),
                    ssl_shutdown_timeout=limits.linger.total_seconds(),
                )  # fmt: skip
        except OSError as error:
            fault = handshake_fault(error)
            _log.info("listening.handshake_failed", door=door.name, connection=talk.id, fault=fault)
            return False
        finally:
            self._shaking_hands.discard(_this_task())
        return True


class _Counted:
    """How many connections of one port there are here; other processes are told."""

    def __init__(self, share: FairShare) -> None:
        self.share = share
        self._connections = 0
        self._ended = False

    def add(self, change: int) -> None:
        """Count what came or went."""
        self._connections += change
        if not self._ended:
            self.share.tell(self._connections)

    def end(self) -> None:
        """Accept none any more."""
        self._ended = True
        self.share.end()


async def _something_comes(listening: socket.socket) -> None:
    """Wait until there is a connection to accept, for whichever process takes it."""
    loop = asyncio.get_running_loop()
    come = loop.create_future()
    loop.add_reader(listening, _done, come)
    try:
        await come
    finally:
        loop.remove_reader(listening)


async def _courtesy(share: FairShare) -> None:
    """Leave a connection for a moment to whoever has fewer."""
    times, seconds = _COURTESY
    for _ in range(times):
        if share.is_mine():
            return
        await asyncio.sleep(seconds)


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - called in a task only
    return task


def _keep(tasks: set[asyncio.Task[R]], work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


async def _cancelled(tasks: set[asyncio.Task[R]]) -> None:
    """Cancel and wait; the tasks' own failures have been answered already."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
