"""Who may say what, when: before and under TLS, in what order, within which limits."""

import asyncio
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from gateway.smtp.session import SmtpSession
from tests.builders.fake_intake import UNREACHABLE
from tests.builders.smtp_site import DOORS, PLAIN, running

SHORT = timedelta(milliseconds=5)
MAIL = "MAIL FROM:<labo@labo.example>"
RCPT = "RCPT TO:<295109912611193@patient.mssante.fr>"


def keywords(reply: str) -> list[str]:
    return [line[4:] for line in reply.split("\r\n")[1:]]


async def test_no_command_of_aiosmtpd_is_left_as_it_was() -> None:
    known = {name for name in dir(SMTP) if name.startswith("smtp_")}
    assert {name for name in known if getattr(SmtpSession, name) is getattr(SMTP, name)} == set()


@pytest.mark.parametrize("door", ["relay", "submission_starttls"])
async def test_before_tls_only_starttls_is_offered(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.connected(door) as client:
        offered = keywords(await client.greet())
        assert offered == ["SIZE 25000000", "8BITMIME", "PIPELINING", "STARTTLS", "ENHANCEDSTATUSCODES"]


@pytest.mark.parametrize("door", ["relay", "submission_starttls"])
async def test_before_tls_mail_and_sign_in_are_refused(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.connected(door) as client:
        await client.greet()
        for command in (MAIL, RCPT, "DATA", f"AUTH PLAIN {PLAIN}", "VRFY labo", "HELP", "XYZZY"):
            assert (await client.ask(command)).startswith("530 5.7.0")
        for command in ("NOOP", "RSET", "HELO client.example"):
            assert (await client.ask(command)).startswith("250")
        assert site.intake.asked == []


async def test_under_tls_the_relay_offers_neither_starttls_nor_auth(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready("relay") as client:
        assert keywords(await client.greet()) == ["SIZE 25000000", "8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES"]
        assert (await client.ask(f"AUTH PLAIN {PLAIN}")).startswith("502")


@pytest.mark.parametrize("door", DOORS)
async def test_starttls_inside_tls_is_out_of_sequence(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.ready(door) as client:
        assert (await client.ask("STARTTLS")).startswith("503 5.5.1")


@pytest.mark.parametrize("door", ["relay", "submission_starttls"])
async def test_commands_in_the_segment_of_starttls_end_the_connection(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, linger=SHORT) as site, site.connected(door) as client:
        await client.greet()
        client.send(b"STARTTLS\r\nEHLO pirate.example\r\n")
        assert (await client.reply()).startswith("554 5.5.0")
        assert await client.closed()


async def test_tls_forgets_the_greeting_before_it(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("relay") as client:
        await client.greet("menteur.example")
        await client.start_tls(site.certified())
        assert (await client.ask(MAIL)).startswith("503")
        await client.greet("client.example")
        assert (await client.ask(MAIL)).startswith("250")
        assert site.intake.connections[0].helo == "client.example"


@pytest.mark.parametrize("door", DOORS)
async def test_pipelining_before_the_answer_to_ehlo_ends_the_connection(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, linger=SHORT) as site, site.connected(door) as client:
        client.send(f"EHLO client.example\r\n{MAIL}\r\n".encode())
        assert (await client.reply()).startswith("554 5.5.0")
        assert await client.closed()


@pytest.mark.parametrize(("said", "answer"), [(b"EHLO x.example\r\n", b"554 5.5.0"), (b"GET / HTTP/1.1\r\n", b"502")])
async def test_client_that_speaks_before_the_greeting_is_sent_away(
    tmp_path: Path, said: bytes, answer: bytes
) -> None:
    loop = asyncio.get_running_loop()
    async with running(tmp_path, linger=SHORT) as site:
        # A blocking socket: its octets have arrived before the server gets to run.
        with socket.create_connection(("127.0.0.1", site.port("relay"))) as client:
            client.sendall(said)
            client.setblocking(False)
            assert (await loop.sock_recv(client, 400)).startswith(answer)
            assert await loop.sock_recv(client, 400) == b""


@pytest.mark.parametrize("door", DOORS)
async def test_web_browser_is_sent_away(tmp_path: Path, door: str) -> None:
    async with running(tmp_path, linger=SHORT) as site, site.connected(door) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: pli.example\r\n\r\nMAIL FROM:<a@labo.example>\r\n")
        assert (await client.reply()).startswith("502 5.5.1")
        assert await client.closed()


async def test_order_of_commands_is_held(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        assert (await client.ask(RCPT)).startswith("503")
        assert (await client.ask("DATA")).startswith("503")
        assert (await client.ask(MAIL)).startswith("250")
        assert (await client.ask(MAIL)).startswith("503")
        assert (await client.ask("DATA")).startswith("503")
        assert (await client.ask("RSET")).startswith("250")
        assert (await client.ask(RCPT)).startswith("503")


async def test_data_without_a_recipient_left_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        site.intake.rcpt_verdicts["295109912611193@patient.mssante.fr"] = UNREACHABLE
        await client.ask(MAIL)
        assert await client.ask(RCPT) == (
            "550 5.1.1 Patient cannot be reached here. / Patient non joignable par cette messagerie."
        )
        assert (await client.ask("DATA")).startswith("554 5.5.1")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("VRFY labo@labo.example", "252 2.5.0"),
        ("EXPN liste", "502 5.5.1"),
        ("HELP", "502 5.5.1"),
        ("XYZZY", "500 5.5.2"),
        ("", "500 5.5.2"),
        ("EHLO", "501 5.5.4"),
        ("NOOP anything", "250 2.0.0"),
        ("RSET x", "501 5.5.4"),
        ("DATA x", "501 5.5.4"),
        ("quit", "221 2.0.0"),
        ("MAIL FROM:<é@labo.example>", "553 5.6.7"),
        ("mail from:<labo@labo.example> RET=HDRS", "555 5.5.4"),
        ("BDAT 10 LAST", "500 5.5.2"),
    ],
)
async def test_other_commands_reveal_nothing(tmp_path: Path, command: str, answer: str) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        assert (await client.ask(command)).startswith(answer)


async def test_space_of_outlook_and_case_are_forgiven(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        assert (await client.ask("mail from: <Labo@Labo.Example> size=10 body=8BITMIME")).startswith("250")
        assert (await client.ask("rcpt to: <295109912611193@Patient.MSSante.fr>")).startswith("250")
        assert [str(address) for _, address in site.intake.asked] == [
            "labo@labo.example", "295109912611193@patient.mssante.fr",
        ]  # fmt: skip


async def test_hundred_and_first_recipient_is_left_for_later(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        commands = [MAIL, *(f"RCPT TO:<p{n}@medecin.mssante.fr>" for n in range(101))]
        client.send("".join(f"{command}\r\n" for command in commands).encode())
        answers = [await client.reply() for _ in commands]
        assert {answer[:3] for answer in answers[:-1]} == {"250"}
        assert answers[-1].startswith("452 4.5.3")
        await client.ask("DATA")
        client.send(b"x\r\n.\r\n")
        assert (await client.reply()).startswith("250")
        assert len(site.intake.messages[0].envelope.recipients) == 100


async def test_repeated_recipient_counts_once(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as client:
        await client.ask(MAIL)
        for _ in range(3):
            assert (await client.ask(RCPT)).startswith("250")
        assert [what for what, _ in site.intake.asked] == ["mail", "rcpt"]


async def test_long_command_is_refused_and_an_endless_one_ends_the_connection(tmp_path: Path) -> None:
    async with running(tmp_path, linger=SHORT) as site, site.ready() as client:
        assert (await client.ask("NOOP " + "a" * 2_000)).startswith("500 5.5.6")
        assert (await client.ask("NOOP")).startswith("250")
        client.send(b"a" * 200_000)
        assert (await client.reply()).startswith("500 5.5.6")
        assert await client.closed()


async def test_limits_of_one_connection_are_not_those_of_another(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready() as one, site.ready() as other:
        for client in (one, other, one):
            assert (await client.ask("NOOP " + "a" * 900)).startswith("250")
            assert (await client.ask("NOOP " + "a" * 1_100)).startswith("500")


async def test_commands_that_move_no_mail_are_bounded(tmp_path: Path) -> None:
    async with running(tmp_path, linger=SHORT, max_idle_commands=5) as site, site.ready() as client:
        await client.deliver(b"x\r\n")
        assert [(await client.ask("NOOP"))[:3] for _ in range(6)] == ["250"] * 5 + ["421"]
        assert await client.closed()


async def test_machine_whose_name_has_an_accent_is_greeted(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected() as client:
        client.send("EHLO poste-médecin.example\r\n".encode())
        assert (await client.reply()).startswith("250")
        client.send("NOOP é\r\n".encode())
        assert (await client.reply()).startswith("500")
