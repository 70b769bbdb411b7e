"""What the server bounds, and what it says when something is beyond its bounds or broken."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import SealBroken, StoreUnavailable
from gateway.imap.wire.stream import ImapStream
from gateway.ports.store import Tx
from gateway.services.mailbox import mailbox as mailbox_service
from tests.builders.edges import passed
from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import LOGIN, PASSWORD, Site, a_message, running
from tests.builders.store import newest

T = TypeVar("T")


async def test_commands_that_are_none_end_the_connection_at_last() -> None:
    async with running(max_bad_commands=5) as site, site.connected() as client:
        await client.send(b"Host: x\r\n" + b"a NONSENSE\r\n" * 5)
        heard = [await client.response() for _ in range(6)]
        assert heard[-1].startswith(b"* BYE 5 bad commands in a row, closing: ")
        assert await client.closed()


@pytest.mark.parametrize("method", [b"GET", b"POST", b"OPTIONS", b"PRI"])
async def test_web_browser_is_sent_away_before_it_says_more(method: bytes) -> None:
    login = f"a LOGIN {LOGIN} {PASSWORD}\r\nb SELECT INBOX\r\n".encode()
    async with running() as site, site.connected() as client:
        await client.send(method + b" / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" + login)
        assert (await client.response()).startswith(b"* BYE this is no web server: use a mail client / ")
        assert await client.response() == b""


async def test_good_commands_pardon_bad_ones() -> None:
    async with running(max_bad_commands=3) as site, site.connected() as client:
        for _ in range(5):
            assert (await client.ask("NONSENSE")).completion.startswith("BAD")
            await client.good("NOOP")


async def test_one_address_gets_no_more_than_its_connections() -> None:
    async with running(max_connections_per_address=2) as site, site.connected() as first, site.connected():
        with pytest.raises(OSError):  # noqa: PT012 - closed during the handshake, or right after it
            async with ImapClient(site.port, site.context) as third:
                assert third.greeting == b""
                raise ConnectionResetError
        await first.good("LOGOUT")
        assert await first.closed()
        await _until(lambda: len(site.server.sessions) == 1)
        async with site.connected():
            pass


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0)


async def test_client_that_never_greets_tls_is_cut() -> None:
    async with running(handshake_timeout=timedelta(milliseconds=50)) as site:
        reader, writer = await asyncio.open_connection("localhost", site.port)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("flood", [b"a LOGIN {5000}\r\n", b"a LOGIN {5000+}\r\n" + b"x" * 5000 + b" y\r\n"])
async def test_large_literal_before_sign_in_is_refused_without_invitation(flood: bytes) -> None:
    async with running() as site, site.connected() as client:
        await client.send(flood)
        assert (await client.response()).startswith(b"a BAD [TOOBIG]")
        await client.good("NOOP")


async def test_flood_of_literals_before_sign_in_ends_the_connection() -> None:
    async with running() as site, site.connected() as client:
        await client.send(b"a LOGIN {4000000000+}\r\n")
        assert (await client.response()).startswith(b"a BAD [TOOBIG]")
        assert (await client.response()).startswith(b"* BYE")
        assert await client.closed()


async def test_unfinished_commands_of_all_connections_share_one_bound() -> None:
    bound = 1_000_000
    async with running(max_in_flight_bytes=bound) as site, site.signed_in() as first, site.signed_in() as second:
        await first.send(b"a APPEND INBOX {600000+}\r\n" + b"x" * 599_999)
        await _until(lambda: any(session.channel.stream.held > 599_000 for session in site.server.sessions))
        await second.send(b"a APPEND INBOX {600000+}\r\n" + b"x" * 599_999)
        assert (await second.response()).startswith(b"* BYE [UNAVAILABLE]")
        await first.send(b"x\r\n")
        assert (await first.response()).startswith(b"a NO")


async def test_literal_that_trickles_is_cut_off() -> None:
    async with running(data_window=timedelta(milliseconds=50)) as site, site.signed_in() as client:
        await client.send(b"a APPEND INBOX {1000+}\r\nx")
        assert (await client.response()).startswith(b"* BYE data comes at less than ")
        assert await client.closed()


async def test_literal_that_flows_outlives_every_window() -> None:
    window, message = timedelta(milliseconds=50), a_message(body="x" * 2_000)
    async with running(data_window=window, min_data_rate=100) as site, site.signed_in() as client:
        await client.send(b"a APPEND INBOX {%d+}\r\n" % len(message))
        for start in range(0, len(message), 200):
            await client.send(message[start : start + 200])
            await passed(window / 2)
        await client.send(b"\r\n")
        assert (await client.response()).startswith(b"a OK")
        await passed(2 * window)
        await client.good("NOOP")


async def test_session_that_fails_gives_its_share_of_the_bound_back(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = 1_000_000
    async with running(max_in_flight_bytes=bound) as site, site.signed_in() as second:
        async with site.signed_in() as first:
            await first.send(b"a APPEND INBOX {600000+}\r\n" + b"x" * 599_999)
            await _until(lambda: any(session.channel.stream.held > 599_000 for session in site.server.sessions))
            with monkeypatch.context() as patch, capture_logs() as logs:
                patch.setattr(ImapStream, "next_event", _broken)
                await first.send(b"x")
                await _until(lambda: any(entry["event"] == "listening.talk_failed" for entry in logs))
        await _until(lambda: len(site.server.sessions) == 1)
        await second.send(b"a APPEND INBOX {600000+}\r\n" + b"x" * 600_000 + b"\r\n")
        assert not (await second.response()).startswith(b"* BYE")


def _broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


async def test_client_that_does_not_read_is_cut() -> None:
    async with running(write_timeout=timedelta(milliseconds=100)) as site:
        await site.fill(a_message("Gros", "\r\n".join(["x" * 900] * 9_000)))
        async with site.signed_in("INBOX") as client:
            client.stop_reading()
            await client.begin(f"FETCH 1 ({' '.join(f'BODY.PEEK[]<{start}.9000000>' for start in range(9))})")
            await _until(lambda: not site.server.sessions)


async def test_shutdown_says_bye_to_those_who_wait() -> None:
    async with running() as site:
        idle, quiet = ImapClient(site.port, site.context), ImapClient(site.port, site.context)
        async with idle, quiet:
            await site.server.__aexit__(None, None, None)
            for client in (idle, quiet):
                assert (await client.response()).startswith(b"* BYE server shutting down")
                assert await client.closed()


async def test_unexpected_failure_is_an_incident_without_content(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret Dupont")

    monkeypatch.setattr(mailbox_service, "wanted_rows", broken)
    with capture_logs() as logs:
        async with running() as site, site.signed_in("INBOX") as client:
            await site.fill(a_message())
            await client.good("NOOP")
            answer = await client.ask("FETCH 1 RFC822.SIZE")
            await client.good("NOOP")
    assert answer.completion.startswith("NO [SERVERBUG] internal failure: try again later, incident ")
    [incident] = [entry for entry in logs if entry["event"] == "imap.failed"]
    assert incident["incident"] in answer.completion
    assert incident["error"] == "ValueError"
    assert "Dupont" not in str(logs) + answer.completion


class _Broken:
    """Stands before the store and refuses writes, or everything."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch, *, reads: bool) -> None:
        async def refuse(fn: Callable[[Tx], T], **_: object) -> T:
            raise StoreUnavailable("disk full") from sqlite3.OperationalError()

        monkeypatch.setattr(site.at.store, "write", refuse)
        if reads:
            monkeypatch.setattr(site.at.store, "read", refuse)


async def test_store_that_takes_no_writes_still_lets_messages_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            _Broken(site, monkeypatch, reads=False)
            assert (await client.good("FETCH 1 BODY[TEXT]")).untagged == [b"1 FETCH (BODY[TEXT] {8}\r\nTexte.\r\n)"]
            for command in ("STORE 1 +FLAGS \\Seen", "COPY 1 Corbeille", "MOVE 1 Corbeille", "CREATE a"):
                assert (await client.ask(command)).completion.startswith("NO [UNAVAILABLE]")
            assert (await client.append("INBOX", a_message())).completion.startswith("NO [UNAVAILABLE]")


async def test_store_that_is_gone_is_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as site, site.signed_in("INBOX") as client, site.connected() as stranger:
        _Broken(site, monkeypatch, reads=True)
        for command in ('LIST "" "*"', "SELECT INBOX", "STATUS INBOX (MESSAGES)"):
            assert (await client.ask(command)).completion.startswith("NO [UNAVAILABLE]")
        reply = await stranger.ask("LOGIN camille.exemple@medecin.mssante.fr x")
        assert reply.completion.startswith("NO [UNAVAILABLE]")


async def test_octets_that_are_missing_are_told_and_break_nothing() -> None:
    async with running() as site:
        await site.fill(a_message("un"), a_message("deux"))
        async with site.signed_in("INBOX") as client:
            [(_, entry, _)] = [
                found
                for found in await site.at.store.read(lambda tx: newest(tx, site.vault, 9))
                if found[1].uid == 1
            ]
            blob = (await site.at.store.read(lambda tx: tx.mail.content(site.vault, entry.mid))).blob
            site.at.blobs.delete(blob)
            reply = await client.ask("FETCH 1:2 BODY.PEEK[]")
            assert reply.completion.startswith("NO [CORRUPTION]")
            assert len(reply.untagged) == 1


async def test_news_that_cannot_be_read_do_not_end_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise SealBroken("altered")

    async with running() as site, site.signed_in("INBOX") as client:
        with monkeypatch.context() as patch:
            patch.setattr(mailbox_service.OpenMailbox, "changes", broken)
            await site.fill(a_message())
            assert (await client.good("NOOP")).untagged == []
        assert (await client.good("NOOP")).untagged == [b"1 EXISTS", b"1 RECENT"]
