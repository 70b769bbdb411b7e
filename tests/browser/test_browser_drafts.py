"""What is typed is there again after an idle sign-out, for the same person; others find nothing in a tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.builders.typing_site import TypingSite, typing_site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(60)]

TEXT, FIELD = "Depuis mardi j’ai mal à l’épaule.", "#texte"
KEPT = "JSON.stringify(Object.entries(sessionStorage))"
NOTHING_KEPT = "sessionStorage.length === 0"  # by a deferred script, after the page's words are seen
SAVED = "Object.keys(sessionStorage).length > 0"


@pytest_asyncio.fixture(loop_scope="session")
async def typing(tmp_path: Path) -> AsyncIterator[TypingSite]:
    async with typing_site(tmp_path) as found:
        yield found


@asynccontextmanager
async def _signed_in(chromium: Browser, typing: TypingSite, *, scripts: bool = True) -> AsyncIterator[Page]:
    context: BrowserContext = await chromium.new_context(
        ignore_https_errors=True, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(8000)
    try:
        page = await context.new_page()
        await page.goto(f"{typing.origin}/connexion")
        await typing.sign_in(page, typing.site.camille, "camille")
        yield page
    finally:
        await context.close()


async def test_what_was_typed_is_there_again_for_the_same_person_alone(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing) as page:
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await page.locator(FIELD).fill(TEXT)
        await page.wait_for_function(SAVED)
        typing.idle()
        await page.goto(f"{typing.origin}/messages/nouveau")
        kept = await page.evaluate(KEPT)
        assert typing.letter not in kept
        assert "mardi" not in kept
        await typing.sign_in(page, typing.site.louis, "louis")
        await expect(page.locator(FIELD)).to_have_value("")
        typing.idle()
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await typing.sign_in(page, typing.site.camille, "camille")
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await expect(page.get_by_text("Votre texte est revenu.")).to_be_visible()
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(page.get_by_text("Votre réponse est partie.")).to_be_visible()
        await expect(page.locator(FIELD)).to_have_value("")
        await page.wait_for_function(NOTHING_KEPT)


async def test_new_message_is_there_again_and_sign_out_wipes_it(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing) as page:
        await page.goto(f"{typing.origin}/messages/nouveau")
        await page.get_by_label("À qui écrivez-vous").select_option(index=1)
        await page.get_by_label("Objet").fill("Mon épaule")
        await page.locator(FIELD).fill(TEXT)
        await page.wait_for_function(SAVED)
        await page.evaluate("window.pliDrafts")
        typing.idle()
        await page.goto(f"{typing.origin}/messages/nouveau")
        await typing.sign_in(page, typing.site.camille, "camille")
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await expect(page.get_by_label("Objet")).to_have_value("Mon épaule")
        await page.locator(".menu summary").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.get_by_label("Identifiant").wait_for()
        await page.wait_for_function(NOTHING_KEPT)


async def test_form_sent_too_late_comes_back_without_scripts(chromium: Browser, typing: TypingSite) -> None:
    async with _signed_in(chromium, typing, scripts=False) as page:
        await page.goto(f"{typing.origin}/messages/{typing.letter}")
        await page.locator(FIELD).fill(TEXT)
        typing.idle()
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await page.get_by_role("button", name="Se reconnecter").click()
        await typing.sign_in(page, typing.site.camille, "camille", leads_to="Votre texte vous attend")
        await page.get_by_role("button", name="Reprendre mon message").click()
        await expect(page.locator(FIELD)).to_have_value(TEXT)
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(page.get_by_text("Votre réponse est partie.")).to_be_visible()
