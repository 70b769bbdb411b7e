"""A carer from invitation to end: invited on a telephone, acting at a computer within their rights (E12, E8)."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.page_faults import found_by_axe
from tests.browser.test_browser_family import browsing
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.store import ram_folder
from tests.builders.web_server import served
from webmail.app import make_app
from webmail.settings import WebSettings

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


async def test_carer_is_invited_writes_within_their_rights_and_is_ended(chromium: Browser) -> None:
    with ram_folder() as ram:
        async with patient_site(ram) as site:
            await site.receive(a_letter(CLAIRE, subject="Votre ordonnance"))
            await site.file()
            async with (
                served(lambda origin: make_app(
                    everywhere(site.pages), site.stored_sessions, site.at.clock, WebSettings(origin=origin)
                )) as origin,
                browsing(chromium, site, origin, site.camille, 390) as hers,
                browsing(chromium, site, origin, site.louis, 1280) as his,
            ):  # fmt: skip
                await _accepted(his, origin, await _invited(hers, origin))
                await _written(his)
                await _ended(hers, his, origin)


async def _invited(page: Page, origin: str) -> str:
    await page.goto(f"{origin}/parametres")
    await page.get_by_role("link", name="Aidants").click()
    await page.get_by_role("link", name="Inviter un aidant").click()
    await page.get_by_label("Nom de naissance").fill("Bernard")
    await page.get_by_label("Premier prénom").fill("Louis")
    await page.get_by_label("Date de naissance").fill("1980-01-15")
    await page.get_by_label("Messages").select_option(label="Lire, écrire et classer")
    await page.get_by_label("Dernier jour").fill(await page.get_by_label("Dernier jour").get_attribute("max") or "")
    await page.get_by_role("button", name="Inviter un aidant").click()
    code = await page.locator("strong.whole").inner_text()
    assert await found_by_axe(page) == []
    return code


async def _accepted(page: Page, origin: str, code: str) -> None:
    await page.goto(f"{origin}/proches")
    await page.get_by_role("link", name="J’ai reçu un code").click()
    await page.get_by_label("Code reçu").fill(code.upper())
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.get_by_text("vous invite à être son aidant")).to_be_visible()
    await expect(page.get_by_text("Messages\u00a0: lire, écrire et classer")).to_be_visible()
    assert await found_by_axe(page) == []
    await page.get_by_role("button", name="Accepter").click()
    assert await found_by_axe(page) == []
    await page.get_by_role("button", name="Agir pour Camille").click()
    await expect(page.get_by_text("Vous agissez pour Camille")).to_be_visible()
    rubrics = page.get_by_role("navigation", name="Rubriques").get_by_role("link")
    assert [one.split()[0] for one in await rubrics.all_inner_texts()] == ["Accueil", "Messages"]
    assert await found_by_axe(page) == []


async def _written(page: Page) -> None:
    await page.get_by_role("link", name="Votre ordonnance").first.click()
    await page.get_by_label("Votre réponse").fill("Merci, docteur.")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.locator(".prose", has_text="– Rédigé par Louis Bernard, aidant de Camille")).to_be_visible()


async def _ended(hers: Page, his: Page, origin: str) -> None:
    await hers.goto(f"{origin}/parametres/aidants")
    await hers.get_by_role("link", name="Modifier ou retirer").click()
    await hers.get_by_role("button", name="Retirer tous ses droits").click()
    await expect(hers.get_by_text("n’a plus accès à cet espace")).to_be_visible()
    await his.get_by_role("link", name="Messages").first.click()
    await expect(his.get_by_text("Vous n’agissez plus pour Camille")).to_be_visible()
    await his.get_by_role("button", name="Continuer dans mon espace").click()
    await expect(his.get_by_role("heading", name="Vous n’agissez pour personne")).to_be_visible()
