"""A mother on her telephone, a father at his computer: a child activated, acted for, shared, taken back (F15, E34)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from gateway.domain.account import Space
from tests.browser.page_faults import found_by_axe
from tests.browser.page_soundness import OPEN_ALL
from tests.builders.family import a_child
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.store import ram_folder
from tests.builders.web_server import served
from webmail.app import make_app
from webmail.references import person_of
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


@asynccontextmanager
async def browsing(chromium: Browser, site: PatientSite, origin: str, space: Space, width: int) -> AsyncIterator[Page]:
    """Give the page of a browser in which the holder of a space is signed in; `width` below 500 is a telephone's."""
    sessions = Sessions(site.stored_sessions, site.at.clock, WebSettings(origin=origin))
    context = await chromium.new_context(
        ignore_https_errors=True, locale="fr-FR", viewport={"width": width, "height": 844}, is_mobile=width < 500
    )
    context.set_default_timeout(8000)
    await context.add_cookies([{
        "url": origin, "name": SESSION_COOKIE, "value": await sessions.open(person_of(space)), "httpOnly": True,
        "secure": True, "sameSite": "Strict",
    }])  # fmt: skip
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def test_child_is_activated_acted_for_and_shared_with_a_second_guardian(chromium: Browser) -> None:
    with ram_folder() as ram:
        async with patient_site(ram) as site:
            await a_child(site.at.store, site.camille, first_name="Zoé")

            async with (
                served(lambda origin: make_app(
                    everywhere(site.pages), site.stored_sessions, site.at.clock, WebSettings(origin=origin)
                )) as origin,
                browsing(chromium, site, origin, site.camille, 390) as hers,
                browsing(chromium, site, origin, site.louis, 1280) as his,
            ):  # fmt: skip
                code = await _activated_and_shared(hers, origin)
                await _accepted(his, origin, code)
                await _taken_back(hers, his)


async def _activated_and_shared(page: Page, origin: str) -> str:
    await page.goto(f"{origin}/proches")
    await page.get_by_role("link", name="Activer ou répondre").click()
    await page.get_by_label("Je certifie être le représentant légal").check()
    await page.get_by_role("button", name="Activer son espace").click()
    await page.get_by_role("button", name="Agir pour Zoé").click()
    await expect(page.get_by_text("Vous agissez pour Zoé")).to_be_visible()
    assert await found_by_axe(page) == []
    await page.goto(f"{origin}/proches")
    await page.get_by_role("link", name="Inviter un second représentant").click()
    await page.get_by_label("Nom de naissance").fill("Bernard")
    await page.get_by_label("Premier prénom").fill("Louis")
    await page.get_by_label("Date de naissance").fill("1980-01-15")
    await page.get_by_role("button", name="Inviter cette personne").click()
    code = await page.locator("strong.whole").inner_text()
    assert await found_by_axe(page) == []
    return code


async def _accepted(page: Page, origin: str, code: str) -> None:
    await page.goto(f"{origin}/proches")
    await page.get_by_role("link", name="J’ai reçu un code").click()
    await page.get_by_label("Code reçu").fill(code.upper())
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.get_by_text("vous invite à agir pour")).to_be_visible()
    await page.get_by_role("button", name="Accepter").click()
    await page.get_by_role("button", name="Agir pour Zoé").click()
    await expect(page.get_by_text("Vous agissez pour Zoé")).to_be_visible()


async def _taken_back(hers: Page, his: Page) -> None:
    await hers.goto(hers.url)
    await expect(hers.get_by_text("Louis Bernard").first).to_be_visible()
    await hers.evaluate(OPEN_ALL)
    assert await found_by_axe(hers) == []
    await hers.get_by_role("button", name="Retirer ce droit à Louis Bernard").click()
    await expect(hers.get_by_text("Cette personne n’a plus accès à cet espace")).to_be_visible()
    await his.get_by_role("link", name="Documents").first.click()
    await expect(his.get_by_text("Vous n’agissez plus pour Zoé")).to_be_visible()
    await his.get_by_role("button", name="Continuer dans mon espace").click()
    await expect(his.get_by_role("heading", name="Vous n’agissez pour personne")).to_be_visible()
