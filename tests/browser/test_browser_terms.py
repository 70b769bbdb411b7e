"""The page that asks for the terms of use again: without scripts, on a small phone, for everybody's eyes (E91)."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visiting
from tests.browser.page_faults import faults_at_every_size

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.timeout(90)
async def test_page_that_asks_suits_everybody(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        visit.site.world.terms_accepted = ""
        await visit.goto("/nouvelles-conditions")
        assert await faults_at_every_size(visit.page) == []


async def test_terms_are_accepted_without_script(visiting: Visiting) -> None:
    async with visiting(scripts=False) as visit:
        visit.site.world.terms_accepted = ""
        await visit.goto("/nouvelles-conditions?suite=/documents")
        await visit.page.get_by_role("button", name="Continuer").click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("cochez la case")
        await visit.page.get_by_label("J'accepte les conditions d'utilisation").check()
        await visit.page.get_by_role("button", name="Continuer").click()
        await visit.page.wait_for_url("**/documents")
