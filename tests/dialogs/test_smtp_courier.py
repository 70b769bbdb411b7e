"""Mail to another operator: mutual TLS, a bound certificate, canonical lines, replies as exceptions."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from certs import contexts
from certs.contexts import KeyPair, Trust
from certs.peer import peer_identity
from gateway.domain.address import MailAddress
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import CourierDeferred, CourierRefused, DirectoryUnavailable
from gateway.domain.verdict import Defer, Reason
from gateway.smtp.courier import CourierSettings, Route, SmtpCourier
from tests.builders.fake_intake import UNREACHABLE
from tests.builders.smtp_site import SETTINGS, Site, running
from tests.builders.smtp_tls import TestAuthority

SENDER = "claire.martin@medecin.example"
RECIPIENT = MailAddress.parse("paul.durand@operateur.example")
CONTENT = "Subject: x\r\n\r\nBonjour\r\n.\r\n..fin : résultat\r\n".encode()
BUSY = Defer(Reason(rule="POL-91", smtp_code=451, enhanced="4.3.0", french="Plus tard.", english="Later."))


def courier(authority: TestAuthority, port: int, *, bound: bool = True) -> SmtpCourier:
    ours = authority.issue("pli.example")
    context = contexts.outbound(KeyPair(ours.path, ours.path), Trust(authority.path))

    def dn_ok(domain: str, peer: PeerIdentity) -> bool:
        return bound and domain == RECIPIENT.domain and str(peer.dn) == "cn=localhost,o=operateur"

    settings = CourierSettings(hostname="pli.example", routes={RECIPIENT.domain: Route("localhost", port)})
    return SmtpCourier(settings, lambda: context, peer_identity, dn_ok)


@asynccontextmanager
async def operator(folder: Path) -> AsyncIterator[tuple[Site, SmtpCourier]]:
    async with running(folder, SETTINGS, host="localhost") as site:
        yield site, courier(site.authority, site.port("relay"))


async def test_message_arrives_unchanged(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        await found.deliver(SENDER, RECIPIENT, CONTENT)
        [stored] = site.intake.messages
        assert (stored.raw, str(stored.envelope.reverse_path)) == (CONTENT, SENDER)
        assert stored.envelope.parameters.eight_bit
        assert stored.envelope.parameters.size == len(CONTENT)
        assert stored.connection.peer is not None


async def test_report_goes_out_with_the_null_sender(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        await found.deliver("", RECIPIENT, b".a\r\n")
        assert site.intake.messages[0].envelope.reverse_path is None
        assert site.intake.messages[0].raw == b".a\r\n"


async def test_refused_recipient_is_refused_for_good_with_its_codes_only(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        site.intake.rcpt_verdicts[str(RECIPIENT)] = UNREACHABLE
        with pytest.raises(CourierRefused, match=r"^550 5\.1\.1$"):
            await found.deliver(SENDER, RECIPIENT, CONTENT)


async def test_temporary_reply_to_the_content_is_deferred(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        site.intake.data_verdict = BUSY
        with pytest.raises(CourierDeferred, match=r"^451 4\.3\.0$"):
            await found.deliver(SENDER, RECIPIENT, CONTENT)


@pytest.mark.parametrize(
    "content", [b"a\n.\nb\r\n", b"a\r\n.\n", b"a\rb\r\n", b"a\0\r\n", b"no line end"], ids=repr
)
async def test_content_that_another_server_could_misread_never_leaves(tmp_path: Path, content: bytes) -> None:
    async with operator(tmp_path) as (site, found):
        with pytest.raises(CourierRefused):
            await found.deliver(SENDER, RECIPIENT, content)
        assert site.intake.connections == []


async def test_sender_that_is_no_address_never_leaves(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        with pytest.raises(CourierRefused):
            await found.deliver("a@b.example>\r\nRCPT TO:<c@d.example", RECIPIENT, CONTENT)
        assert site.intake.connections == []


async def test_domain_without_a_route_is_refused(tmp_path: Path) -> None:
    async with operator(tmp_path) as (_, found):
        with pytest.raises(CourierRefused, match=r"5\.4\.4"):
            await found.deliver(SENDER, MailAddress.parse("a@ailleurs.example"), CONTENT)


async def test_server_whose_certificate_is_not_bound_gets_no_envelope(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, _):
        with pytest.raises(CourierDeferred, match=r"4\.7\.5"):
            await courier(site.authority, site.port("relay"), bound=False).deliver(SENDER, RECIPIENT, CONTENT)
        assert site.intake.connections == []


async def test_unusable_white_list_defers(tmp_path: Path) -> None:
    def stale(domain: str, peer: PeerIdentity) -> bool:
        raise DirectoryUnavailable("stale")

    async with operator(tmp_path) as (_, found):
        found._dn_ok = stale
        with pytest.raises(CourierDeferred, match=r"4\.3\.0"):
            await found.deliver(SENDER, RECIPIENT, CONTENT)


async def test_server_of_another_authority_is_deferred(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, _):
        other = TestAuthority(tmp_path, "Other CA")
        with pytest.raises(CourierDeferred, match="certificate"):
            await courier(other, site.port("relay")).deliver(SENDER, RECIPIENT, CONTENT)
        assert site.intake.connections == []


async def test_server_that_keeps_mail_waiting_holds_a_few_places_and_the_rest_is_deferred_at_once(
    tmp_path: Path,
) -> None:
    connected, over = asyncio.Semaphore(0), asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.release()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "localhost", 0)
    async with server:
        found = courier(TestAuthority(tmp_path), server.sockets[0].getsockname()[1])
        waiting = [asyncio.ensure_future(found.deliver(SENDER, RECIPIENT, CONTENT)) for _ in range(4)]
        for _ in waiting:
            await connected.acquire()
        for _ in range(2):
            with pytest.raises(CourierDeferred, match=r"4\.3\.2"):
                await asyncio.wait_for(found.deliver(SENDER, RECIPIENT, CONTENT), 5)
        over.set()
        assert {type(end) for end in await asyncio.gather(*waiting, return_exceptions=True)} == {CourierDeferred}
        with pytest.raises(CourierDeferred, match=r"^(?!4\.3\.2)"):
            await found.deliver(SENDER, RECIPIENT, CONTENT)


async def test_server_that_does_not_answer_is_deferred(tmp_path: Path) -> None:
    async with operator(tmp_path) as (site, found):
        await site.server.close()
        with pytest.raises(CourierDeferred, match=r"4\.4\.1"):
            await found.deliver(SENDER, RECIPIENT, CONTENT)


class Keeper:
    """Handler of a stock aiosmtpd server."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.kept.append(envelope.content)
        return "250 2.0.0 ok"


@asynccontextmanager
async def stock_server(context: ssl.SSLContext | None) -> AsyncIterator[tuple[Keeper, int]]:
    keeper = Keeper()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keeper, hostname="localhost", tls_context=context, require_starttls=context is not None),
        "localhost", family=socket.AF_INET,
    )  # fmt: skip
    async with server:
        yield keeper, server.sockets[0].getsockname()[1]


async def test_stock_server_with_mutual_tls_takes_the_message(tmp_path: Path) -> None:
    authority = TestAuthority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server.path)
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    async with stock_server(context) as (keeper, port):
        await courier(authority, port).deliver(SENDER, RECIPIENT, CONTENT)
    assert keeper.kept == [CONTENT]


async def test_server_without_tls_gets_nothing(tmp_path: Path) -> None:
    authority = TestAuthority(tmp_path)
    async with stock_server(None) as (keeper, port):
        with pytest.raises(CourierDeferred):
            await courier(authority, port).deliver(SENDER, RECIPIENT, CONTENT)
    assert keeper.kept == []
