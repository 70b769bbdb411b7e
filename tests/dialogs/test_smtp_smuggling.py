"""No octets after a false end of data become a second message, on any door (RFC 5321 §2.3.8)."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.smtp_site import DOORS, Site, running

ENDS = ("\n", "\r", "\r\n", "\r\0\n", "\0\r\n", "\r\n\0", "\n\r", "\r\r\n")
FALSE_ENDS = [end.encode() for one in ENDS for two in ENDS if "\r\n.\r\n" not in (end := f"{one}.{two}")]
SECOND = (
    b"MAIL FROM:<pirate@labo.example>\r\nRCPT TO:<277076322082910@patient.mssante.fr>\r\n"
    b"DATA\r\nSubject: faux\r\n\r\nfaux\r\n.\r\n"
)
LINGER = timedelta(milliseconds=5)


async def refused_whole(site: Site, door: str, content: bytes) -> None:
    async with site.ready(door) as client:
        await client.begin()
        client.send(content)
        assert (await client.reply()).startswith("550 5.6.11"), content
        assert await client.closed(), content


@pytest.mark.parametrize("door", DOORS)
async def test_false_end_of_data_never_makes_a_second_message(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, linger=LINGER) as site:
        for end in FALSE_ENDS:
            await refused_whole(site, door, b"Subject: x\r\n\r\nvrai" + end + SECOND + b"\r\n.\r\n")
        assert site.intake.messages == []
        assert [what for what, _ in site.intake.asked].count("mail") == len(FALSE_ENDS)


@pytest.mark.parametrize("octet", [b"\r", b"\n", b"\0"])
async def test_bare_octet_in_content_is_refused_before_the_end(tmp_path: Path, octet: bytes) -> None:
    async with running(tmp_path, linger=LINGER) as site:
        await refused_whole(site, "relay", b"Subject: x\r\n\r\na" + octet + b"b\r\n")
        assert site.server.budget.held == 0


async def test_client_that_still_sends_reads_the_refusal(tmp_path: Path) -> None:
    async with running(tmp_path, linger=timedelta(seconds=5)) as site, site.ready() as client:
        await client.begin()
        client.send(b"a\nb\r\n" + b"x" * 70 + b"\r\n" * 200_000)
        await client.writer.drain()
        assert (await client.reply()).startswith("550 5.6.11")


@pytest.mark.parametrize("command", [b"NOOP\nNOOP\r\n", b"NOOP\rNOOP\r\n", b"NO\0OP\r\n", b"QUIT\n", b"\0"])
async def test_bare_octet_in_a_command_ends_the_connection(tmp_path: Path, command: bytes) -> None:
    async with running(tmp_path, linger=LINGER) as site, site.ready() as client:
        client.send(command)
        assert (await client.reply()).startswith("500 5.5.2")
        assert await client.closed()


async def test_content_pipelined_behind_data_ends_the_connection(tmp_path: Path) -> None:
    async with running(tmp_path, linger=LINGER) as site, site.ready() as client:
        client.send(
            b"MAIL FROM:<labo@labo.example>\r\nRCPT TO:<295109912611193@patient.mssante.fr>\r\n"
            b"DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
        )
        assert [(await client.reply())[:3] for _ in range(3)] == ["250", "250", "554"]
        assert await client.closed()
        assert site.intake.messages == []
