"""A passkey first, in a real browser with its virtual authenticators: on a phone, by keyboard, without any password."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Locator, Page, expect

from tests.browser.page_faults import faults_at_every_size
from tests.browser.test_browser_activation import HUGO, PHONE, Walk, walking
from tests.builders.running_world import Site, running_world

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the invented world."""
    async with running_world() as running:
        yield running


async def _device(devtools: CDPSession, kind: str = "internal") -> str:
    """Put a device into the hands of whoever is before the browser."""
    options = {
        "protocol": "ctap2", "transport": kind, "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


async def _press(page: Page, what: Locator) -> None:
    await what.focus()
    await page.keyboard.press("Enter")


async def _looks_right(page: Page) -> None:
    assert await faults_at_every_size(page) == []


async def _activate(walk: Walk) -> None:
    page = walk.page
    await walk.show_card(HUGO)
    await walk.type_code(walk.site.world.provisional_codes[HUGO.address])
    await walk.press("J'active")
    await page.get_by_label("J'accepte les conditions d'utilisation").check()
    await walk.press("Continuer")
    await walk.press("Continuer")
    await page.get_by_label("Identifiant", exact=True).focus()
    await page.keyboard.type("x")
    await _press(page, page.get_by_role("button", name="Utiliser une clé d’accès"))
    await expect(page.get_by_text("L’identifiant a 4 à 40 caractères")).to_be_visible()
    await page.get_by_label("Identifiant", exact=True).fill("galet.brume27")
    await _press(page, page.get_by_role("button", name="Utiliser une clé d’accès"))
    await expect(page.get_by_role("heading", name="Créer ma clé d’accès")).to_be_visible()
    await _looks_right(page)
    await page.get_by_label("Nom de la clé").fill("Mon téléphone")
    await _press(page, page.get_by_role("button", name="Créer ma clé d’accès"))
    await walk.type_code(await walk.code(), "Valider")
    await expect(page.get_by_role("heading", name=re.compile("^Bonjour"))).to_be_visible()


@pytest.mark.timeout(90)
async def test_life_with_passkeys_and_no_password(chromium: Browser, site: Site) -> None:
    async with walking(chromium, site, **PHONE) as walk:
        page = walk.page
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        phone = await _device(devtools)
        await _activate(walk)
        names = [cookie["name"] for cookie in await page.context.cookies()]
        assert "__Host-pli-device" in names
        # Out, and in by the passkey alone.
        await walk.goto("/parametres")
        await page.locator("summary.menu-button, .menu > summary").first.click()
        await walk.press("Se déconnecter")
        await _press(page, page.get_by_role("button", name="Utiliser une clé d’accès"))
        await expect(page.get_by_role("heading", name=re.compile("^Bonjour"))).to_be_visible()
        # Another name; the last way in stays.
        await walk.goto("/parametres/securite")
        await _press(page, page.get_by_text("Renommer"))
        await page.get_by_label("Nouveau nom").fill("Vieux téléphone")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("a changé de nom")).to_be_visible()
        await _press(page, page.get_by_role("button", name="Retirer Vieux téléphone"))
        await expect(page.get_by_text("Choisissez d’abord un mot de passe")).to_be_visible()
        await _looks_right(page)
        # A second device; then the first one may go.
        await devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": phone})
        await _device(devtools, "usb")
        await page.get_by_label("Nom de la clé").fill("Clé de secours")
        await _press(page, page.get_by_role("button", name="Ajouter une clé d’accès"))
        await expect(page.get_by_text("Votre clé d’accès est ajoutée")).to_be_visible()
        await _press(page, page.get_by_role("button", name="Retirer Vieux téléphone"))
        await expect(page.get_by_text("n’ouvre plus votre espace")).to_be_visible()
        await expect(page.locator("#cles ~ .session-list strong")).to_have_text(["Clé de secours"])
        # A password for later, without any to show.
        await _press(page, page.get_by_role("link", name="Choisir un mot de passe"))
        await page.get_by_label("Nouveau mot de passe").fill("Brouette-Violon-Tulipe")
        await page.get_by_label("Le même, une deuxième fois").fill("Brouette-Violon-Tulipe")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Votre mot de passe est changé")).to_be_visible()
        await page.context.clear_cookies()
        await walk.goto("/connexion")
        await page.get_by_role("button", name="Utiliser une clé d’accès").click()
        await expect(page.get_by_role("heading", name=re.compile("^Bonjour"))).to_be_visible()


async def test_without_scripts_a_password_is_chosen(chromium: Browser, site: Site) -> None:
    async with walking(chromium, site, **PHONE | {"java_script_enabled": False}) as walk:
        page = walk.page
        await walk.show_card(HUGO)
        await walk.type_code(site.world.provisional_codes[HUGO.address])
        await walk.press("J'active")
        await page.get_by_label("J'accepte les conditions d'utilisation").check()
        await walk.press("Continuer")
        await walk.press("Continuer")
        await expect(page.get_by_role("button", name="Utiliser une clé d’accès")).to_be_hidden()
        await expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
