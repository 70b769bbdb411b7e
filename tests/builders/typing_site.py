"""The pages over a store of their own, for a real browser: two people with passwords, and a letter to each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socket import create_server

from aiohttp import web
from playwright.async_api import Page

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

PASSWORD = "Sentier-Mousse-84"


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
async def typing_site(folder: Path) -> AsyncIterator[TypingSite]:
    """Serve it."""
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
