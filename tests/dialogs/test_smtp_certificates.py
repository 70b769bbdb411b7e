"""The relay door knows every client by a certificate, and refuses others before any look-up (STD §1.2)."""

import datetime
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.domain.directory import DistinguishedName
from tests.builders.smtp_site import Site, running
from tests.builders.smtp_tls import TestAuthority

YESTERDAY = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)


def without(site: Site) -> ssl.SSLContext:
    return site.authority.client()


def expired(site: Site) -> ssl.SSLContext:
    return site.authority.client(site.authority.issue("vieux.example", end=YESTERDAY))


def of_a_server(site: Site) -> ssl.SSLContext:
    usage = (ExtendedKeyUsageOID.SERVER_AUTH,)
    return site.authority.client(site.authority.issue("serveur.example", usage=usage))


def of_another_authority(site: Site) -> ssl.SSLContext:
    other = TestAuthority(site.authority.folder, "Other CA")
    return site.authority.client(other.issue("labo.example"))


def of_another_authority_of_the_same_name(site: Site) -> ssl.SSLContext:
    folder = site.authority.folder / "twin"
    folder.mkdir()
    return site.authority.client(TestAuthority(folder).issue("labo.example"))


@pytest.mark.parametrize(
    "client", [expired, of_a_server, of_another_authority, of_another_authority_of_the_same_name]
)
async def test_bad_certificate_is_refused_before_any_look_up(
    tmp_path: Path, client: Callable[[Site], ssl.SSLContext]
) -> None:
    async with running(tmp_path) as site, site.connected("relay") as connection:
        await connection.greet()
        # TLS 1.3: the client may learn of the refusal only when it reads.
        try:
            await connection.start_tls(client(site))
            connection.send(b"EHLO client.example\r\n")
            assert await connection.reply() == ""
        except (ssl.SSLError, ConnectionError):
            pass
        assert site.intake.connections == []


async def test_client_without_a_certificate_is_told_so_before_any_look_up(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("relay") as connection:
        await connection.greet()
        await connection.start_tls(without(site))
        await connection.greet()
        answer = await connection.ask("MAIL FROM:<labo@labo.example>")
        assert answer.startswith("530 5.7.0 A client certificate is required; present your operator's / Certificat")
        assert await connection.reply() == ""
        assert site.intake.connections == []


async def test_client_without_a_certificate_can_do_nothing_else_either(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("relay") as connection:
        await connection.greet()
        await connection.start_tls(without(site))
        await connection.greet()
        answers = [await connection.ask(line) for line in ("AUTH PLAIN AGEAYg==", "RCPT TO:<a@b.example>", "DATA")]
        assert [answer[:3] for answer in answers] == ["502", "503", "503"]
        assert site.intake.connections == []


async def test_holder_of_the_certificate_is_told_to_the_service(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready("relay") as client:
        await client.ask("MAIL FROM:<labo@labo.example>")
        [connection] = site.intake.connections
        assert connection.peer is not None
        assert connection.peer.dn == DistinguishedName.parse("CN=labo.example,O=OPERATEUR")
        assert connection.peer.serial == site.authority.laboratory.certificate.serial_number
        assert (connection.tls_version, connection.remote_ip) == ("TLSv1.3", "127.0.0.1")


async def test_submission_asks_for_no_certificate(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready("submission") as client:
        await client.ask("MAIL FROM:<claire.martin@medecin.mssante.fr>")
        assert site.intake.connections[0].peer is None
