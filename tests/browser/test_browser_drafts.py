"""What is typed is there again after an idle sign-out, for the same person; others find nothing in a tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socket import create_server

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from gateway.domain.account import Space
from gateway.domain.step_payloads import SendCode
from gateway.policy.settings import PatientReplies, PolicySettings
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.web_server import tls_context
from webmail.app import make_app
from webmail.settings import WebSettings

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(60)]

PASSWORD, TEXT, FIELD = "Sentier-Mousse-84", "Depuis mardi j’ai mal à l’épaule.", "#texte"
KEPT = "JSON.stringify(Object.entries(sessionStorage))"
SAVED = "Object.keys(sessionStorage).length > 0"


@dataclass
class TypingSite:
    """The pages over a store of their own, and a conversation of Camille's."""

    origin: str
    site: PatientSite
    letter: str

    async def sign_in(self, page: Page, who: Space, identifier: str, leads_to: str = "") -> None:
        """Go through both steps, from the page of the first."""
        await page.get_by_label("Identifiant").fill(identifier)
        await page.get_by_label("Mot de passe").fill(PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_label("Code").wait_for()
        now = self.site.at.clock.now()
        steps = await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        codes = (s.payload.code for s in steps if isinstance(s.payload, SendCode) and s.vault == who.vault)
        await page.get_by_label("Code").fill(next(codes))
        await page.get_by_role("button", name="Valider").click()
        if leads_to:
            await page.get_by_role("heading", name=leads_to).wait_for()
        else:
            await page.wait_for_url(lambda url: "/connexion" not in url)

    def idle(self) -> None:
        """Let the session end by itself."""
        self.site.at.clock.advance(timedelta(minutes=31))


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[TypingSite]:
    async with patient_site(folder, policy=PolicySettings(patient_replies=PatientReplies.CONTACT)) as site:
        await site.patients.set_password(site.camille.vault, "camille", PASSWORD)
        await site.patients.set_password(site.louis.vault, "louis", PASSWORD)
        letter = await site.receive(a_letter(CLAIRE))
        await site.receive(a_letter(CLAIRE), space=site.louis)
        listener = create_server(("127.0.0.1", 0))
        origin = f"https://localhost:{listener.getsockname()[1]}"
        app = make_app(everywhere(site.pages), site.stored_sessions, site.at.clock, WebSettings(origin=origin))
        runner = web.AppRunner(app, shutdown_timeout=2)
        await runner.setup()
        try:
            await web.SockSite(runner, listener, ssl_context=tls_context()).start()
            yield TypingSite(origin, site, f"{letter:x}")
        finally:
            await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def typing(tmp_path: Path) -> AsyncIterator[TypingSite]:
    async with _serving(tmp_path) as found:
        yield found


@asynccontextmanager
async def _signed_in(chromium: Browser, typing: TypingSite, *, scripts: bool = True) -> AsyncIterator[Page]:
    context: BrowserContext = await chromium.new_context(
        ignore_https_errors=True, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(8000)
    try:
        page = await context.new_page()
        await page.goto(f"{typing.origin}/connexion")
        await typing.sign_in(page, typing.site.camille, "camille")
        yield page
    finally:
        await context.close()


async def test_what_was_typed_is_there_again_for_the_same_person_alone(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing) as page:
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await page.locator(FIELD).fill(TEXT)
        await page.wait_for_function(SAVED)
        typing.idle()
        await page.goto(f"{typing.origin}/messages/nouveau")
        kept = await page.evaluate(KEPT)
        assert typing.letter not in kept
        assert "mardi" not in kept
        await typing.sign_in(page, typing.site.louis, "louis")
        await expect(page.locator(FIELD)).to_have_value("")
        typing.idle()
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await typing.sign_in(page, typing.site.camille, "camille")
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await expect(page.get_by_text("Votre texte est revenu.")).to_be_visible()
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(page.get_by_text("Votre réponse est partie.")).to_be_visible()
        await expect(page.locator(FIELD)).to_have_value("")
        assert await page.evaluate(KEPT) == "[]"


async def test_new_message_is_there_again_and_sign_out_wipes_it(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing) as page:
        await page.goto(f"{typing.origin}/messages/nouveau")
        await page.get_by_label("À qui écrivez-vous").select_option(index=1)
        await page.get_by_label("Objet").fill("Mon épaule")
        await page.locator(FIELD).fill(TEXT)
        await page.wait_for_function(SAVED)
        await page.evaluate("window.pliDrafts")
        typing.idle()
        await page.goto(f"{typing.origin}/messages/nouveau")
        await typing.sign_in(page, typing.site.camille, "camille")
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await expect(page.get_by_label("Objet")).to_have_value("Mon épaule")
        await page.locator(".menu summary").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.get_by_label("Identifiant").wait_for()
        assert await page.evaluate(KEPT) == "[]"


async def test_form_sent_too_late_comes_back_without_scripts(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing, scripts=False) as page:
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await page.locator(FIELD).fill(TEXT)
        typing.idle()
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await page.get_by_role("button", name="Se reconnecter").click()
        await typing.sign_in(page, typing.site.camille, "camille", leads_to="Votre texte vous attend")
        await page.get_by_role("button", name="Reprendre mon message").click()
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(page.get_by_text("Votre réponse est partie.")).to_be_visible()
