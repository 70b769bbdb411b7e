"""Ask anything of the web listener, as anybody: with what their browser or program sends, and nothing kept between."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector

from tests.builders.running_world import Site
from tests.builders.somebody import Somebody


@dataclass(frozen=True)
class Heard:
    """What somebody was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Give all of it as text: what is told may stand in a header too."""
        lines = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{lines}\n\n{self.body.decode('utf-8', 'replace')}"


@asynccontextmanager
async def asking(site: Site) -> AsyncIterator["Asking"]:
    """Give a client that keeps nothing from one request to the next."""
    tls = ssl.create_default_context(cafile=str(site.authority))
    connector = TCPConnector(ssl=tls)
    async with ClientSession(connector=connector, cookie_jar=DummyCookieJar(), timeout=ClientTimeout(10)) as client:
        yield Asking(client, site.web)


@dataclass(frozen=True)
class Asking:
    """Asks as anybody."""

    client: ClientSession
    origin: str

    async def ask(self, who: Somebody, method: str, path: str, form: Mapping[str, str] | None = None) -> Heard:
        """Ask for something, as the page that holds a form would."""
        headers = {**who.headers, "Sec-Fetch-Site": "same-origin"}
        data = None if form is None else FormData(form, default_to_multipart=path.startswith("/messages/"))
        asked = self.client.request(method, self.origin + path, headers=headers, data=data, allow_redirects=False)
        async with asked as answer:
            return Heard(answer.status, dict(answer.headers), await answer.read())
