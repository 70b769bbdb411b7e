"""« S'identifier avec FranceConnect » in a real browser, on a phone, at other people's provider (E28)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from gateway.demonstration.world import vault_of
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from tests.browser.page_faults import SMALL_TARGETS, found_by_axe
from tests.browser.test_browser_activation import HUGO, PHONE, Walk, walking
from tests.builders.openid_provider import serving_provider
from tests.builders.running_world import Site, running_world
from tests.builders.store import ram_folder

pytestmark = pytest.mark.asyncio(loop_scope="session")
TRAITS = HUGO.identity.traits
PERSON = {
    "family_name": TRAITS.birth_name,
    "given_name": " ".join(TRAITS.given_names),
    "gender": "male",
    "birthdate": str(TRAITS.birth_date),
    "birthplace": "35238",
    "birthcountry": "99100",
}
NOT_FOUND = re.compile("FranceConnect n’a pas permis de trouver votre espace")
BUTTON = "S'identifier avec FranceConnect"


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the invented world beside a provider that knows Hugo, and somebody of whom it tells too little."""
    users = {"hugo": PERSON, "inconnu": PERSON | {"birthplace": ""}}
    with ram_folder() as folder:
        async with serving_provider(folder, users) as openid, running_world(openid=openid) as running:
            vault = await vault_of(running.running.core, HUGO.address)
            await running.running.core.store.write(lambda tx: _born_in_rennes(tx, vault))
            yield running


def _born_in_rennes(tx: Tx, vault: VaultId) -> None:
    tx.spaces.save(replace(tx.spaces.space(vault), birth_place="35238"))


async def _state(site: Site) -> SpaceState | None:
    core = site.running.core
    vault = await vault_of(core, HUGO.address)
    return await core.store.read(lambda tx: tx.spaces.state(vault))


async def _signed_in_there(walk: Walk, who: str) -> None:
    page = walk.page
    await walk.goto("/connexion")
    await page.get_by_role("link", name="Activer mon espace santé").click()
    await page.get_by_role("link", name=BUTTON).click()
    await page.get_by_role("button", name=who, exact=True).click()
    await page.get_by_role("button", name="End session").click()


async def _looked_at(page: Page) -> None:
    await expect(page.locator("h1")).to_have_count(1)
    assert await found_by_axe(page) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.timeout(60)
async def test_who_signs_in_at_the_provider_goes_on_by_the_code_to_an_active_space(
    chromium: Browser, site: Site
) -> None:
    async with walking(chromium, site, **PHONE) as walk:
        await walk.goto("/activation")
        await _looked_at(walk.page)
        await _signed_in_there(walk, "hugo")
        await expect(walk.page.get_by_role("heading", name="Saisir mon code provisoire")).to_be_visible()
        await walk.press("Générer un code provisoire")
        await walk.type_code(await walk.code())
        await expect(walk.page.get_by_role("heading", name="L’espace santé de Hugo Petit")).to_be_visible()
        await walk.end()
        assert await _state(site) is SpaceState.ACTIVE


@pytest.mark.timeout(60)
@pytest.mark.parametrize("profile", [PHONE, {"java_script_enabled": False}], ids=["phone", "no-scripts"])
async def test_who_is_not_found_or_gives_up_is_asked_for_number_and_card(
    chromium: Browser, site: Site, profile: dict[str, Any]
) -> None:
    async with walking(chromium, site, **profile) as walk:
        page = walk.page
        await _signed_in_there(walk, "inconnu")
        await expect(page.get_by_text(NOT_FOUND)).to_be_visible()
        if profile is PHONE:
            await _looked_at(page)
        await page.get_by_role("link", name=BUTTON).click()
        await page.get_by_role("button", name="Deny").click()
        await expect(page.get_by_text(NOT_FOUND)).to_be_visible()
        await walk.show_card(HUGO)
