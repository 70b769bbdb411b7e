"""Whoever forgot, in a real browser: without scripts, on a phone, by keyboard; measured in both themes, and by axe."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visiting
from tests.browser.keyboard import reach
from tests.browser.page_faults import faults_at_every_size
from tests.builders.web_people import IDENTIFIER
from tests.builders.web_world import LINK

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEW = "Bougie-Torrent-Velours-3"


async def _choose_a_new_password(page: Page) -> None:
    await page.get_by_label("Nouveau mot de passe").fill(NEW)
    await page.get_by_label("Le même, une deuxième fois").fill(NEW)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()
    await page.get_by_role("link", name="Se connecter").click()
    await expect(page.get_by_label("Identifiant")).to_be_visible()


async def test_forgotten_password_on_a_phone_without_scripts(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True, signed_in=False) as visit:
        page = visit.page
        await visit.goto("/connexion")
        await page.get_by_role("link", name="Mot de passe oublié").click()
        await page.get_by_label("Identifiant").fill(IDENTIFIER)
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.get_by_role("heading", name="Regardez vos courriels ou vos SMS")).to_be_visible()
        await visit.goto(f"/nouveau-mot-de-passe?lien={LINK}")
        await _choose_a_new_password(page)


async def test_forgotten_password_by_keyboard(visiting: Visiting) -> None:
    async with visiting(signed_in=False) as visit:
        page = visit.page
        await visit.goto("/connexion")
        await reach(page, page.get_by_role("link", name="Mot de passe oublié"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Identifiant")).to_be_visible()
        await reach(page, page.get_by_label("Identifiant"))
        await page.keyboard.type(IDENTIFIER)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Regardez vos courriels ou vos SMS")).to_be_visible()
        await visit.goto(f"/nouveau-mot-de-passe?lien={LINK}")
        for label in ("Nouveau mot de passe", "Le même, une deuxième fois"):
            await reach(page, page.get_by_label(label))
            await page.keyboard.type(NEW)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()


async def test_forgotten_identifier_on_a_phone_without_scripts(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True, signed_in=False) as visit:
        page = visit.page
        await visit.goto("/connexion")
        await page.get_by_role("link", name="Identifiant oublié").click()
        await page.get_by_label("Numéro de sécurité sociale").fill("1 80 01 63 000 001 67")
        await page.get_by_label("Date de naissance").fill("15/01/1980")
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.get_by_role("heading", name="Regardez vos courriels ou vos SMS")).to_be_visible()
        assert len(visit.site.world.forgotten) == 1


async def test_forgotten_identifier_by_keyboard(visiting: Visiting) -> None:
    async with visiting(signed_in=False) as visit:
        page = visit.page
        await visit.goto("/connexion")
        await page.get_by_role("link", name="Identifiant oublié").focus()
        await page.keyboard.press("Enter")
        await page.get_by_label("Numéro de sécurité sociale").focus()
        await page.keyboard.type("1 80 01 63 000 001 67")
        await page.keyboard.press("Tab")
        await page.keyboard.type("15/01/1980")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Regardez vos courriels ou vos SMS")).to_be_visible()
        ((asked, _, _),) = visit.site.world.forgotten
        assert (asked.number, asked.born) == ("1 80 01 63 000 001 67", "15/01/1980")


@pytest.mark.timeout(90)
async def test_pages_around_the_door_suit_everybody(visiting: Visiting) -> None:
    async with visiting(signed_in=False, phone=True) as visit:
        for path in (
            "/connexion",
            "/mot-de-passe-oublie",
            "/identifiant-oublie",
            "/demande-envoyee",
            f"/nouveau-mot-de-passe?lien={LINK}",
            "/nouveau-mot-de-passe?lien=hier",
            "/nouveau-mot-de-passe/fait",
        ):
            await visit.goto(path)
            assert await faults_at_every_size(visit.page) == [], path
