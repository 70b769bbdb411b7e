"""« Documents » in a browser: added from device or camera, found, kept in order, looked at, taken away (F51, E21)."""

import asyncio

import pytest
from playwright.async_api import FilePayload, Route, expect

from tests.browser.conftest import Visiting
from tests.builders.pdfs import a_pdf
from tests.builders.pictures import a_png

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
RUNS = b"/Type/Catalog/Open#41ction<</S/J#61vaScript/JS(app.alert(1))>>"
SCRIPT = a_pdf("Ordonnance").replace(b"/Type/Catalog", RUNS)
REFUSED = {
    "radio.pdf": (EICAR, "Ce fichier contient un programme."),
    "ordonnance.pdf": (SCRIPT, "Ce PDF contient un programme."),
    "photo.png": (a_png()[:40], "Ce fichier est abîmé"),
    "compte-rendu.pdf": (b"<html><script>alert(1)</script></html>", "n’est ni un PDF, ni une photo"),
}


def _file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


async def test_document_is_added_from_a_phone_and_what_is_refused_loses_nothing(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True) as visit:
        page, button = visit.page, visit.page.get_by_role("button", name="Ajouter un document")
        await visit.goto("/documents")
        await page.get_by_role("link", name="Ajouter un document").click()
        await page.get_by_label("Titre").fill("Radio du genou")
        await page.get_by_label("Type de document").select_option("Imagerie")
        for name, (data, said) in REFUSED.items():
            await page.get_by_label("Fichier", exact=True).set_input_files(_file(name, data))
            await button.click()
            await expect(page.get_by_text(said)).to_be_visible()
            await expect(page.get_by_label("Titre")).to_have_value("Radio du genou")
        camera = page.get_by_label("Ou prenez une photo")
        assert await camera.get_attribute("capture") == "environment"
        # A picture that says of itself that it is a PDF is taken for what it is.
        await camera.set_input_files(_file("genou.pdf", a_png()))
        await button.click()
        await expect(page.get_by_text("Votre document est ajouté.")).to_be_visible()
        await expect(page.get_by_text("Ajouté par vous")).to_be_visible()
        second = await visit.context.new_page()
        await second.goto(page.url)
        for tab, told in ((page, "Votre document est supprimé."), (second, "Ce document n’est plus dans votre")):
            await tab.get_by_text("Supprimer ce document").click()
            await tab.get_by_role("button", name="Supprimer pour toujours").click()
            await expect(tab.get_by_text(told)).to_be_visible()


async def test_document_is_found_kept_in_order_hidden_looked_at_and_taken_away(visiting: Visiting) -> None:
    async with visiting() as visit:
        page, main = visit.page, visit.page.get_by_role("main")
        await visit.goto("/documents/dossiers")
        await page.get_by_label("Nouveau dossier").fill("Prises de sang")
        await page.get_by_role("button", name="Ajouter").click()
        await visit.goto("/documents")
        await page.get_by_role("searchbox", name="Chercher dans mes documents").fill("Bilan sanguin")
        await page.get_by_role("button", name="Chercher").click()
        await main.get_by_role("link", name="Bilan sanguin complet").click()
        await page.get_by_label("Dossier").select_option("Prises de sang")
        await page.get_by_role("button", name="Ranger").click()
        for act, said in (("Épingler", "Ne plus épingler"), ("Cacher", "Montrer")):
            await page.get_by_role("button", name=act, exact=True).click()
            await expect(page.get_by_role("button", name=said, exact=True)).to_be_visible()
        await page.get_by_role("link", name="Renommer").click()
        await page.get_by_label("Titre").fill("Mon bilan de mars")
        await page.get_by_label("Date").fill("2026-03-01")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_role("heading", name="Mon bilan de mars")).to_be_visible()
        await page.get_by_text("Aperçu sur cette page").click()
        await expect(page.get_by_title("Aperçu de Mon bilan de mars")).to_be_visible()
        await visit.goto("/documents")
        await expect(page.get_by_role("region", name="Documents épinglés")).to_contain_text("Mon bilan de mars")
        await page.get_by_role("link", name="Télécharger plusieurs documents").click()
        await page.get_by_role("checkbox", name="Mon bilan de mars").check()
        await page.get_by_role("button", name="Télécharger la sélection").click()
        await expect(page.get_by_text("Ces documents parlent de votre santé.")).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Télécharger").click()
        assert (await download.value).suggested_filename.startswith("Mes documents - ")


async def test_progress_of_a_file_is_shown_and_its_document_follows(visiting: Visiting) -> None:
    async with visiting() as visit:
        page, may_go = visit.page, asyncio.Event()

        async def held(route: Route) -> None:
            if route.request.method == "POST":
                await may_go.wait()
            await route.continue_()

        await page.route("**/documents/ajouter", held)
        await visit.goto("/documents/ajouter")
        await page.get_by_label("Titre").fill("Ordonnance")
        await page.get_by_label("Type de document").select_option("Autres")
        await page.get_by_label("Fichier", exact=True).set_input_files(_file("ordonnance.pdf", a_pdf("Ordonnance")))
        await page.get_by_role("button", name="Ajouter un document").click()
        await expect(page.get_by_role("progressbar", name="Envoi de votre fichier")).to_be_visible()
        may_go.set()
        await expect(page.get_by_text("Votre document est ajouté.")).to_be_visible()
        assert page.url.endswith("?ajout=1")
        await visit.goto("/documents/ajouter")
        await expect(page.get_by_label("Titre")).to_have_value("")
        await expect(page.get_by_label("Type de document")).to_have_value("")
        assert visit.complaints == []
