"""Connections: counted from accept, timed, drained; failures tell nothing; both event loops serve alike."""

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop
from structlog.testing import capture_logs

from gateway.domain.errors import DirectoryUnavailable
from gateway.domain.verdict import Defer, Reason
from gateway.smtp.doors import SmtpDoor
from tests.builders.edges import passed
from tests.builders.fake_intake import UNREACHABLE
from tests.builders.smtp_client import SmtpClient
from tests.builders.smtp_site import DOORS, LOGIN, PASSWORD, PLAIN, SETTINGS, running

MAIL = "MAIL FROM:<labo@labo.example>"
SOON = timedelta(milliseconds=30)


@pytest.mark.parametrize("limit", ["max_connections", "max_connections_per_address"])
async def test_connection_over_the_limit_is_turned_away_and_room_comes_back(tmp_path: Path, limit: str) -> None:
    settings = replace(SETTINGS, **{limit: 1})  # type: ignore[arg-type]  # a field named by the parameter
    async with running(tmp_path, settings) as site:
        async with site.connected("relay") as first:
            async with SmtpClient(site.port("relay")) as second:
                assert (await second.reply()).startswith("421 4.7.0")
                assert await second.closed()
            await first.ask("QUIT")
            assert await first.closed()
        async with SmtpClient(site.port("relay")) as third:
            assert (await third.reply()).startswith("220")


async def test_handshake_in_progress_counts_as_a_connection(tmp_path: Path) -> None:
    async with (
        running(tmp_path, max_connections=1, drain_timeout=timedelta(0)) as site,
        # No TLS is spoken on the door of implicit TLS: the handshake goes on.
        SmtpClient(site.port("submission")),
        SmtpClient(site.port("relay")) as other,
    ):
        assert (await other.reply()).startswith("421 4.7.0")


@pytest.mark.parametrize("door", ["submission", "submission_starttls", "relay"])
async def test_handshake_that_never_ends_is_cut(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, handshake_timeout=SOON) as site, SmtpClient(site.port(door)) as client:
        if door != "submission":
            await client.reply()
            await client.greet()
            assert (await client.ask("STARTTLS")).startswith("220")
        assert await client.closed()


@pytest.mark.parametrize("begun", [b"", b"NOO"])
async def test_idle_client_is_told_and_cut(tmp_path: Path, begun: bytes) -> None:
    async with running(tmp_path, idle_timeout=SOON) as site, site.ready() as client:
        client.send(begun)
        assert (await client.reply()).startswith("421 4.4.2")
        assert await client.closed()


@pytest.mark.parametrize("door", DOORS)
async def test_client_that_does_not_show_who_it_is_is_cut_in_time(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, sign_in_timeout=SOON) as site, site.connected(door) as client:
        while not (said := await client.ask("NOOP")).startswith("421"):
            await passed(SOON / 5)
        assert said.startswith("421 4.4.2")
        assert await client.closed()


@pytest.mark.parametrize("door", DOORS)
async def test_client_that_has_shown_who_it_is_may_take_its_time(tmp_path: Path, door: str) -> None:
    limit = timedelta(milliseconds=500)
    async with running(tmp_path, sign_in_timeout=limit) as site, site.ready(door) as client:
        await passed(limit)
        assert (await client.ask("NOOP")).startswith("250")


@pytest.mark.parametrize("door", DOORS)
async def test_replies_do_not_wait_for_acknowledgements(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.ready(door):
        [session] = site.server.sessions
        assert session.transport is not None
        accepted = session.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def test_shutdown_says_421_to_those_that_wait(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.ask(MAIL)
        closing = asyncio.create_task(site.server.close())
        assert (await client.reply()).startswith("421 4.3.2")
        await closing
        with pytest.raises(ConnectionRefusedError):
            await SmtpClient(site.port("relay")).__aenter__()


async def test_shutdown_lets_a_message_in_flight_end(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        client.send(b"first half\r\n")
        await client.writer.drain()
        closing = asyncio.create_task(site.server.close())
        client.send(b"second half\r\n.\r\n")
        assert (await client.reply()).startswith("250")
        assert (await client.reply()).startswith("421 4.3.2")
        await closing
        assert len(site.intake.messages) == 1


async def test_shutdown_does_not_wait_for_ever(tmp_path: Path) -> None:
    async with running(tmp_path, drain_timeout=SOON) as site, site.ready() as client:
        site.intake.data_may_end.clear()
        await client.begin()
        client.send(b"a\r\n.\r\n")
        await site.intake.data_began.wait()
        await site.server.close()
        assert await client.closed()
        assert site.intake.messages == []


async def test_ports_left_out_are_none(tmp_path: Path) -> None:
    async with running(tmp_path, doors=[SmtpDoor.RELAY]) as site:
        assert site.server.ports.submission is None
        assert site.server.ports.relay


async def test_unexpected_failure_is_temporary_and_names_an_incident(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        site.intake.failure = ValueError("no such row: labo@labo.example")
        said = await client.ask(MAIL)
        assert said.startswith("451 4.3.0 Temporary failure; try again later, incident ")
        assert "row" not in said
        site.intake.failure = None
        assert (await client.ask(MAIL)).startswith("250")


async def test_failure_after_the_content_is_temporary_too(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        site.intake.failure = DirectoryUnavailable("stale")
        client.send(b"a\r\n.\r\n")
        assert await client.reply() == (
            "451 4.3.0 Temporary failure; try again later / Panne momentanee ; reessayez plus tard"
        )
        assert (await client.ask("NOOP")).startswith("250")


async def test_verdict_on_the_content_is_the_reply_to_it(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        site.intake.data_verdict = UNREACHABLE
        assert (await client.deliver(b"a\r\n")).startswith("550 5.1.1")
        assert (await client.ask("RCPT TO:<a@b.example>")).startswith("503")


async def test_verdict_of_421_ends_the_connection(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        site.intake.mail_verdict = Defer(
            Reason(
                rule="POL-90", smtp_code=421, enhanced="4.7.0", french="Trop.", english="Too many unknown recipients."
            )
        )
        assert (await client.ask(MAIL)).startswith("421 4.7.0")
        assert await client.closed()


async def test_nothing_secret_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = ["295109912611193", "labo.example", "mssante.fr", "DUPONT", LOGIN, PASSWORD, PLAIN, "mot de passe"]
    with capture_logs() as lines:
        async with running(tmp_path) as site:
            async with site.ready("submission") as client:
                await client.deliver(b"Subject: Resultats de DUPONT\r\n\r\nx\r\n", LOGIN)
                await client.ask("RCPT TO:<295109912611193@patient.mssante.fr")
                await client.ask("VRFY labo@labo.example")
                site.intake.failure = ValueError("295109912611193 DUPONT")
                await client.ask("MAIL FROM:<labo@labo.example>")
                await client.ask("QUIT")
            async with site.connected("submission") as client:
                await client.greet()
                await client.ask(f"AUTH PLAIN {PLAIN}")
    logged = caplog.text + str(lines)
    assert "smtp.failed" in logged
    assert [secret for secret in secrets if secret in logged] == []


async def one_message_through_each_door(folder: Path) -> list[str]:
    async with running(folder) as site:
        said = []
        for door in DOORS:
            async with site.ready(door) as client:
                said.append(await client.deliver(b"aaaaaaaa\r\n" * 100_000))
                await client.ask("QUIT")
                assert await client.closed()
        return said


def test_uvloop_serves_every_door(tmp_path: Path) -> None:
    assert uvloop.run(one_message_through_each_door(tmp_path)) == [f"250 2.0.0 Stored as q{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("door", DOORS)
async def test_letters_beyond_the_rate_are_put_off_over_all_connections(tmp_path: Path, door: str) -> None:
    # What stands in MAIL is the sender's to choose: who was let in is counted.
    senders = "<labo@labo.example>", "<autre@labo.example>", "<>"
    async with running(tmp_path, max_letters_per_minute=2) as site:
        said = []
        for sender in senders:
            async with site.ready(door) as client:
                said.append((await client.ask(f"MAIL FROM:{sender}"))[:9])
                assert (await client.ask("NOOP")).startswith("250")
    assert said == ["250 2.1.0", "250 2.1.0", "450 4.7.1"]
