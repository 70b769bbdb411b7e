"""A flood of sign-ins from many addresses, over real HTTPS: who was there before is in, and a new device soon, too.

Timed on a whole machine, so it is one of the long runs; the order of turns is held by `test_sign_in_guard`.
"""

import asyncio
import itertools
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.builders.gateway_site import GatewaySite, serving
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


class Attempts:
    """A browser at one address of this machine, which keeps what cookies it is given."""

    def __init__(self, site: GatewaySite, address: str) -> None:
        self._origin = f"https://localhost:{site.ports['web']}"
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

    async def _token_of(self, path: str) -> str:
        async with self.client.get(self._origin + path) as answer:
            found = _TOKEN.search(await answer.text())
            assert found is not None
            return found[1]

    async def _post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        async with self.client.post(self._origin + path, data=form, headers={"Origin": self._origin}) as answer:
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


@asynccontextmanager
async def flood(site: GatewaySite, identifiers: Iterator[str], passwords: Iterator[str]) -> AsyncIterator[list[int]]:
    """Guess from every address, four at a time each, until the block ends; gives the statuses of answers."""
    answers: list[int] = []

    async def guess(browser: Attempts) -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                status, _ = await browser.password(next(identifiers), next(passwords))
                answers.append(status)

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
        async with flood(site, identifiers, passwords) as answers:
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
