"""Every edge that listens, each in the same terms: a port, TLS or none, and an exchange that shows it serves."""

import os
import socket
import ssl
from asyncio import StreamReader, StreamWriter, get_running_loop, open_connection, sleep, timeout
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway import listening
from gateway.web.connection import WebLimits
from gateway.web.listener import serving_site
from tests.builders import imap_site, smtp_site
from tests.builders.smtp_tls import TestAuthority

EDGES = ("relay", "submission", "imap", "web")
TLS_EDGES = ("submission", "imap", "web")
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
_PATIENCE = 5


@dataclass(frozen=True)
class Client:
    """A connection to an edge, TLS done where it comes first."""

    reader: StreamReader
    writer: StreamWriter
    asks: bytes
    hears: bytes

    async def served(self) -> bool:
        """Say whether the edge answers; False when it says that it cannot, or closes."""
        try:
            async with timeout(_PATIENCE):
                self.writer.write(self.asks)
                return (await self.reader.readline()).startswith(self.hears)
        except ConnectionError:
            return False

    async def ends(self) -> bool:
        """Read on until the edge closes."""
        async with timeout(_PATIENCE):
            with suppress(ConnectionError):
                while await self.reader.read(65_536):
                    pass
        return True


@dataclass(frozen=True)
class Edge:
    """A served edge."""

    port: int
    context: ssl.SSLContext | None
    asks: bytes
    hears: bytes

    @asynccontextmanager
    async def connected(self, host: str = "127.0.0.1", source: str | None = None) -> AsyncIterator[Client]:
        """Connect, from an address of this machine."""
        name = "localhost" if self.context else None
        local = None if source is None else (source, 0)
        async with timeout(_PATIENCE):
            reader, writer = await open_connection(
                host, self.port, ssl=self.context, server_hostname=name, local_addr=local
            )
        try:
            yield Client(reader, writer, self.asks, self.hears)
        finally:
            writer.transport.abort()

    async def serves(self, host: str = "127.0.0.1", source: str | None = None) -> bool:
        """Say whether a client from there has a place."""
        try:
            async with self.connected(host, source) as client:
                return await client.served()
        except OSError:
            return False

    @contextmanager
    def silent(self) -> Iterator[socket.socket]:
        """Open a socket on which nothing is ever said, TLS neither."""
        with socket.create_connection(("127.0.0.1", self.port)) as raw:
            yield raw


@asynccontextmanager
async def serving(name: str, folder: Path, **limits: Any) -> AsyncIterator[Edge]:
    """Serve one edge until the block ends; Any: the limits are fields of its settings."""
    if name == "imap":
        async with imap_site.running(**limits) as imap:
            yield Edge(imap.port, imap.context, b"", b"* OK")
    elif name == "web":
        async with serving_web(folder, _hello(), **limits) as edge:
            yield edge
    else:
        async with smtp_site.running(folder, **limits) as smtp:
            context = smtp.authority.client() if name == "submission" else None
            yield Edge(smtp.port(name), context, b"", b"220")


@asynccontextmanager
async def serving_web(
    folder: Path, site: web.Application, host: str = "127.0.0.1", **limits: Any
) -> AsyncIterator[Edge]:
    """Serve an application with the web's limits; Any: they are fields of `WebLimits`."""
    authority = TestAuthority(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority.server.path)
    bounds = WebLimits(**{"drain_timeout": timedelta(seconds=5), **limits})
    port = listening.ListeningPort(listening.bound(host, 0))
    async with serving_site(site, port, lambda: tls, bounds):
        yield Edge(port.number, authority.client(), GET, b"HTTP/1.1 200")


def _hello() -> web.Application:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="bonjour")

    site = web.Application()
    site.router.add_get("/", hello)
    return site


async def passed(time: timedelta, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Let time of the loop pass, doing something all the while."""
    loop = get_running_loop()
    end = loop.time() + time.total_seconds()
    while loop.time() < end:
        meanwhile()
        await sleep(0)


def open_sockets() -> set[str]:
    """Name the sockets that this process holds open."""
    found = set()
    for number in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(number.readlink()))
    return {name for name in found if name.startswith("socket:")}


@contextmanager
def other_end(client: Client) -> Iterator[socket.socket]:
    """Find the socket of this process at the other end of a client's."""
    here = client.writer.get_extra_info("sockname")
    for number in Path("/proc/self/fd").iterdir():
        # Sockets only: a copy of anything else would stay open, and whoever waits for the end of a pipe would wait on.
        with suppress(OSError):
            if str(number.readlink()).startswith("socket:"):
                with socket.socket(fileno=os.dup(int(number.name))) as found:
                    if found.getpeername() == here:
                        yield found
                        return
    raise LookupError("no socket of this process is at the other end")
