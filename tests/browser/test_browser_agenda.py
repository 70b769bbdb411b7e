"""« Agenda » on a phone without JavaScript: month and list, added, changed, called off, an invitation accepted."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_appointment_is_added_changed_called_off_and_an_invitation_accepted(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True) as visit:
        page = visit.page
        await visit.goto("/agenda")
        await page.get_by_role("link", name="Ajouter un rendez-vous").first.click()
        for label, value in (("Titre", "Contrôle de la vue"), ("Date", "2026-12-15"), ("Heure de début", "09:30")):
            await page.get_by_label(label, exact=True).fill(value)
        await page.get_by_label("Rappel").select_option("La veille")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_text("C’est noté dans votre agenda.")).to_be_visible()
        await page.get_by_role("link", name="Modifier").click()
        await page.get_by_label("Lieu").fill("Rennes")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_role("definition").filter(has_text="Rennes")).to_be_visible()
        await page.get_by_role("button", name="Annuler ce rendez-vous").click()
        await expect(page.get_by_text("Annulé", exact=True)).to_be_visible()
        await visit.goto("/agenda?vue=mois&mois=2026-12")
        await page.get_by_role("main").get_by_role("link", name="Contrôle de la vue").first.click()
        await page.get_by_role("button", name="Prévoir de nouveau").click()
        await page.get_by_role("link", name="Agenda").first.click()
        await page.get_by_role("main").get_by_role("link", name="Séance de kinésithérapie").first.click()
        await page.get_by_role("button", name="Accepter").click()
        await expect(page.get_by_text("Vous avez accepté. Votre réponse est partie.").first).to_be_visible()
