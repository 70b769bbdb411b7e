"""Another operator's mail server: our own SMTP edge over an intake that only remembers, with its own certificate."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.x509.oid import ExtendedKeyUsageOID

from certs import contexts
from certs.authority import Authority, Subject
from certs.contexts import KeyPair, Trust
from certs.peer import peer_identity
from gateway.demonstration.invented_people import OTHER_OPERATOR
from gateway.listening import ListeningPort, bound
from gateway.smtp.doors import SmtpDoor, TlsRoles
from gateway.smtp.server import SmtpServer
from tests.builders.certificates import Holder, certify, pem
from tests.builders.fake_intake import FakeIntake
from tests.builders.gateway_site import GatewaySite
from tests.builders.smtp_site import SETTINGS
from tests.builders.throttles import a_throttle

OPERATOR_HOLDER = Subject(
    common_name=f"smtps.{OTHER_OPERATOR}", unit="318000000000002", organisation="Opérateur Ouest", state="Nantes (44)"
)
"""Whom the world's white list binds to the other operator's domain."""


def free_port() -> int:
    """Find a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def receiving(
    site: GatewaySite, port: int, folder: Path, holder: Subject = OPERATOR_HOLDER
) -> AsyncIterator[FakeIntake]:
    """Take mail on a port until the block ends."""
    authority = Authority.load(site.world.authority.parent)
    issuer = Holder(authority.certificate, authority.key)
    server = certify(issuer, holder.name, host="localhost", uses=(ExtendedKeyUsageOID.SERVER_AUTH,))
    certificate, key = folder / "operator.pem", folder / "operator.key"
    certificate.write_bytes(pem(server))
    key.write_bytes(server.key_pem)
    pair, intake = KeyPair(certificate, key), FakeIntake()
    relay, submission = contexts.relay(pair, Trust(site.world.authority)), contexts.submission(pair)
    doors = {SmtpDoor.RELAY: ListeningPort(bound("localhost", port))}
    roles = TlsRoles(lambda: relay, lambda: submission, peer_identity)
    async with SmtpServer(intake, SETTINGS, roles, a_throttle(SETTINGS), doors):
        yield intake
