"""A plain HTTP client of the web space: it keeps cookies, follows nothing, and says what it got."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import ClientSession, DummyCookieJar, FormData
from aiohttp.test_utils import TestServer

from tests.builders.patient_space import PatientSpaceService, everywhere
from tests.builders.web_people import CODE, IDENTIFIER, PASSWORD
from tests.builders.web_world import FixedClock
from webmail.app import make_app
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

ORIGIN = "https://pli.example"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: bytes
    cookies: Mapping[str, str]

    @property
    def location(self) -> str:
        """Give where a redirect leads."""
        return self.headers.get("Location", "")


@dataclass
class Browser:
    """One browser's cookies and its habit of saying where a request comes from."""

    session: ClientSession
    base: str
    sessions: MemorySessions
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return await self.ask("GET", path, headers)

    async def post(self, path: str, fields: dict[str, str] | FormData, **headers: str) -> Answer:
        """Send a form, as the page that holds it would."""
        return await self.ask("POST", path, {"Sec-Fetch-Site": "same-origin"} | headers, fields)

    async def token(self, path: str = "/parametres") -> str:
        """Read the form token of a page."""
        found = re.search(r'name="csrf" value="([0-9a-f.]+)"', (await self.get(path)).text)
        assert found is not None
        return found[1]

    async def ask(
        self, method: str, path: str, headers: dict[str, str], data: dict[str, str] | FormData | bytes | None = None
    ) -> Answer:
        """Send any request."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            sent["Cookie"] = cookie
        async with self.session.request(
            method, self.base + path, headers=sent, data=data, allow_redirects=False
        ) as response:
            body = await response.read()
            for name, morsel in response.cookies.items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]
            text = body.decode("utf-8", "replace")
            given = {name: morsel.OutputString() for name, morsel in response.cookies.items()}
            return Answer(response.status, dict(response.headers), text, body, given)

    async def sign_in(self) -> None:
        """Go through both steps."""
        token = await self.token("/connexion")
        await self.post("/connexion", {"csrf": token, "identifiant": IDENTIFIER, "mot_de_passe": PASSWORD})
        answer = await self.post("/connexion/code", {"csrf": token, "code": CODE})
        assert answer.location == "/"


@asynccontextmanager
async def browsing(
    world: PatientSpaceService,
    *,
    signed_in: bool = True,
    origin: str = ORIGIN,
    telephone: str = "",
    postal: str = "",
) -> AsyncIterator[Browser]:
    """Serve `world` in this loop and give a browser on it."""
    settings = WebSettings(
        origin=origin,
        telephone=telephone,
        postal=postal,
        live_interval=timedelta(milliseconds=50),
        page_timeout=timedelta(seconds=1),
        max_upload_bytes=100_000,
        max_uploads=3,
        live_connections=2,
    )
    sessions = MemorySessions()
    app = make_app(everywhere(world), sessions, FixedClock(), settings)
    async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as session:
        browser = Browser(session, str(server.make_url("/"))[:-1], sessions)
        if signed_in:
            await browser.sign_in()
        yield browser
