"""A person closes their space, comes back, and is erased both ways, in a browser (A17, F25–F28)."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit, Visiting
from tests.browser.keyboard import reach
from tests.browser.page_faults import faults_at_every_size
from tests.builders.web_leaving import ERASED_ON, ERASURE_CODE, KEPT_UNTIL, PROOF
from webmail.leaving.model import AwaySpace

pytestmark = pytest.mark.asyncio(loop_scope="session")
TO_BE_ERASED, CLOSED = AwaySpace(KEPT_UNTIL, ERASED_ON, True), AwaySpace(KEPT_UNTIL, None, True)
BY_OPERATOR = AwaySpace(KEPT_UNTIL, None, False)


async def _to_settings(visit: Visit, entry: str) -> None:
    """Go there by the menu under the name, as a person does."""
    await visit.goto("/")
    await visit.page.locator("details.menu summary").click()
    await visit.page.get_by_role("link", name="Paramètres").click()
    await visit.page.get_by_role("link", name=entry).click()


async def _proof(page: Page, folder: Path) -> bytes:
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Télécharger la preuve").click()
    file = folder / "proof.pdf"
    await (await waiting.value).save_as(file)
    return file.read_bytes()


@pytest.mark.parametrize("scripts", [True, False])
async def test_person_closes_their_space_and_is_signed_out(visiting: Visiting, scripts: bool) -> None:
    async with visiting(scripts=scripts, phone=True) as visit:
        page = visit.page
        await _to_settings(visit, "Fermer mon espace")
        await page.get_by_role("button", name="Fermer mon espace").click()
        await expect(page.get_by_role("heading", name="Votre espace est fermé")).to_be_visible()
        await page.get_by_role("link", name="Revenir à la première page").click()
        await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
async def test_person_who_comes_back_keeps_the_space(visiting: Visiting, scripts: bool) -> None:
    async with visiting(scripts=scripts, phone=True) as visit:
        page, visit.site.world.away = visit.page, TO_BE_ERASED
        await visit.goto("/espace-ferme")
        await expect(page.get_by_role("heading", name="Votre espace sera effacé le 29 décembre 2026")).to_be_visible()
        await page.get_by_role("button", name="Garder mon espace").click()
        await expect(page.get_by_text("La demande d’effacement est annulée.")).to_be_visible()
        visit.site.world.away = None
        await page.get_by_role("link", name="Aller à mon espace").click()
        await expect(page.get_by_role("heading", name="Bonjour Camille Martin")).to_be_visible()


async def test_closed_space_is_opened_again_by_keyboard(visit: Visit) -> None:
    page, visit.site.world.away = visit.page, CLOSED
    await visit.goto("/espace-ferme")
    await page.get_by_role("button", name="Rouvrir mon espace").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Votre espace est de nouveau ouvert")).to_be_visible()


async def test_space_that_the_operator_closed_offers_no_button(visit: Visit) -> None:
    visit.site.world.away = BY_OPERATOR
    await visit.goto("/espace-ferme")
    await expect(visit.page.get_by_text("Pour le rouvrir, adressez-vous à lui.")).to_be_visible()
    assert await visit.page.get_by_role("button", name="Rouvrir mon espace").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
async def test_person_is_erased_in_some_days_and_takes_the_proof(
    visiting: Visiting, scripts: bool, tmp_path: Path
) -> None:
    async with visiting(scripts=scripts, phone=not scripts) as visit:
        page = visit.page
        await _to_settings(visit, "Effacer mes données")
        await page.get_by_role("button", name="Effacer le 29 décembre 2026").click()
        await expect(page.get_by_role("heading", name="Votre demande est enregistrée")).to_be_visible()
        assert await _proof(page, tmp_path) == PROOF


async def test_person_closes_or_erases_their_space_by_keyboard(visit: Visit) -> None:
    page = visit.page
    await visit.goto("/parametres/fermer")
    await reach(page, page.get_by_role("button", name="Fermer mon espace"))
    await visit.goto("/parametres/effacer")
    await reach(page, page.get_by_role("button", name="Tout de suite, pour toujours"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Code")).to_be_visible()
    await reach(page, page.get_by_label("Code"))
    await page.keyboard.type(ERASURE_CODE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Effacer maintenant")).to_be_visible()
    await reach(page, page.get_by_role("button", name="Effacer maintenant"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Votre espace est effacé")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
async def test_person_is_erased_at_once_and_takes_the_proof(visiting: Visiting, scripts: bool, tmp_path: Path) -> None:
    async with visiting(scripts=scripts, phone=True) as visit:
        page = visit.page
        await _to_settings(visit, "Effacer mes données")
        await page.get_by_role("button", name="Tout de suite, pour toujours").click()
        await page.get_by_label("Code").fill("000000")
        await page.get_by_role("button", name="Valider").click()
        await expect(page.get_by_role("alert")).to_contain_text("Ce code n’est pas le bon.")
        await page.get_by_label("Code").fill(ERASURE_CODE)
        await page.get_by_role("button", name="Valider").click()
        await page.get_by_role("button", name="Effacer maintenant").click()
        await expect(page.get_by_role("heading", name="Votre espace est effacé")).to_be_visible()
        assert await _proof(page, tmp_path) == PROOF


async def test_person_who_hesitates_keeps_everything(visit: Visit) -> None:
    page = visit.page
    await _to_settings(visit, "Effacer mes données")
    await page.get_by_role("button", name="Tout de suite, pour toujours").click()
    await page.get_by_label("Code").fill(ERASURE_CODE)
    await page.get_by_role("button", name="Valider").click()
    await page.get_by_role("link", name="Garder mon espace").click()
    await expect(page.get_by_role("heading", name="Paramètres")).to_be_visible()


async def test_signed_out_in_another_tab_nothing_is_erased(visit: Visit) -> None:
    page, other = visit.page, await visit.context.new_page()
    await visit.goto("/parametres/effacer")
    await other.goto(visit.site.origin + "/")
    await other.locator("details.menu summary").click()
    await other.get_by_role("button", name="Se déconnecter").click()
    await other.get_by_role("button", name="Se connecter").wait_for()
    await page.get_by_role("button", name="Effacer le 29 décembre 2026").click()
    await expect(page.get_by_role("heading", name="Votre session a pris fin")).to_be_visible()


@pytest.mark.timeout(90)
async def test_pages_that_no_link_leads_to_are_as_good_as_the_others(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        await visit.goto("/parametres/effacer/code")
        await _is_good(visit.page)
        await visit.page.get_by_label("Code").fill(ERASURE_CODE)
        await visit.page.get_by_role("button", name="Valider").click()
        await _is_good(visit.page)
        for away in (TO_BE_ERASED, CLOSED, BY_OPERATOR):
            visit.site.world.away = away
            await visit.goto("/espace-ferme")
            await _is_good(visit.page)
        await visit.goto("/parametres/effacer")
        await visit.page.get_by_role("button", name="Effacer le 29 décembre 2026").click()
        await _is_good(visit.page)


async def _is_good(page: Page) -> None:
    assert await faults_at_every_size(page) == [], page.url
