"""« Mesures » on a phone without JavaScript: values noted, drawn, corrected, aimed at (F36, E22, E89)."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _note(page: Page, value: str, hour: str) -> None:
    await page.get_by_role("link", name="Ajouter").click()
    await page.get_by_label("Valeur").fill(value)
    await page.get_by_label("Heure").fill(hour)
    await page.get_by_role("button", name="Enregistrer").click()


async def test_values_of_a_day_are_noted_drawn_corrected_and_aimed_at(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True) as visit:
        page = visit.page
        await visit.goto("/profil")
        await page.get_by_role("main").get_by_role("link", name="Mesures").click()
        await page.get_by_role("link", name="Tour de taille").click()
        for value, hour in (("86", "08:00"), ("880", "08:30")):
            await _note(page, value, hour)
        await expect(page.get_by_text("880 cm, ce n’est pas possible.")).to_be_visible()
        await page.get_by_label("Valeur").fill("88")
        await page.get_by_role("button", name="Enregistrer").click()
        await _note(page, "87", "09:00")
        await expect(page.get_by_role("img", name="Courbe de 3 mesures")).to_be_visible()
        await expect(page.get_by_role("row")).to_have_count(4)
        await page.get_by_role("row", name="88 cm").get_by_role("link").click()
        await page.get_by_label("Valeur").fill("85")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_role("row", name="85 cm corrigé")).to_be_visible()
        await page.get_by_role("link", name="Choisir un objectif").click()
        await page.get_by_label("Au plus").fill("86")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_text("86 cm au plus")).to_be_visible()
        await expect(page.get_by_role("row", name="Au-dessus de votre objectif")).to_have_count(1)
