"""Sign-in on submission: offered under TLS only, PLAIN and LOGIN, slow to refuse, then silent."""

import asyncio
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import StoreUnavailable
from tests.builders.smtp_site import LOGIN, PASSWORD, PLAIN, running

DOORS = ("submission", "submission_starttls")
MAIL = "MAIL FROM:<claire.martin@medecin.mssante.fr>"


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


async def test_sign_in_is_offered_on_implicit_tls(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("submission") as client:
        assert "250-AUTH PLAIN LOGIN" in await client.greet()


async def test_sign_in_is_offered_after_starttls_until_it_succeeds(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("submission_starttls") as client:
        await client.greet()
        await client.start_tls(site.authority.client())
        assert "250-AUTH PLAIN LOGIN" in await client.greet()
        await client.ask(f"AUTH PLAIN {PLAIN}")
        assert "AUTH" not in await client.greet()


@pytest.mark.parametrize("door", DOORS)
async def test_mail_needs_sign_in(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.ready(door) as client:
        assert (await client.ask(MAIL)).startswith("250")
        signed_in = site.intake.connections[0].signed_in
        assert signed_in is not None
        assert str(signed_in.address) == LOGIN
    async with running(tmp_path) as site, site.connected("submission") as client:
        await client.greet()
        assert (await client.ask(MAIL)).startswith("530 5.7.0")
        assert site.intake.asked == []


@pytest.mark.parametrize(
    "lines",
    [
        [f"AUTH PLAIN {PLAIN}"],
        [f"auth plain {PLAIN}"],
        ["AUTH Plain", PLAIN],
        ["AUTH LOGIN", b64(LOGIN), b64(PASSWORD)],
        [f"AUTH login {b64(LOGIN)}", b64(PASSWORD)],
    ],
)
async def test_every_form_of_both_mechanisms_signs_in(tmp_path: Path, lines: list[str]) -> None:
    async with running(tmp_path) as site, site.connected("submission") as client:
        await client.greet()
        answers = [await client.ask(line) for line in lines]
        assert [answer[:3] for answer in answers] == ["334"] * (len(lines) - 1) + ["235"]


async def test_challenges_of_login_are_those_that_clients_know(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("submission") as client:
        await client.greet()
        assert await client.ask("AUTH LOGIN") == "334 " + b64("Username:")
        assert await client.ask(b64(LOGIN)) == "334 " + b64("Password:")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["AUTH CRAM-MD5"], "504 5.5.4"),
        (["AUTH"], "504 5.5.4"),
        (["AUTH PLAIN", "*"], "501 5.7.0"),
        (["AUTH PLAIN !!!"], "501 5.5.2"),
        (["AUTH PLAIN " + b64("\0sans mot de passe")], "501 5.5.2"),
        (["AUTH PLAIN " + b64(f"autre\0{LOGIN}\0{PASSWORD}")], "501 5.5.2"),
        (["AUTH PLAIN " + b64(f"\0{LOGIN}\0faux")], "535 5.7.8"),
        (["AUTH PLAIN " + b64("\0inconnu@medecin.mssante.fr\0faux")], "535 5.7.8"),
        (["AUTH PLAIN", "A" * 20_000], "500 5.5.6"),
    ],
)
async def test_other_attempts_are_refused(tmp_path: Path, lines: list[str], answer: str) -> None:
    async with running(tmp_path) as site, site.connected("submission") as client:
        await client.greet()
        for line in lines:
            said = await client.ask(line)
        assert said.startswith(answer)
        assert (await client.ask(MAIL)).startswith("530")


async def test_sign_in_comes_once_and_outside_a_message(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.ready("submission") as client:
        assert (await client.ask(f"AUTH PLAIN {PLAIN}")).startswith("503")


async def test_sign_in_with_the_store_down_is_temporary(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.connected("submission") as client:
        site.intake.failure = StoreUnavailable("disk full")
        await client.greet()
        assert (await client.ask(f"AUTH PLAIN {PLAIN}")).startswith("454 4.7.0")


@pytest.mark.parametrize("login", [LOGIN, "inconnu@medecin.mssante.fr"])
async def test_refusal_is_not_told_before_its_time(tmp_path: Path, login: str) -> None:
    delay = timedelta(seconds=10)
    async with (
        running(tmp_path, auth_failure_delay=delay, drain_timeout=timedelta(0)) as site,
        site.connected("submission") as client,
    ):
        await client.greet()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ask("AUTH PLAIN " + b64(f"\0{login}\0faux")), 0.05)


async def test_who_leaves_frees_the_place_before_the_refusal_is_due(tmp_path: Path) -> None:
    async with running(tmp_path, auth_failure_delay=timedelta(seconds=5)) as site:
        async with site.connected("submission") as client:
            await client.greet()
            client.send(b"AUTH PLAIN " + b64(f"\0{LOGIN}\0faux").encode() + b"\r\n")
        async with asyncio.timeout(3):
            while site.server.sessions:
                await asyncio.sleep(0)


async def test_failures_end_in_silence_for_that_account_only(tmp_path: Path) -> None:
    async with running(tmp_path, max_auth_failures=2) as site:
        async with site.connected("submission") as client:
            await client.greet()
            assert (await client.ask("AUTH PLAIN " + b64(f"\0{LOGIN}\0faux"))).startswith("535")
            assert (await client.ask("AUTH PLAIN " + b64(f"\0{LOGIN}\0faux"))).startswith("421 4.7.0")
            assert await client.closed()
        async with site.connected("submission") as client:
            await client.greet()
            assert (await client.ask(f"AUTH PLAIN {PLAIN}")).startswith("421 4.7.0")
        site.intake.accounts["paul.durand@medecin.mssante.fr"] = "x"
        async with site.connected("submission") as client:
            await client.greet()
            assert (await client.ask("AUTH PLAIN " + b64("\0paul.durand@medecin.mssante.fr\0x"))).startswith("235")
        assert site.intake.sources == ["127.0.0.1"] * 3
