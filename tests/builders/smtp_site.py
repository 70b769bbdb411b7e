"""A live SMTP server on free ports with a fake intake, and clients that have come through each door."""

import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway.listening import ListeningPort, bound
from gateway.smtp.doors import SmtpDoor
from gateway.smtp.server import SmtpServer
from gateway.smtp.settings import SmtpSettings
from tests.builders.fake_intake import FakeIntake
from tests.builders.smtp_client import SmtpClient
from tests.builders.smtp_tls import TestAuthority
from tests.builders.throttles import a_throttle

LOGIN, PASSWORD = "claire.martin@medecin.mssante.fr", "mot de passe"
PLAIN: Final = "AGNsYWlyZS5tYXJ0aW5AbWVkZWNpbi5tc3NhbnRlLmZyAG1vdCBkZSBwYXNzZQ=="
DOORS: Final = ("relay", "submission", "submission_starttls")

SETTINGS: Final = SmtpSettings(
    hostname="pli.example",
    linger=timedelta(milliseconds=100),
    drain_timeout=timedelta(seconds=5),
    auth_failure_delay=timedelta(milliseconds=1),
)


@dataclass(frozen=True)
class Site:
    server: SmtpServer
    intake: FakeIntake
    authority: TestAuthority

    def port(self, door: str) -> int:
        port = getattr(self.server.ports, door)
        assert isinstance(port, int)
        return port

    def certified(self) -> ssl.SSLContext:
        return self.authority.client(self.authority.laboratory)

    @asynccontextmanager
    async def connected(self, door: str = "relay") -> AsyncIterator[SmtpClient]:
        """Open a connection and read its greeting; TLS only where it is implicit."""
        context = self.authority.client() if door == "submission" else None
        async with SmtpClient(self.port(door), context) as client:
            assert (await client.reply()).startswith("220")
            yield client

    @asynccontextmanager
    async def ready(self, door: str = "relay") -> AsyncIterator[SmtpClient]:
        """Open a connection that may say MAIL: TLS, EHLO, and AUTH or a client certificate."""
        async with self.connected(door) as client:
            if door != "submission":
                await client.greet()
                await client.start_tls(self.certified() if door == "relay" else self.authority.client())
            assert (await client.greet()).startswith("250")
            if door != "relay":
                assert (await client.ask(f"AUTH PLAIN {PLAIN}")).startswith("235")
            yield client


def free_ports(host: str, doors: Collection[SmtpDoor]) -> Mapping[SmtpDoor, ListeningPort]:
    """Listen on a free port for each door."""
    return {door: ListeningPort(bound(host, 0)) for door in doors}


@asynccontextmanager
async def running(
    folder: Path,
    settings: SmtpSettings = SETTINGS,
    *,
    host: str = "127.0.0.1",
    doors: Collection[SmtpDoor] = tuple(SmtpDoor),
    **changes: object,
) -> AsyncIterator[Site]:
    """Serve at some doors until the block ends; `changes` are settings."""
    intake, authority = FakeIntake(), TestAuthority(folder)
    # mypy cannot check a dictionary against the fields of a dataclass.
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    async with SmtpServer(intake, settings, authority.roles(), a_throttle(settings), free_ports(host, doors)) as server:
        yield Site(server, intake, authority)
