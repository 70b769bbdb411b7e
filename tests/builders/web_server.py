"""Serve the web space over real TLS on a free port of this machine."""

import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from socket import create_server

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.builders.patient_space import everywhere
from tests.builders.web_people import CAMILLE
from tests.builders.web_world import FixedClock, WebWorld
from webmail.app import make_app
from webmail.sessions import MemorySessions, Sessions
from webmail.settings import WebSettings


@dataclass(frozen=True)
class Site:
    """A running web space, and the world behind it."""

    origin: str
    world: WebWorld
    sessions: MemorySessions

    async def open_session(self) -> str:
        """Sign Camille in behind the scenes, and give the token of the session."""
        settings = WebSettings(origin=self.origin)
        return await Sessions(self.sessions, FixedClock(), settings).open(CAMILLE)


@asynccontextmanager
async def serving(world: WebWorld, max_upload_bytes: int = 200_000) -> AsyncIterator[Site]:
    """Serve `world` in this loop until the block ends."""
    live, sessions = timedelta(milliseconds=200), MemorySessions()

    def made(origin: str) -> web.Application:
        settings = WebSettings(origin=origin, live_interval=live, max_upload_bytes=max_upload_bytes)
        return make_app(everywhere(world), sessions, FixedClock(), settings)

    async with served(made) as origin:
        yield Site(origin, world, sessions)


@asynccontextmanager
async def served(made: Callable[[str], web.Application]) -> AsyncIterator[str]:
    """Serve what is made for an origin, in this loop until the block ends, and give that origin."""
    listener = create_server(("127.0.0.1", 0))
    origin = f"https://localhost:{listener.getsockname()[1]}"
    runner = web.AppRunner(made(origin), shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=tls_context()).start()
        yield origin
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Spy:
    """Another site, and the paths that were asked of it."""

    origin: str
    asked: list[str]


@asynccontextmanager
async def spying() -> AsyncIterator[Spy]:
    """Serve another site that notes whatever reaches it."""
    listener = create_server(("127.0.0.1", 0))
    spy = Spy(f"https://localhost:{listener.getsockname()[1]}", [])

    async def note(request: web.BaseRequest) -> web.Response:
        spy.asked.append(request.path)
        return web.Response(text="")

    runner = web.ServerRunner(web.Server(note), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=tls_context()).start()
        yield spy
    finally:
        await runner.cleanup()


def example_app() -> web.Application:
    """Make an application that is not served, to look at its routes."""
    return make_app(everywhere(WebWorld()), MemorySessions(), FixedClock(), WebSettings(origin="https://pli.example"))


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
