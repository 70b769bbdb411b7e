"""Whoever takes notices: a small mail relay and a small SMS service, real ones on free ports."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.notices import Channel, Notice, NoticeKind, Wording
from tests.builders.smtp_tls import TestAuthority

USER, PASSWORD = "pli", "un mot de passe d'essai"


def a_notice(channel: Channel = Channel.EMAIL, to: str = "jeanne@courriel.example", **fields: str) -> Notice:
    """Make a notice to one person."""
    wording = Wording(subject="Votre espace santé", lines=("Bonjour,", "Il est prêt."), steps=("Tapez l'adresse.",))
    return Notice(id="3f2a", channel=channel, to=to, kind=NoticeKind.MESSAGE, wording=wording, **fields)


@dataclass
class Relay:
    """A mail relay, and what it has taken.

    Attributes:
        port: where it listens.
        replies: what it answers instead of taking something, by verb.
    """

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)
    signed_in: bool = False

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender, or not."""
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message, or not."""
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.taken.append(envelope)
        return "250 OK"

    def check(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        """Let one user in."""
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        self.signed_in = data == known
        return AuthResult(success=self.signed_in)


@asynccontextmanager
async def a_relay(
    authority: TestAuthority, *, implicit_tls: bool = False, asks: bool = False, port: int = 0
) -> AsyncIterator[Relay]:
    """Serve a relay with a certificate of an authority; `asks` for a sign-in."""
    relay = Relay()
    context = contexts.submission(KeyPair(authority.server.path, authority.server.path))

    def session() -> SMTP:
        return SMTP(
            relay, hostname="localhost", tls_context=None if implicit_tls else context,
            require_starttls=not implicit_tls, auth_required=asks, authenticator=relay.check,
            auth_require_tls=not implicit_tls,
        )  # fmt: skip

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "localhost", port, ssl=context if implicit_tls else None)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class SmsDesk:
    """An SMS service, and what it was asked.

    Attributes:
        url: where it listens.
        status: what it answers.
    """

    url: str = ""
    status: int = 202
    asked: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Take one request."""
        self.asked.append((request.headers, await request.read()))
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@asynccontextmanager
async def an_sms_desk(context: ssl.SSLContext) -> AsyncIterator[SmsDesk]:
    """Serve an SMS service."""
    desk, app = SmsDesk(), web.Application()
    app.router.add_post("/send", desk.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    try:
        port = runner.addresses[0][1]
        desk.url = f"https://localhost:{port}/send"
        yield desk
    finally:
        await runner.cleanup()
