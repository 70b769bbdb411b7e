"""« Profil médical » in a real browser over the real services: first visit, entries, two tabs, a session that ends.

F29, F30, F32, F38, F39, F40, F41, E36, E79.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.builders.typing_site import TypingSite, typing_site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(90)]


@asynccontextmanager
async def _on_a_phone(chromium: Browser, typing: TypingSite) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        ignore_https_errors=True, locale="fr-FR", viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.set_default_timeout(8000)
    try:
        page = await context.new_page()
        await page.goto(f"{typing.origin}/connexion?suite=/profil")
        await typing.sign_in(page, typing.site.camille, "camille")
        yield page
    finally:
        await context.close()


async def _save(page: Page) -> None:
    await page.get_by_role("button", name="Enregistrer").click()


async def _go(page: Page, typing: TypingSite, path: str) -> None:
    await page.goto(f"{typing.origin}{path}")


async def _first_visit(page: Page) -> None:
    await page.get_by_role("link", name="Répondre aux questions").click()
    await page.get_by_role("button", name="Passer", exact=True).click()
    await page.get_by_label("Valeur").fill("1000")
    await _save(page)
    await expect(page.get_by_text("1000 kg, ce n’est pas possible.")).to_be_visible()
    await page.get_by_label("Valeur").fill("72,5")
    await _save(page)
    await page.get_by_label("Allergie à quoi").fill("Pénicilline")
    await _save(page)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_role("button", name="Rien à déclarer").click()
    await page.get_by_role("button", name="Passer", exact=True).click()
    await page.get_by_label("Nom et prénom").fill("Anne Modèle")
    await page.get_by_label("Téléphone").fill("06 12 34 56 78")
    await _save(page)
    await expect(page.get_by_text("Merci. Vous pouvez compléter votre profil")).to_be_visible()
    await expect(page.get_by_role("link", name="Répondre aux questions")).to_have_count(0)


async def _allergy_in_two_tabs(page: Page, typing: TypingSite) -> None:
    await page.get_by_role("main").get_by_role("link", name="Allergies").click()
    await page.get_by_role("link", name="Pénicilline").click()
    other = await page.context.new_page()
    await other.goto(page.url)
    await page.get_by_label("Gravité").select_option("Grave")
    await _save(page)
    await other.get_by_label("Que se passe-t-il").fill("Plaques sur les bras")
    await _save(other)
    await expect(other.get_by_text("Cela a changé entre-temps")).to_be_visible()
    await expect(other.get_by_label("Que se passe-t-il")).to_have_value("Plaques sur les bras")
    await expect(other.get_by_role("definition").filter(has_text="Grave")).to_be_visible()
    await other.get_by_label("Gravité").select_option("Grave")
    await _save(other)
    await expect(other.get_by_text("Grave · Plaques sur les bras")).to_be_visible()
    await other.close()
    await _go(page, typing, "/profil/allergies/ajouter")
    await page.get_by_label("Allergie à quoi").fill("Latex")
    for typed, told in (("1850", "avant la naissance"), ("2099", "pas encore passée")):
        await page.get_by_label("Depuis quand").fill(typed)
        await _save(page)
        await expect(page.get_by_text(told)).to_be_visible()
    await page.get_by_label("Depuis quand").fill("06/2001")
    await _save(page)
    await page.get_by_role("link", name="Latex").click()
    await page.get_by_role("button", name="Supprimer").click()
    await expect(page.get_by_role("link", name="Latex")).to_be_hidden()
    await page.get_by_role("button", name="Annuler").click()
    await expect(page.get_by_role("link", name="Latex")).to_be_visible()


async def _late_changes(page: Page, typing: TypingSite) -> None:
    """Lose the session with an entry, a measure and an appointment half typed; the entry changes meanwhile."""
    await page.get_by_role("link", name="Directives anticipées").first.click()
    await page.get_by_label("Ce que je souhaite").wait_for()
    await page.wait_for_load_state()  # what keeps a draft is a deferred script
    entry, wish = page.url, page.get_by_label("Ce que je souhaite")
    await wish.fill("Je veux rester chez moi, avec mon chat.")
    await page.evaluate("window.pliDrafts")
    other = await page.context.new_page()
    await other.goto(entry)
    await other.get_by_label("Ce que je souhaite").fill("Je veux mourir chez moi.")
    await _save(other)
    await expect(other.get_by_text("C’est enregistré.")).to_be_visible()
    await other.close()
    await _go(page, typing, "/profil/mesures/pas/ajouter")
    await page.get_by_label("Date").evaluate("day => day.dispatchEvent(new Event('input', {bubbles: true}))")
    await page.evaluate("window.pliDrafts")
    assert await page.evaluate("Object.keys(sessionStorage).length") == 1  # a preset day is not typed
    hour = await page.get_by_label("Heure").input_value()
    await page.locator("#valeur").fill("4200")
    await page.evaluate("window.pliDrafts")
    await _go(page, typing, "/agenda/nouveau")
    for name, typed in (("Titre", "Kiné"), ("Date", "2027-02-03"), ("Heure de début", "09:30")):
        await page.get_by_label(name, exact=True).fill(typed)
    await page.evaluate("window.pliDrafts")
    typing.idle()
    await _go(page, typing, "/agenda/nouveau")
    await typing.sign_in(page, typing.site.camille, "camille")
    for name, typed in (("Titre", "Kiné"), ("Date", "2027-02-03"), ("Heure de début", "09:30")):
        await expect(page.get_by_label(name, exact=True)).to_have_value(typed)
    await _save(page)
    await expect(page.get_by_role("heading", name="Kiné")).to_be_visible()
    await _go(page, typing, "/profil/mesures/pas/ajouter")
    await expect(page.locator("#valeur")).to_have_value("4200")
    await expect(page.get_by_label("Heure")).to_have_value(hour)
    await page.get_by_role("link", name="Annuler").click()
    await page.goto(entry)
    await expect(page.get_by_text("Votre texte est revenu.")).to_be_visible()
    await _save(page)
    await expect(page.get_by_text("Cela a changé entre-temps")).to_be_visible()
    await expect(page.get_by_role("definition").filter(has_text="Je veux mourir chez moi.").first).to_be_visible()
    await expect(wish).to_have_value("Je veux rester chez moi, avec mon chat.")
    await _save(page)
    await expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    await page.wait_for_function("sessionStorage.length === 0")  # by a deferred script


async def _directives_in_versions(page: Page, typing: TypingSite) -> None:
    """Write directives, lose the session while typing, find the text again, and change it."""
    await _go(page, typing, "/profil/volontes/ajouter")
    await page.get_by_label("Sujet").select_option("Directives anticipées")
    await page.get_by_label("Ce que je souhaite").fill("Je veux rester chez moi.")
    await page.wait_for_function("Object.keys(sessionStorage).length > 0")
    await page.evaluate("window.pliDrafts")
    typing.idle()
    await _go(page, typing, "/profil/volontes/ajouter")
    await typing.sign_in(page, typing.site.camille, "camille")
    await expect(page.get_by_label("Ce que je souhaite")).to_have_value("Je veux rester chez moi.")
    await expect(page.get_by_label("Sujet")).to_have_value("directives")
    await _save(page)
    await _late_changes(page, typing)
    await page.get_by_role("link", name="Directives anticipées").click()
    await page.get_by_text("Historique (3)").click()
    await expect(page.get_by_role("definition").filter(has_text="Je veux rester chez moi.")).to_have_count(1)
    await _go(page, typing, "/profil/volontes/ajouter")
    await page.get_by_label("Sujet").select_option("Don d’organes")
    await page.get_by_label("Ce que je souhaite").fill("Je suis d’accord.")
    await page.get_by_label("Mes proches sont au courant").select_option("Oui")
    await _save(page)
    await expect(page.get_by_role("link", name="Don d’organes")).to_be_visible()


async def _who_follows_and_who_is_called(page: Page, typing: TypingSite) -> None:
    for name, role, kept in (
        ("Dr Ana Modèle", "Médecin traitant", True), ("Dr Luc Modèle", "Médecin traitant", False),
        ("Mme Iris Modèle", "Sage-femme référente", True), ("M. Noé Modèle", "Pharmacien correspondant", True),
    ):  # fmt: skip
        await _go(page, typing, "/profil/professionnels/ajouter")
        await page.get_by_label("Nom", exact=True).fill(name)
        await page.get_by_label("Rôle").select_option(role)
        await _save(page)
        told = page.get_by_text("C’est enregistré." if kept else "Une autre fiche le dit déjà.")
        await expect(told).to_be_visible()
    await _go(page, typing, "/profil/professionnels")
    for role in ("Médecin traitant", "Sage-femme référente", "Pharmacien correspondant"):
        await expect(page.get_by_role("main").get_by_text(role, exact=True)).to_have_count(1)
    await _go(page, typing, "/profil/entourage/ajouter")
    await page.get_by_label("Nom et prénom").fill("Luc Modèle")
    await _save(page)
    await page.get_by_role("button", name="Monter").click()
    people = page.locator(".profile .list .item-title")
    await expect(people.nth(0)).to_contain_text("Luc Modèle")
    await expect(people.nth(1)).to_contain_text("Anne Modèle")


async def test_profile_is_filled_in_changed_and_never_lost(chromium: Browser, tmp_path: Path) -> None:
    async with typing_site(tmp_path) as typing, _on_a_phone(chromium, typing) as page:
        await _go(page, typing, "/profil")
        await _first_visit(page)
        await _allergy_in_two_tabs(page, typing)
        await _directives_in_versions(page, typing)
        await _who_follows_and_who_is_called(page, typing)
