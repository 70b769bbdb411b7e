"""Serve the web space over real TLS on a free port of this machine, in a thread with a loop of its own."""

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.builders.web_world import FixedClock, WebWorld
from webmail.app import make_app
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """A running web space, and the world behind it."""

    origin: str
    world: WebWorld
    loop: asyncio.AbstractEventLoop

    def act(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run an act of the outside world on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)


@contextmanager
def serving(world: WebWorld, max_upload_bytes: int = 200_000) -> Iterator[Site]:
    """Serve `world` until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        runner, origin = asyncio.run_coroutine_threadsafe(_start(world, max_upload_bytes), loop).result(10)
        try:
            yield Site(origin, world, loop)
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(world: WebWorld, max_upload_bytes: int) -> tuple[web.AppRunner, str]:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    origin = f"https://localhost:{port}"
    settings = WebSettings(origin, live_interval=timedelta(milliseconds=200), max_upload_bytes=max_upload_bytes)
    runner = web.AppRunner(make_app(world, MemorySessions(), FixedClock(), settings), shutdown_timeout=2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls_context()).start()
    return runner, origin


def example_app() -> web.Application:
    """Make an application that is not served, to look at its routes."""
    return make_app(WebWorld(), MemorySessions(), FixedClock(), WebSettings("https://pli.example"))


@cache
def tls_context() -> ssl.SSLContext:
    """Make a server context with a certificate of its own, for ``localhost``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pair.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
    return context
