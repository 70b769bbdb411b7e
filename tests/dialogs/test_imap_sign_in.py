"""Who gets in, how, and what the others are told."""

import asyncio
import base64
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.builders.imap_site import LOGIN, PASSWORD, running


def _plain(login: str, password: str, authorization: str = "") -> str:
    return base64.b64encode(f"{authorization}\0{login}\0{password}".encode()).decode()


async def test_greeting_says_what_is_offered_before_sign_in() -> None:
    async with running() as site, site.connected() as client:
        for word in (b"IMAP4rev1", b"SASL-IR", b"LITERAL+", b"AUTH=PLAIN", b"IDLE", b"ID"):
            assert word in client.greeting
        assert b"LITERAL-" not in client.greeting
        assert b"STARTTLS" not in client.greeting


async def test_sign_in_says_what_is_offered_now() -> None:
    async with running() as site, site.connected() as client:
        reply = await client.good(f"LOGIN {LOGIN} {PASSWORD}")
        for word in ("UIDPLUS", "MOVE", "UNSELECT", "SPECIAL-USE", "NAMESPACE", "ESEARCH"):
            assert word in reply.completion
        assert "CONDSTORE" not in reply.completion
        [offered] = (await client.good("CAPABILITY")).untagged
        assert f"[{offered.decode()}]" in reply.completion


@pytest.mark.parametrize("mechanism", ["PLAIN", "plain"])
async def test_plain_takes_an_initial_response(mechanism: str) -> None:
    async with running() as site, site.connected() as client:
        await client.good(f"AUTHENTICATE {mechanism} {_plain(LOGIN, PASSWORD)}")
        await client.good("SELECT INBOX")


async def test_plain_asks_for_the_response_that_did_not_come() -> None:
    async with running() as site, site.connected() as client:
        tag = await client.begin("AUTHENTICATE PLAIN")
        assert await client.response() == b"+ "
        await client.send(_plain(LOGIN, PASSWORD, LOGIN.upper()).encode() + b"\r\n")
        assert (await client.finish(tag)).ok


async def test_login_and_password_may_come_as_literals() -> None:
    async with running() as site, site.connected() as client:
        name, word = LOGIN.encode(), PASSWORD.encode()
        await client.good(b"LOGIN {%d+}\r\n%b {%d+}\r\n%b" % (len(name), name, len(word), word))


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (f"LOGIN {LOGIN} wrong", "NO [AUTHENTICATIONFAILED]"),
        (f"LOGIN personne@medecin.mssante.fr {PASSWORD}", "NO [AUTHENTICATIONFAILED]"),
        ("LOGIN nobody x", "NO [AUTHENTICATIONFAILED]"),
        (f"AUTHENTICATE PLAIN {_plain(LOGIN, PASSWORD, 'autre@medecin.mssante.fr')}", "NO [AUTHORIZATIONFAILED]"),
        (f"AUTHENTICATE PLAIN {base64.b64encode(b'one part').decode()}", "BAD"),
        ("AUTHENTICATE CRAM-MD5", "NO [CANNOT]"),
        ("AUTHENTICATE PLAIN !!!", "BAD"),
        ("SELECT INBOX", "BAD"),
        ("STARTTLS", "BAD"),
        ('LIST "" "*"', "BAD"),
    ],
)
async def test_nobody_gets_in_otherwise(command: str, answer: str) -> None:
    async with running() as site, site.connected() as client:
        assert (await client.ask(command)).completion.startswith(answer)
        assert (await client.ask("NAMESPACE")).completion.startswith("BAD")


async def test_identification_and_enable_are_answered() -> None:
    async with running() as site, site.signed_in() as client:
        assert (await client.good('ID ("name" "Essai" "version" NIL)')).untagged == [b'ID ("name" "Pli")']
        assert (await client.good("ENABLE CONDSTORE UTF8=ACCEPT X-NONE")).untagged == [b"ENABLED"]


async def test_sign_in_can_be_cancelled() -> None:
    async with running() as site, site.connected() as client:
        tag = await client.begin("AUTHENTICATE PLAIN")
        await client.response()
        await client.send(b"*\r\n")
        assert (await client.finish(tag)).completion.startswith("BAD")
        await client.good(f"LOGIN {LOGIN} {PASSWORD}")


async def test_too_many_failures_of_one_account_end_the_connection_and_hinder_no_other_account() -> None:
    async with running(max_auth_failures=3) as site:
        async with site.connected() as client:
            for _ in range(3):
                assert not (await client.ask(f"LOGIN {LOGIN.upper()} wrong")).ok
            await client.begin(f"LOGIN {LOGIN} {PASSWORD}")
            assert (await client.response()).startswith(b"* BYE [UNAVAILABLE]")
            assert await client.closed()
        async with site.connected() as client:
            reply = await client.ask("LOGIN autre@medecin.mssante.fr wrong")
            assert reply.completion.startswith("NO [AUTHENTICATIONFAILED]")


async def test_guesses_sent_all_at_once_are_counted_before_any_is_answered() -> None:
    async def guessed(word: str) -> bytes:
        async with site.connected() as client:
            await client.begin(f"LOGIN {LOGIN} {word}")
            return await client.response()

    async with running(max_auth_failures=3) as site:
        answers = await asyncio.gather(*(guessed(f"wrong{number}") for number in range(8)))
        assert sum(b"NO [AUTHENTICATIONFAILED]" in answer for answer in answers) == 3
        assert sum(answer.startswith(b"* BYE") for answer in answers) == 5


async def test_who_leaves_frees_the_place_before_the_answer_is_due() -> None:
    async with running(auth_failure_delay=timedelta(seconds=5)) as site:
        async with site.connected() as client:
            await client.begin(f"LOGIN {LOGIN} wrong")
        async with asyncio.timeout(3):
            while site.server.sessions:
                await asyncio.sleep(0)


async def test_who_does_not_sign_in_is_shown_out() -> None:
    async with running(sign_in_timeout=timedelta(milliseconds=50)) as site, site.connected() as client:
        assert (await client.response()).startswith(b"* BYE")
        assert await client.closed()


async def test_nothing_of_the_credentials_is_logged() -> None:
    with capture_logs() as logs:
        async with running() as site, site.connected() as client:
            await client.ask(f"LOGIN {LOGIN} tres-secret")
            await client.good(f"LOGIN {LOGIN} {PASSWORD}")
            await client.good("LOGOUT")
    assert {entry["event"] for entry in logs} == {"sign_in.failed", "imap.closed"}
    for secret in (LOGIN, PASSWORD, "tres-secret"):
        assert secret not in str(logs)
