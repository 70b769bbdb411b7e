"""« Historique de soins » on a phone without JavaScript: found from the profile, read by kind, hidden in one touch."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_history_is_read_by_kind_and_hidden_in_one_touch(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True) as visit:
        page = visit.page
        await visit.goto("/profil")
        await page.get_by_role("main").get_by_role("link", name="Historique de soins").last.click()
        await expect(page.get_by_text("Clinique Sainte-Anne")).to_be_visible()
        await page.get_by_role("link", name="Pharmacie").click()
        await expect(page.get_by_text("Amoxicilline 500 mg, gélule")).to_be_visible()
        await expect(page.get_by_text("Clinique Sainte-Anne")).to_have_count(0)
        await page.get_by_role("button", name="Masquer mon historique").click()
        await expect(page.locator("#envoi")).to_contain_text("Vous seul le voyez.")
        await page.get_by_role("button", name="Ne plus masquer").click()
        await expect(page.get_by_role("heading", name="Visible pour ceux que vous autorisez")).to_be_visible()
