"""The agents' site in a real browser: a refusal by telephone, what waits, every page sound."""

import re
from pathlib import Path

import pytest
from aiohttp import hdrs
from playwright.async_api import Browser, BrowserContext, Page, expect

from gateway.demonstration.invented_people import PATIENTS
from gateway.domain.space import SpaceState
from tests.browser.page_faults import faults_at_every_size
from tests.browser.page_soundness import PHONE, faults_of_page
from tests.builders.agent_site import added_agent, agents_app, denied_child, trace_of
from tests.builders.running_world import Site, running_world

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
NOTIFIED = next(one for one in PATIENTS if one.state is SpaceState.NOTIFIED)
NO_PAGES = re.compile(r"/agent$|.*/preuve$")
"""An address that leads elsewhere, and a file."""


async def looked_at(page: Page, seen: list[str], faults: list[str]) -> None:
    """Look at a page as it stands, on a phone; every other one in the dark."""
    path = re.sub(r"https://[^/]+|\?.*", "", page.url)
    await page.set_viewport_size(PHONE)
    faults += [f"{path}: {fault}" for fault in await faults_of_page(page, narrow_is_dark=len(seen) % 2 == 1)]
    seen.append(path)


async def test_agent_comes_in_notes_a_refusal_and_gives_a_code(chromium: Browser, tmp_path: Path) -> None:
    seen: list[str] = []
    faults: list[str] = []
    async with running_world() as site:
        context = await _with_certificate(chromium, site, tmp_path)
        context.set_default_timeout(15_000)
        page = await context.new_page()
        await page.goto(f"{site.web}/agent/")
        faults += await faults_at_every_size(page)
        seen.append("/agent/connexion")
        await page.get_by_role("link", name="Utiliser mon certificat").click()
        await page.get_by_text("Agent Lilas").wait_for()
        faults += await faults_at_every_size(page)
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_label("Motif").fill("appelle pour refuser")
        await page.get_by_label("Numéro de sécurité sociale").fill(NOTIFIED.identity.ins.value)
        await page.get_by_label("Date de naissance").fill("1/1/1900")
        await page.get_by_role("button", name="Chercher").click()
        await page.get_by_text("Personne n’a ce numéro").wait_for()
        await looked_at(page, seen, faults)
        await page.get_by_label("Date de naissance").fill(str(NOTIFIED.identity.traits.birth_date))
        await page.get_by_role("button", name="Chercher").click()
        await page.get_by_role("heading", name="Elle refuse son espace").wait_for()
        await looked_at(page, seen, faults)
        # Why they looked is no reason of a refusal: it is written anew.
        await expect(page.locator("#motif-opposition")).to_have_value("")
        await page.locator("#motif-opposition").fill("refuse au téléphone")
        await page.get_by_role("button", name="Enregistrer l’opposition").click()
        await page.get_by_text("L’opposition est enregistrée").wait_for()
        await looked_at(page, seen, faults)
        async with page.expect_download() as proof:
            await page.get_by_role("link", name="Preuve d’opposition").click()
        assert (await (await proof.value).path()).read_bytes().startswith(b"%PDF-")
        _, events = await trace_of(site, NOTIFIED.identity.ins.value)
        assert (events[0].action, events[0].reason) == ("agent.proof", "appelle pour refuser")
        await page.get_by_role("button", name="Donner un code").click()
        await page.get_by_role("heading", name="Code pour").wait_for()
        await looked_at(page, seen, faults)
        await denied_child(site, PATIENTS[0], "Tom")
        await page.get_by_role("link", name="À traiter").click()
        await page.get_by_role("heading", name="Représentants légaux").wait_for()
        await looked_at(page, seen, faults)
        await page.get_by_role("button", name="Ouvrir").click()
        await page.get_by_role("heading", name="Votre décision").wait_for()
        await looked_at(page, seen, faults)
        await page.get_by_label("Elle n’est ni son parent, ni son tuteur").check()
        await page.get_by_label("Motif").fill("livret de famille vu")
        await page.get_by_role("button", name="Enregistrer la décision").click()
        await page.get_by_text("C’est réglé").wait_for()
        await looked_at(page, seen, faults)
        await page.get_by_text("Mon compte").locator("..").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.get_by_role("heading", name="Se connecter").wait_for()
        await context.close()
    assert not faults, "\n".join(faults)
    routes = [route.resource for route in agents_app().router.routes() if route.method == hdrs.METH_GET]
    known = [(one.canonical, one.get_info().get("pattern")) for one in routes if one is not None]
    assert [
        path
        for path, pattern in known
        if not NO_PAGES.match(path) and not any(pattern.fullmatch(one) if pattern else one == path for one in seen)
    ] == []


async def _with_certificate(chromium: Browser, site: Site, folder: Path) -> BrowserContext:
    made, certificate, key = await added_agent(site, "Agent Lilas"), folder / "c.pem", folder / "k.pem"
    made.save(certificate, key)
    origin = f"https://localhost:{site.running.card_port}"
    return await chromium.new_context(
        ignore_https_errors=True,
        locale="fr-FR",
        client_certificates=[{"origin": origin, "certPath": str(certificate), "keyPath": str(key)}],
    )
