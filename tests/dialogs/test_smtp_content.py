"""Content: taken whole and unchanged, bounded in size, lines, memory and time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.smtp_site import running

MAIL = "MAIL FROM:<labo@labo.example>"


async def test_stuffed_dots_and_eight_bit_content_arrive_unchanged(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.deliver(b"..\r\n..a\r\n" + "résultat".encode() + b"\r\n")
        assert site.intake.messages[0].raw == b".\r\n.a\r\n" + "résultat".encode() + b"\r\n"


async def test_end_of_data_is_found_octet_by_octet(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        for octet in b"a\r\n.\r\n":
            client.send(bytes([octet]))
            await client.writer.drain()
        assert (await client.reply()).startswith("250")
        assert site.intake.messages[0].raw == b"a\r\n"


async def test_next_message_may_be_pipelined_behind_the_end(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        client.send(f"a\r\n.\r\n{MAIL}\r\nNOOP\r\n".encode())
        assert [(await client.reply())[:3] for _ in range(3)] == ["250", "250", "250"]
        assert len(site.intake.messages) == 1


async def test_announced_oversize_is_refused_at_mail(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        assert (await client.ask(f"{MAIL} SIZE=25000001")).startswith("552 5.3.4")
        assert (await client.ask(f"{MAIL} SIZE=25000000")).startswith("250")
        assert site.intake.parameters[0].size == 25_000_000


async def test_oversize_by_octets_is_refused_and_the_connection_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, max_message_bytes=10_000) as site, site.ready() as client:
        assert (await client.deliver(b"aaaaaaaa\r\n" * 1_001)).startswith("552 5.3.4")
        assert (await client.deliver(b"aaaaaaaa\r\n" * 1_000)).startswith("250")
        assert [len(stored.raw) for stored in site.intake.messages] == [10_000]


async def test_oversize_without_end_is_cut(tmp_path: Path) -> None:
    async with running(tmp_path, max_message_bytes=10_000) as site, site.ready() as client:
        await client.begin()
        client.send(b"aaaaaaaa\r\n" * 20_000)
        assert (await client.reply()).startswith("552 5.3.4")
        assert await client.closed()
        assert site.server.budget.held == 0


async def test_line_over_a_thousand_octets_is_refused_and_the_connection_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        assert (await client.deliver(b"a" * 999 + b"\r\n")).startswith("500 5.6.0")
        assert (await client.deliver(b"a" * 998 + b"\r\n")).startswith("250")
        assert len(site.intake.messages) == 1


async def test_endless_line_holds_no_memory(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        client.send(b"a" * 3_000_000)
        await client.writer.drain()
        assert site.server.budget.held == 0
        client.send(b"\r\n.\r\n")
        assert (await client.reply()).startswith("500 5.6.0")


async def test_octets_in_flight_are_bounded_over_all_connections(tmp_path: Path) -> None:
    async with running(tmp_path, max_in_flight_bytes=15_000) as site, site.ready() as one, site.ready() as other:
        site.intake.data_may_end.clear()
        await one.begin()
        one.send(b"aaaaaaaa\r\n" * 1_000 + b".\r\n")
        await site.intake.data_began.wait()
        assert (await other.ask(f"{MAIL} SIZE=9000")).startswith("452 4.3.1")
        assert (await other.deliver(b"aaaaaaaa\r\n" * 1_000)).startswith("452 4.3.1")
        site.intake.data_may_end.set()
        assert (await one.reply()).startswith("250")
        assert (await other.deliver(b"aaaaaaaa\r\n" * 1_000)).startswith("250")
    assert site.server.budget.held == 0


async def test_data_that_trickles_is_cut_off(tmp_path: Path) -> None:
    window = timedelta(milliseconds=30)
    async with running(tmp_path, data_window=window, min_data_rate=10_000) as site, site.ready() as client:
        await client.begin()
        client.send(b"a\r\n")
        assert (await client.reply()).startswith("421 4.4.2")
        assert await client.closed()
        assert site.server.budget.held == 0


async def test_data_that_flows_outlives_every_window(tmp_path: Path) -> None:
    window = timedelta(milliseconds=50)
    async with running(tmp_path, data_window=window, min_data_rate=1) as site, site.ready() as client:
        await client.begin()
        for _ in range(5):
            client.send(b"aaaaaaaa\r\n")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.reader.read(1), 0.03)
        client.send(b".\r\n")
        assert (await client.reply()).startswith("250")


@pytest.mark.parametrize("wire", [b"", b"Subject: x\r\n\r\nhalf", b"a\r\n.", b"a\r\n.\r"])
async def test_client_gone_before_the_final_dot_leaves_nothing(tmp_path: Path, wire: bytes) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.begin()
        client.send(wire)
        await client.writer.drain()
    assert site.intake.messages == []
    assert site.server.budget.held == 0


async def test_client_gone_after_the_final_dot_does_not_stop_the_commit(tmp_path: Path) -> None:
    async with running(tmp_path) as site:
        site.intake.data_may_end.clear()
        async with site.ready() as client:
            await client.begin()
            client.send(b"a\r\n.\r\n")
            await site.intake.data_began.wait()
        site.intake.data_may_end.set()
        await site.intake.data_ended.wait()
    assert len(site.intake.messages) == 1
    assert site.server.budget.held == 0


async def test_client_that_sends_all_and_leaves_at_once_is_heard(tmp_path: Path) -> None:
    async with running(tmp_path) as site:
        async with site.ready() as client:
            await client.begin()
            client.send(b"a\r\n.\r\n")
            await client.writer.drain()
            client.writer.close()
        await site.intake.data_ended.wait()
    assert len(site.intake.messages) == 1


async def test_commit_that_takes_too_long_is_unknown_and_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, commit_timeout=timedelta(milliseconds=30)) as site, site.ready() as client:
        site.intake.data_may_end.clear()
        assert (await client.deliver(b"a\r\n")).startswith("451 4.3.0")
        site.intake.data_may_end.set()
        await site.intake.data_ended.wait()
        assert len(site.intake.messages) == 1
