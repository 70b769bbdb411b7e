"""A patient on a telephone and a doctor at a desk: a visit, a code, an emergency, a document that is not the patient's.

One gateway and two browsers serve all of it; each journey begins at the patient's first page and the doctor's list.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.demonstration.opening import send_result, wait_until_filed
from tests.browser.console_profile import professional
from tests.browser.page_soundness import PHONE
from tests.builders.console_site import written_world
from tests.builders.patient_pages import sign_in_page
from tests.builders.running_world import Site
from tests.builders.store import ram_folder

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90), pytest.mark.xdist_group("visits"),
]  # fmt: skip
CAMILLE, CLAIRE = PATIENTS[0], PROFESSIONALS[0]
REASON = "Malaise, patiente inconsciente"


@dataclass(frozen=True)
class Both:
    """Camille on her telephone, and the site."""

    site: Site
    hers: Page
    doctor_s: Page

    async def at_her(self, path: str) -> Page:
        """Open a page of her space."""
        await self.hers.goto(self.site.web + path)
        return self.hers

    async def at_her_record(self) -> Page:
        """Let the doctor go from the list to Camille's record."""
        page = self.doctor_s
        await page.goto(f"{self.site.web}/pro/")
        while not await page.get_by_role("link", name="Camille Lefèvre").count():
            await page.reload()  # her answer is on its way
        await page.get_by_role("link", name="Camille Lefèvre").click()
        await page.get_by_role("link", name="Ouvrir le dossier").click()
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both(chromium: Browser) -> AsyncIterator[Both]:
    with ram_folder() as folder:
        async with written_world() as site, professional(chromium, site, folder) as desk:
            await send_result(site.world, site.post)
            await wait_until_filed(site.running.core)
            context = await chromium.new_context(ignore_https_errors=True, locale="fr-FR", viewport=PHONE)
            context.set_default_timeout(15_000)
            hers, doctor_s = await context.new_page(), await desk.new_page()
            await sign_in_page(site, hers, CAMILLE)
            await doctor_s.goto(f"{site.web}/pro/")
            await doctor_s.get_by_role("link", name="Utiliser ma carte").click()
            await doctor_s.get_by_role("button", name="Se connecter").click()
            await doctor_s.get_by_role("heading", name="Mes patients").wait_for()
            yield Both(site, hers, doctor_s)
            await context.close()


async def test_doctor_s_visit_from_sign_in_to_the_line_that_the_patient_reads(both: Both) -> None:
    page = await both.at_her("/parametres/confidentialite")
    await page.get_by_role("button", name=f"Autoriser {CLAIRE.name}").click()
    await page.get_by_text("peut maintenant ouvrir votre dossier").wait_for()
    record = await both.at_her_record()
    await record.get_by_role("button", name="Ouvrir", exact=True).click()
    await record.get_by_role("heading", name="Synthèse").wait_for()
    await record.get_by_role("link", name="Documents").click()
    await record.get_by_role("link", name=re.compile("examens biologiques")).first.click()
    title = await record.locator("h1").inner_text()
    page = await both.at_her("/")
    await page.get_by_text("Mon compte").locator("..").click()
    await page.get_by_role("link", name="Historique d’activité").click()
    await page.get_by_role("link", name="Professionnels").click()
    lines = page.locator(".activity-line")
    await expect(lines.filter(has_text="Ouverture du dossier").first).to_contain_text(CLAIRE.name)
    await expect(lines.filter(has_text="Lecture de la synthèse").first).to_contain_text(CLAIRE.name)
    await expect(lines.filter(has_text=title).first).to_contain_text(CLAIRE.name)
    page = await both.at_her("/parametres/confidentialite")
    await page.get_by_role("button", name=f"Retirer l’accord donné à {CLAIRE.name}").click()
    await both.at_her_record()
    await expect(both.doctor_s.get_by_label("Code dit par votre patient")).to_be_visible()


async def test_code_said_by_the_patient_opens_the_record_until_she_ends_it(both: Both) -> None:
    page = await both.at_her("/parametres")
    await page.get_by_role("link", name="Donner un code d’accès").click()
    await page.get_by_role("button", name="Créer un code").click()
    code = await page.locator(".access-code").inner_text()
    record = await both.at_her_record()
    await record.get_by_label("Code dit par votre patient").fill(code)
    await record.get_by_role("button", name="Ouvrir avec le code").click()
    await record.get_by_text("avec le code du patient").first.wait_for()
    page = await both.at_her("/parametres/codes-acces")
    await expect(page.get_by_text(f"{CLAIRE.name}", exact=False).first).to_be_visible()
    await page.get_by_role("button", name=f"Arrêter l’accès de {CLAIRE.name}").click()
    await expect(page.get_by_text("Personne ne lit votre dossier avec un code.")).to_be_visible()
    await record.reload()
    await expect(record.get_by_label("Code dit par votre patient")).to_be_visible()
    # It has served: said again, it opens nothing.
    await record.get_by_label("Code dit par votre patient").fill(code)
    await record.get_by_role("button", name="Ouvrir avec le code").click()
    await expect(record.get_by_role("alert")).to_contain_text("n’a pas donné son accord")


async def test_emergency_is_told_at_once_and_ended_by_the_doctor(both: Both) -> None:
    page = await both.at_her("/parametres/confidentialite")
    await page.get_by_label("Un autre professionnel, en cas d’urgence").check()
    await page.get_by_role("button", name="Enregistrer mes choix").click()
    record = await both.at_her_record()
    await record.get_by_role("link", name="Accès en urgence").click()
    await record.get_by_label("Motif de l’urgence").fill(REASON)
    await record.get_by_role("button", name="Ouvrir en urgence").click()
    await expect(record.get_by_role("heading", name="Allergies")).to_be_visible()
    await expect(record.get_by_text(REASON)).to_be_visible()
    notice = await _noticed(both, "emergency-opening")
    # The notice outside says that it happened, and nothing of whom or why.
    assert CLAIRE.name not in notice
    assert REASON not in notice
    page = await both.at_her("/parametres/codes-acces")
    await expect(page.get_by_text(REASON)).to_be_visible()
    page = await both.at_her("/historique?liste=professionnels")
    await expect(page.locator(".activity-line").filter(has_text=REASON).first).to_contain_text(CLAIRE.name)
    await record.get_by_role("button", name="Terminer l’accès").click()
    await expect(record.get_by_role("heading", name="Allergies")).to_have_count(0)


async def _noticed(both: Both, kind: str) -> str:
    settings = both.site.world.settings
    folder = settings.path(settings.paths.notices)
    while True:
        for file in folder.glob("[!.]*.json"):
            text = file.read_text(encoding="utf-8")
            if json.loads(text)["kind"] == kind:
                return text
        await both.hers.wait_for_timeout(50)


async def test_document_that_is_not_hers_is_gone_at_once_and_taken_back(both: Both) -> None:
    page = await both.at_her("/documents")
    await page.get_by_role("link", name=re.compile("examens biologiques")).first.click()
    place = page.url
    await page.get_by_role("link", name="Ce document n’est pas le mien").click()
    await page.get_by_role("button", name="Retirer ce document").click()
    await expect(page.get_by_text("En cours d’examen")).to_be_visible()
    gone = await page.goto(place)
    assert gone is not None
    assert gone.status == 404
    page = await both.at_her("/documents/signales")
    await page.get_by_role("button", name="C’était une erreur, le reprendre").click()
    await expect(page.get_by_text("Repris par vous")).to_be_visible()
    back = await page.goto(place)
    assert back is not None
    assert back.status == 200
