"""The pages of a record as their holder uses them, over the real services: read, filled in, followed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer

from gateway.health_links import api as health_links_api
from gateway.services.sharing.health_links import HealthLinks
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.web_client import ORIGIN, Answer, Browser
from webmail.app import make_app
from webmail.sessions import SESSION_COOKIE, MemorySessions, Sessions
from webmail.settings import WebSettings


@dataclass(frozen=True)
class RecordVisit:
    """Camille, signed in.

    Attributes:
        own: the fields that a form bears by itself, as alternatives of a regular expression.
        home: the page to which `add` and `first` go when none is named.
    """

    site: PatientSite
    browser: Browser
    own: str
    home: str

    async def text(self, path: str) -> str:
        """Read a page."""
        return unescape((await self.browser.get(path)).text)

    async def fields(self, path: str) -> dict[str, str]:
        """Read what a form bears by itself."""
        text = (await self.browser.get(path)).text
        return dict(re.findall(rf'name="({self.own})"(?: type="\w+")? value="([^"]+)"', text))

    async def add(self, path: str = "", **typed: str) -> Answer:
        """Fill the form of a new entry."""
        form = f"{path or self.home}/ajouter"
        return await self.browser.post(form, await self.fields(form) | typed)

    async def first(self, path: str = "") -> str:
        """Give the address of the first entry of a page."""
        page = path or self.home
        found = re.search(rf'href="({page}/[0-9a-f]{{3,16}})"', (await self.browser.get(page)).text)
        assert found is not None
        return found[1]


@asynccontextmanager
async def record_visit(folder: Path, own: str, home: str) -> AsyncIterator[RecordVisit]:
    """Serve the pages over the services, and sign Camille in."""
    async with patient_site(folder) as site:
        settings = WebSettings(origin=ORIGIN)
        beside = {"/shl/": health_links_api.make_app(HealthLinks(site.at.store, site.at.clock), f"{ORIGIN}/shl/")}
        app = make_app(everywhere(site.pages), site.stored_sessions, site.at.clock, settings, beside)
        token = await Sessions(site.stored_sessions, site.at.clock, settings).open(site.person)
        async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
            base = str(server.make_url("/"))[:-1]
            yield RecordVisit(site, Browser(client, base, MemorySessions(), {SESSION_COOKIE: token}), own, home)
