"""A patient of the invented world in a real browser: signed in by both steps, the code taken from their notice."""

import asyncio
import json
from pathlib import Path

from playwright.async_api import Page

from gateway.demonstration.invented_people import DemoPatient
from tests.builders.running_world import Site


def _codes(site: Site) -> dict[Path, str]:
    notices = site.world.settings.path(site.world.settings.paths.notices)
    read = ((file, json.loads(file.read_text())) for file in notices.glob("[!.]*.json"))
    return {file: str(notice["code"]) for file, notice in read if notice.get("code")}


async def sign_in_page(site: Site, page: Page, patient: DemoPatient) -> None:
    """Go through both steps, as a person does."""
    before = set(await asyncio.to_thread(_codes, site))
    await page.goto(f"{site.web}/connexion")
    await page.get_by_label("Identifiant").fill(patient.identifier)
    await page.get_by_label("Mot de passe").fill(patient.password)
    await page.get_by_role("button", name="Se connecter").click()
    while not (new := set(await asyncio.to_thread(_codes, site)) - before):
        await page.wait_for_timeout(50)
    await page.get_by_label("Code").fill((await asyncio.to_thread(_codes, site))[new.pop()])
    await page.get_by_role("button", name="Valider").click()
