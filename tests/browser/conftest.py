"""One chromium for the whole run, one clean browser profile and one fresh web space a test.

Modules here run in one loop for the session (`pytestmark = pytest.mark.asyncio(loop_scope="session")`): a
browser belongs to the loop that started it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright

from tests.builders.web_contents import demo_world
from tests.builders.web_people import CODE, IDENTIFIER, PASSWORD
from tests.builders.web_server import Site, serving
from webmail.sessions import SESSION_COOKIE

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """One browser profile on one site, and everything that it asked for or complained of."""

    site: Site
    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def goto(self, path: str) -> None:
        """Open a page of the site."""
        await self.page.goto(self.site.origin + path)

    async def sign_in(self) -> None:
        """Go through both steps, as a person does."""
        page = self.page
        await self.goto("/connexion")
        await page.get_by_label("Identifiant").fill(IDENTIFIER)
        await page.get_by_label("Mot de passe").fill(PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_label("Code").fill(CODE)
        await page.get_by_role("button", name="Valider").click()
        await page.get_by_role("heading", name="Bonjour Camille Martin").wait_for()

    @property
    def strangers(self) -> list[str]:
        """List what was asked of any other site; chromium's own PDF viewer is an extension inside it."""
        own = (self.site.origin + "/", "data:", "blob:", "chrome-extension:", "chrome:")
        return [url for url in self.requests if not url.startswith(own)]


Visiting = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's chromium once."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        # It is left to its end when it does not answer: nothing is tested any more.
        with suppress(TimeoutError):
            async with asyncio.timeout(8):
                await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve an invented patient's space."""
    async with serving(demo_world()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def visiting(chromium: Browser, site: Site) -> Visiting:
    """Give a way to open profiles: a phone, a dark theme, no scripts."""

    @asynccontextmanager
    async def visit(
        *, scripts: bool = True, dark: bool = False, phone: bool = False, signed_in: bool = True
    ) -> AsyncIterator[Visit]:
        context = await chromium.new_context(
            ignore_https_errors=True,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
            is_mobile=phone,
            has_touch=phone,
            locale="fr-FR",
        )
        context.set_default_timeout(8000)
        found = Visit(site, context, await context.new_page())
        _listen(found)
        try:
            if signed_in:
                await context.add_cookies(
                    [
                        {
                            "url": site.origin,
                            "name": SESSION_COOKIE,
                            "value": await site.open_session(),
                            "httpOnly": True,
                            "secure": True,
                            "sameSite": "Strict",
                        }
                    ]
                )
                await found.goto("/")
            yield found
        finally:
            await context.close()

    return visit


def _listen(visit: Visit) -> None:
    def asked(request: Request) -> None:
        visit.requests.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(message.text)

    visit.context.on("request", asked)
    visit.context.on("console", said)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(visiting: Visiting) -> AsyncIterator[Visit]:
    """Be signed in, on a desktop, at the first page."""
    async with visiting() as found:
        yield found
