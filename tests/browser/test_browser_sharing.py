"""Somebody scans a code with the camera of their telephone: their browser opens what was shared, without an account."""

import pytest
from playwright.async_api import Browser, expect

from gateway.domain.health_links import LinkLife
from gateway.domain.synthesis import EVERY_PART
from tests.browser.page_faults import found_by_axe
from tests.builders.record_pages import record_visit
from tests.builders.store import ram_folder

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


async def test_who_scans_a_code_reads_the_profile_in_their_browser(chromium: Browser) -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|fiche|version", "/profil/allergies") as visit:
            await visit.add(nom="Latex <b>naturel</b>", gravite="grave")
            base, site = visit.browser.base, visit.site
            made = await site.pages.share(site.actor, EVERY_PART, LinkLife.HOUR, base)
            page = await chromium.new_page(viewport={"width": 390, "height": 800})
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(base + "/lecture")
            await expect(page.get_by_role("alert")).to_contain_text("Ce code n’est pas complet.")
            await page.goto(made.address)
            await page.reload()  # the same page with another fragment is not loaded anew
            await page.get_by_label("Votre nom").fill("Dr Exemple")
            await page.get_by_label("Code d’accès").fill("000 000" if made.passcode != "000000" else "1")
            await page.get_by_role("button", name="Ouvrir").click()
            await expect(page.get_by_role("alert")).to_contain_text("Essais restants : 4.")
            await page.get_by_label("Code d’accès").fill(f"{made.passcode[:3]} {made.passcode[3:]}")
            await page.get_by_role("button", name="Ouvrir").click()
            await expect(page.get_by_role("heading", name="Allergies")).to_be_visible()
            await expect(page.get_by_text("Latex <b>naturel</b>, Gravité")).to_be_visible()
            assert page.url == base + "/lecture"  # the key stays in no address
            async with page.expect_download() as file:
                await page.get_by_role("link", name="Télécharger en PDF").click()
            assert (await (await file.value).path()).read_bytes().startswith(b"%PDF-")
            assert await found_by_axe(page) == []
            await page.close()
            assert [said for said in complaints if "401" not in said] == []
            (line,) = await site.trace("share.read")
            assert line.detail == "Dr Exemple"
