"""A passkey made and used in a real browser, with its virtual authenticator, against the real services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.web_server import tls_context
from webmail.app import make_app
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class RealSite:
    """The pages over a store of their own, and the token of a session of Camille."""

    origin: str
    site: PatientSite
    token: str


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[RealSite]:
    async with patient_site(folder) as site:
        await site.patients.set_password(site.camille.vault, "rivage.lilas", "Sentier-Mousse-84")
        listener = create_server(("127.0.0.1", 0))
        origin = f"https://localhost:{listener.getsockname()[1]}"
        settings, sessions = WebSettings(origin=origin), site.stored_sessions
        app = make_app(everywhere(site.pages), sessions, site.at.clock, settings)
        runner = web.AppRunner(app, shutdown_timeout=2)
        await runner.setup()
        try:
            await web.SockSite(runner, listener, ssl_context=tls_context()).start()
            yield RealSite(origin, site, await Sessions(sessions, site.at.clock, settings).open(site.person))
        finally:
            await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def real(tmp_path: Path) -> AsyncIterator[RealSite]:
    async with _serving(tmp_path) as found:
        yield found


async def _with_authenticator(page: Page, *, is_here: bool = True) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": is_here,
                "automaticPresenceSimulation": is_here,
            }
        },
    )


@asynccontextmanager
async def _page(chromium: Browser, real: RealSite, *, scripts: bool = True) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        ignore_https_errors=True,
        locale="fr-FR",
        java_script_enabled=scripts,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
    )
    context.set_default_timeout(8000)
    try:
        page = await context.new_page()
        await context.add_cookies(
            [{"url": real.origin, "name": SESSION_COOKIE, "value": real.token, "httpOnly": True, "secure": True}]
        )
        yield page
    finally:
        await context.close()


async def test_passkey_is_made_then_signs_in_alone_and_is_taken_away(chromium: Browser, real: RealSite) -> None:
    async with _page(chromium, real) as page:
        await _with_authenticator(page)
        await page.goto(f"{real.origin}/parametres/securite")
        await page.get_by_label("Nom de la clé").fill("Mon téléphone")
        await page.get_by_role("button", name="Ajouter une clé d’accès").click()
        await expect(page.get_by_text("Votre clé d’accès est ajoutée")).to_be_visible()
        await page.context.clear_cookies()
        await page.goto(f"{real.origin}/connexion")
        await page.get_by_role("button", name="Utiliser une clé d’accès").press("Enter")
        await expect(page.get_by_role("heading", name="Bonjour")).to_be_visible()
        await page.goto(f"{real.origin}/parametres/securite")
        await page.get_by_role("button", name="Retirer Mon téléphone").click()
        await expect(page.get_by_text("n’ouvre plus votre espace")).to_be_visible()
        await page.context.clear_cookies()
        await page.goto(f"{real.origin}/connexion")
        await page.get_by_role("button", name="Utiliser une clé d’accès").click()
        await expect(page.get_by_text("Cette clé d’accès n’a pas été reconnue")).to_be_visible()


async def test_page_has_no_passkeys_where_there_are_no_scripts(chromium: Browser, real: RealSite) -> None:
    async with _page(chromium, real, scripts=False) as page:
        await page.goto(f"{real.origin}/parametres/securite")
        await expect(page.get_by_text("n’exécute pas de scripts")).to_be_visible()
        await expect(page.get_by_role("button", name="Ajouter une clé d’accès")).to_be_hidden()
        await page.context.clear_cookies()
        await page.goto(f"{real.origin}/connexion")
        await expect(page.get_by_role("button", name="Utiliser une clé d’accès")).to_be_hidden()
        await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


async def test_session_elsewhere_is_ended_from_here(chromium: Browser, real: RealSite) -> None:
    other = Sessions(
        real.site.stored_sessions, real.site.at.clock, WebSettings(origin=real.origin)
    )
    token = await other.open(real.site.person, "Chrome sur Android")
    async with _page(chromium, real, scripts=False) as page:
        await page.goto(f"{real.origin}/parametres/securite")
        await page.get_by_role("button", name="Déconnecter Chrome sur Android").click()
        await expect(page.get_by_text("Cet appareil est déconnecté")).to_be_visible()
        assert await other.find(token) is None
        assert await other.find(real.token) is not None
