"""A flood of sign-ins from many addresses, over real HTTPS: who was there before is in, and a new device soon, too.

Timed on a whole machine, so it is one of the long runs; the order of turns is held by `test_sign_in_guard`.
"""

import asyncio
import itertools
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from html import unescape
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.builders.gateway_site import GatewaySite, serving
from tests.builders.soft_passkey import SoftPasskey
from webmail.sessions import SESSION_COOKIE

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(300),
    # Guessers are cut in the middle of what they do, and their sockets are found by the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PASSWORD, IDENTIFIER = "Fougère-Lente-31", "camille.attaquee"
ADDRESSES = 40
AFTER_A_WHILE = 15.0
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
_OPTIONS = re.compile(r'data-options="([^"]*)"')


class Attempts:
    """A browser at one address of this machine, which keeps what cookies it is given."""

    def __init__(self, site: GatewaySite, address: str) -> None:
        self.origin = f"https://localhost:{site.ports['web']}"
        tls = ssl.create_default_context(cafile=str(site.world.authority))
        connector = aiohttp.TCPConnector(ssl=tls, local_addr=(address, 0), limit=0)
        self.client = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))
        self._token = ""
        self._opening = asyncio.Lock()

    async def password(self, identifier: str, password: str) -> tuple[int, str]:
        """Send the first form; gives status and page."""
        async with self._opening:  # a second page would make the form of the first void
            self._token = self._token or await self._token_of("/connexion")
        form = {"csrf": self._token, "identifiant": identifier, "mot_de_passe": password}
        return await self._post("/connexion", form)

    async def sign_in(self, notices: Path) -> bool:
        """Sign in once; False when asked to come again."""
        before = _codes(notices)
        self._token = ""
        # Signed out, it keeps the mark of a browser that was here.
        self.client.cookie_jar.clear(lambda cookie: cookie.key == SESSION_COOKIE)
        status, page = await self.password(IDENTIFIER, PASSWORD)
        if status == 429:
            return False
        code = ""
        while not code:
            new = _codes(notices) - before
            code = new.pop() if new else ""
            await asyncio.sleep(0.02)
        found = _TOKEN.search(page)
        assert found is not None
        status, page = await self._post("/connexion/code", {"csrf": found[1], "code": code})
        assert status == 200, page
        return True

    async def make_passkey(self) -> SoftPasskey:
        """Make a passkey of whoever is signed in."""
        device = SoftPasskey(origin=self.origin, site="localhost")
        token, options = await self._passkey_form("/parametres/securite")
        form = {"csrf": token, "reponse": device.made(options), "nom": "Téléphone"}
        status, page = await self._post("/parametres/securite/cles", form)
        assert (status, "Votre clé d’accès est ajoutée" in page) == (200, True)
        return device

    async def passkey(self, device: SoftPasskey) -> int:
        """Answer by a passkey; 200 when it opens a space."""
        async with self._opening:
            token, options = await self._passkey_form("/connexion")
            status, _ = await self._post("/connexion/cle", {"csrf": token, "reponse": device.answered(options)})
        return status

    async def _passkey_form(self, path: str) -> tuple[str, str]:
        async with self.client.get(self.origin + path) as answer:
            page = await answer.text()
        token, options = _TOKEN.search(page), _OPTIONS.search(page)
        assert token is not None
        assert options is not None
        return token[1], unescape(options[1])

    async def _token_of(self, path: str) -> str:
        async with self.client.get(self.origin + path) as answer:
            found = _TOKEN.search(await answer.text())
            assert found is not None
            return found[1]

    async def _post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        async with self.client.post(self.origin + path, data=form, headers={"Origin": self.origin}) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def at(site: GatewaySite, address: str) -> AsyncIterator[Attempts]:
    browser = Attempts(site, address)
    async with browser.client:
        yield browser


def _codes(notices: Path) -> set[str]:
    found = (orjson.loads(file.read_bytes()) for file in notices.glob("[!.]*.json"))
    return {notice["code"] for notice in found if notice["kind"] == "code"}


@pytest.fixture
def site() -> Iterator[GatewaySite]:
    with serving() as running:
        running.give_password(running.new_patient(), IDENTIFIER, PASSWORD)
        yield running


def by_passwords(identifiers: Iterator[str], passwords: Iterator[str]) -> Callable[[Attempts], Awaitable[int]]:
    """Guess passwords."""

    async def guess(browser: Attempts) -> int:
        return (await browser.password(next(identifiers), next(passwords)))[0]

    return guess


async def by_false_passkeys(browser: Attempts) -> int:
    """Answer by a passkey that nobody has."""
    return await browser.passkey(SoftPasskey(origin=browser.origin, site="localhost"))


@asynccontextmanager
async def flood(site: GatewaySite, one: Callable[[Attempts], Awaitable[int]]) -> AsyncIterator[list[int]]:
    """Guess from every address, four at a time each, until the block ends; gives the statuses of answers."""
    answers: list[int] = []

    async def guess(browser: Attempts) -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                answers.append(await one(browser))

    async with asyncio.TaskGroup() as tasks:
        browsers = [Attempts(site, f"127.0.1.{number}") for number in range(1, ADDRESSES + 1)]
        guessing = [tasks.create_task(guess(browser)) for browser in browsers for _ in range(4)]
        try:
            await asyncio.sleep(AFTER_A_WHILE)
            yield answers
        finally:
            for task in guessing:
                task.cancel()
            for browser in browsers:
                await browser.client.close()


@pytest.mark.parametrize("kind", ["one account", "one password", "all kinds"])
async def test_known_browser_is_in_within_two_seconds_and_a_new_device_within_thirty(
    site: GatewaySite, kind: str
) -> None:
    numbers = itertools.count()
    invented: Iterator[str] = (f"personne{number}" for number in numbers)
    identifiers = invented if kind != "one account" else itertools.repeat(IDENTIFIER)
    passwords = itertools.repeat("Soleil-2026!") if kind == "one password" else (f"faux{number}" for number in numbers)
    if kind == "all kinds":
        identifiers = (next(invented) if number % 2 else IDENTIFIER for number in numbers)
    notices = site.world.settings.path(site.world.settings.paths.notices)
    async with at(site, "127.0.0.2") as known, at(site, "127.0.0.3") as new:
        assert await known.sign_in(notices)
        async with flood(site, by_passwords(identifiers, passwords)) as answers:
            began = time.monotonic()
            assert await known.sign_in(notices)
            of_known, began = time.monotonic() - began, time.monotonic()
            while not await new.sign_in(notices):
                await asyncio.sleep(1)
            of_new, counted = time.monotonic() - began, len(answers)
        busy = answers[:counted].count(429)
        print(f"{kind}: known {of_known:.2f} s, new {of_new:.2f} s, {counted} answers, {busy} busy")
    assert of_known < 2
    assert of_new < 30
    # An account, or a password, is judged once a second when many guess; nothing else was answered.
    assert set(answers) <= {403, 429}
    if kind == "one account":
        assert answers[:counted].count(403) < 200


@pytest.mark.parametrize("kind", ["passwords", "passkeys"])
async def test_passkey_and_password_are_in_within_two_seconds_while_the_other_is_guessed(
    site: GatewaySite, kind: str
) -> None:
    numbers = itertools.count()
    guesses = by_passwords(itertools.repeat(IDENTIFIER), (f"faux{number}" for number in numbers))
    notices = site.world.settings.path(site.world.settings.paths.notices)
    async with at(site, "127.0.0.2") as known, at(site, "127.0.0.3") as new:
        assert await known.sign_in(notices)
        device = await known.make_passkey()
        async with flood(site, guesses if kind == "passwords" else by_false_passkeys) as answers:
            began = time.monotonic()
            assert await new.passkey(device) == 200
            of_passkey, began = time.monotonic() - began, time.monotonic()
            assert await known.sign_in(notices)
            of_password, counted = time.monotonic() - began, len(answers)
        print(f"{kind}: passkey {of_passkey:.2f} s, password {of_password:.2f} s, {counted} answers")
    assert max(of_passkey, of_password) < 2
    assert set(answers) <= {403, 429}
