"""The console of professionals in a real browser: in by a certificate, every page of it sound, out again.

No page is listed here: one that is added is walked as soon as something leads to it, and fails until something does.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import hdrs
from playwright.async_api import Browser, BrowserContext, Page, expect

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.demonstration.opening import send_result, send_scan, wait_until_filed
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import EmergencyConsent, PatientChoices
from gateway.ports.store import Tx
from tests.browser.console_profile import professional
from tests.browser.page_faults import SMALL_TARGETS, faults_at_every_size
from tests.browser.page_soundness import OPEN_ALL, PHONE, faults_of_page
from tests.builders.console_site import (
    authorised,
    card_of,
    console_app,
    console_browser,
    form_token,
    note_weights,
    written_world,
)
from tests.builders.patient_pages import sign_in_page
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
CAMILLE, CLAIRE = PATIENTS[0], PROFESSIONALS[0]
NOT_WALKED = re.compile(r"/pro$|/pro/connexion|.*/(?:fichiers|ouvrir|images|pixels)/|.*\?")
"""The door, tested below, an address that leads elsewhere, files, pictures, and lists that are narrowed."""
ONCE = re.compile(r"(?<=/)(?:(?<!documents/)[0-9a-f]{12,}$|profil/[a-z-]+(?=/))")
"""What tells apart pages of which there are many, and that are walked once: an object, a section of a profile.

Each document leads to pages of its own."""
_LINK = re.compile(r'<a\b[^>]*\bhref="(/pro/[^"#]*)[^"]*"')


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with written_world() as running:
        await send_result(running.world, running.post)
        await send_scan(running.world, running.post, CAMILLE)
        await wait_until_filed(running.running.core, 2)
        yield running


async def walked_pages(site: Site, context: BrowserContext) -> list[str]:
    """Find every page that links of the console lead to, and one that is nowhere."""
    found, waiting, kinds = ["/pro/rien"], ["/pro/"], set[str]()
    while waiting:
        path = waiting.pop()
        kind = ONCE.sub("…", path)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = await context.request.get(site.web + path)
        assert answer.status == 200, path
        found.append(path)
        for link in _LINK.findall(await answer.text()):
            if not NOT_WALKED.match(link) and link not in (*found, *waiting):
                waiting.append(link)
    return found


async def open_emergency(site: Site, page: Page) -> str:
    """Have Camille consent to emergencies and her doctor ask for one; give the address of what she reads then."""
    store, chosen = site.running.core.store, PatientChoices(emergency=frozenset(EmergencyConsent))

    def consent(tx: Tx) -> VaultId:
        found = tx.spaces.resolve(MailAddress.parse(CAMILLE.address))
        assert found is not None
        tx.patient_choices.put(found[0], chosen)
        return found[0]

    place = f"/pro/patients/{await store.write(consent):x}/urgence"
    await page.goto(site.web + place)
    await page.get_by_label("Motif de l’urgence").fill("Malaise sur la voie publique")
    await page.get_by_role("button", name="Ouvrir en urgence").click()
    await page.get_by_role("heading", name="Allergies").wait_for()
    return place


async def test_patient_authorises_blocks_and_unblocks_and_hides_a_document_from_one(
    chromium: Browser, site: Site
) -> None:
    context = await chromium.new_context(ignore_https_errors=True, locale="fr-FR", viewport=PHONE)
    page = await context.new_page()
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as doctor:
        await doctor.come_in()
        await sign_in_page(site, page, CAMILLE)
        await page.goto(f"{site.web}/parametres")
        await page.get_by_role("link", name="Confidentialité").first.click()
        await page.get_by_role("button", name=f"Autoriser {CLAIRE.name}").click()
        await page.get_by_text("peut maintenant ouvrir votre dossier").wait_for()
        while not (found := re.search(r'data-patient="([0-9a-f]+)"', (await doctor.get("/pro/")).text)):
            pass  # her answer is on its way
        record = f"/pro/patients/{found[1]}/dossier"
        form = {"csrf": form_token(await doctor.get(record)), "par": "accord"}
        assert (await doctor.post(record, form)).status == 303
        assert "Allergies" in (await doctor.get(record)).text
        # Blocked while her page is open: the next one is closed to her, and the list of refusals has her.
        await page.get_by_role("button", name=f"Bloquer {CLAIRE.name}").click()
        await page.get_by_text("Ce professionnel est bloqué").wait_for()
        assert "Allergies" not in (await doctor.get(record)).text
        assert (await doctor.post(record, form)).status == 403
        await page.get_by_role("link", name="Voir tous vos refus").click()
        await page.get_by_role("button", name=f"Débloquer {CLAIRE.name}").click()
        await page.get_by_text("Vous ne bloquez personne").wait_for()
        await page.goto(f"{site.web}/documents")
        while not (filed := re.search(r'href="(/documents/[0-9a-f]{12,})"', await page.content())):
            await page.reload()  # the result is being filed
        await page.goto(site.web + filed[1])
        await page.get_by_role("link", name="Qui le voit").click()
        await page.get_by_role("button", name=f"Cacher à {CLAIRE.name}").click()
        await page.get_by_text("Ce document est caché à ce professionnel").wait_for()
        await page.goto(f"{site.web}/parametres/confidentialite/refus")
        await page.get_by_text(f"Caché à {CLAIRE.name}").wait_for()
        await page.get_by_role("button", name=re.compile(f"^Montrer .* à {CLAIRE.name}")).click()
        await page.get_by_text("n’est plus caché à ce professionnel").wait_for()
    await context.close()


async def test_doctor_comes_in_by_card_ends_an_exchange_and_every_page_is_sound(
    chromium: Browser, site: Site, tmp_path: Path
) -> None:
    async with professional(chromium, site, tmp_path) as context:
        page = await context.new_page()
        await page.goto(f"{site.web}/pro/")
        await page.get_by_role("link", name="Utiliser ma carte").click()
        await expect(page.get_by_text(CLAIRE.name)).to_be_visible()
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_role("heading", name="Mes patients").wait_for()
        while not await page.get_by_role("link", name="Camille Lefèvre").count():
            await page.reload()  # her answer is on its way
        await page.get_by_role("link", name="Camille Lefèvre").click()
        await page.get_by_role("link", name="Ouvrir le dossier").click()
        faults = [(page.url, fault) for fault in await faults_of_page(page, narrow_is_dark=True)]
        await authorised(site, page.url, CLAIRE, keeps_profile=True)
        await note_weights(site, CAMILLE, ("2026-01-05", "71,5"))
        await page.get_by_role("button", name="Ouvrir", exact=True).click()
        await page.get_by_role("heading", name="Synthèse").wait_for()
        await page.get_by_role("link", name="Profil", exact=True).click()
        await page.get_by_role("link", name="Ajouter un antécédent familial").click()
        await page.get_by_label("Maladie").fill("Diabète de type 2")
        await page.get_by_role("button", name="Enregistrer").click()
        await page.get_by_text("Votre patient lit que c’est écrit par vous").wait_for()
        paths = await walked_pages(site, context)
        for number, path in enumerate(paths):
            await page.set_viewport_size(PHONE)
            await page.goto(site.web + path)
            found = await faults_of_page(page, narrow_is_dark=number % 2 == 1)
            faults += [(path, fault) for fault in found]
        assert not faults, "\n".join(f"{path}: {fault}" for path, fault in faults)
        routes = [route.resource for route in console_app().router.routes() if route.method == hdrs.METH_GET]
        known = [(one.canonical, one.get_info().get("pattern")) for one in routes if one is not None]
        missed = [
            path
            for path, pattern in known
            if not NOT_WALKED.match(path)
            and not any(pattern.fullmatch(one.partition("?")[0]) if pattern else one == path for one in paths)
        ]
        assert missed == []
        await page.set_viewport_size(PHONE)
        await page.goto(f"{site.web}{await open_emergency(site, page)}")
        assert await faults_of_page(page, narrow_is_dark=True) == []
        await page.goto(f"{site.web}/pro/")
        await page.get_by_role("link", name="Camille Lefèvre").click()
        await page.evaluate(OPEN_ALL)
        assert await page.evaluate(SMALL_TARGETS) == []
        await page.get_by_role("button", name="Mettre fin à l’échange").click()
        await page.get_by_text("Vous avez mis fin à l’échange").wait_for()
        await page.get_by_text("Mon compte").locator("..").click()
        await page.evaluate("sessionStorage.setItem('pli', 'brouillon')")
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.get_by_role("heading", name="Se connecter à la console").wait_for()
        # What a patient typed in the same tab, whose space is beside, is theirs.
        assert await page.evaluate("sessionStorage.getItem('pli')") == "brouillon"


async def test_door_is_sound_on_a_phone_and_a_desk(chromium: Browser, site: Site, tmp_path: Path) -> None:
    async with professional(chromium, site, tmp_path, phone=True) as context:
        page = await context.new_page()
        for place in (f"{site.web}/pro/connexion", f"https://localhost:{site.running.card_port}/pro/connexion/carte"):
            await page.goto(place)
            assert await faults_at_every_size(page) == []
