"""What a patient chooses for a document, as pages: renamed, pinned, hidden, in a folder, deleted; and found again."""

from tests.builders.web_client import Answer, Browser
from tests.builders.web_world import WebWorld


async def post(browser: Browser, path: str, **fields: str) -> Answer:
    return await browser.post(path, {"csrf": await browser.token(), **fields})


async def test_document_is_renamed_and_says_what_its_author_called_it(browser: Browser) -> None:
    assert 'name="titre"' in (await browser.get("/documents/d-bilan/titre")).text
    answer = await post(browser, "/documents/d-bilan/titre", titre=" Mon  bilan ", date="2026-01-02", version="0")
    assert answer.location == "/documents/d-bilan?fait=titre"
    page = (await browser.get(answer.location)).text
    assert "<h1>Mon bilan</h1>" in page
    assert "Titre de l’auteur" in page
    assert "Le titre et la date sont enregistrés." in page


async def test_second_tab_is_told_and_loses_nothing(browser: Browser) -> None:
    await post(browser, "/documents/d-bilan/titre", titre="Premier", version="0")
    answer = await post(browser, "/documents/d-bilan/titre", titre="Second", date="2026-01-03", version="0")
    assert answer.status == 409
    assert "Cela a changé entre-temps" in answer.text
    assert 'value="Second"' in answer.text
    assert 'value="2026-01-03"' in answer.text
    assert "<dd>Premier</dd>" in answer.text
    assert 'name="version" value="1"' in answer.text


async def test_title_too_long_and_day_that_is_none_come_back(browser: Browser) -> None:
    for fields in ({"titre": "a" * 121}, {"date": "31/02/2026"}, {"date": "1200-01-01"}):
        answer = await post(browser, "/documents/d-bilan/titre", version="x", **fields)
        assert answer.status == 422


async def test_document_is_pinned_hidden_and_put_into_a_folder(browser: Browser, world: WebWorld) -> None:
    await post(browser, "/documents/d-bilan/epingle", choix="oui")
    await post(browser, "/documents/d-bilan/visibilite", choix="oui")
    listed = (await browser.get("/documents")).text
    assert "Documents épinglés" in listed
    assert "Caché</span>" in listed
    assert (await post(browser, "/documents/dossiers", nom="Genou")).location == "/documents/dossiers?fait=1"
    assert (await post(browser, "/documents/d-bilan/dossier", dossier="f0")).location.endswith("fait=dossier")
    page = (await browser.get("/documents/d-bilan?fait=dossier")).text
    assert '<option value="f0" selected>Genou</option>' in page
    assert "Ne plus épingler" in page
    assert "sauf à celui qui l’a envoyé" in page
    assert world.documents_by_id["d-bilan"].folder == "f0"
    for name in ("epingle", "visibilite", "dossier", "suppression"):
        assert (await browser.get(f"/documents/d-bilan/{name}")).location == "/documents/d-bilan"


async def test_folders_are_made_renamed_and_taken_away(browser: Browser) -> None:
    for name in ("Genou", "Dos"):
        await post(browser, "/documents/dossiers", nom=name)
    assert (await post(browser, "/documents/dossiers", nom="Un de trop")).status == 422
    assert (await post(browser, "/documents/dossiers", nom=" ")).status == 422
    await post(browser, "/documents/dossiers", nom="Genou droit", dossier="f0")
    assert "Genou droit" in (await browser.get("/documents/dossiers?fait=1")).text
    await post(browser, "/documents/dossiers/suppression", dossier="f0")
    assert "Genou droit" not in (await browser.get("/documents/dossiers?fait=2")).text


async def test_privacy_of_documents_is_chosen(browser: Browser, world: WebWorld) -> None:
    assert "visibles" in (await browser.get("/parametres/documents")).text
    await post(browser, "/parametres/documents", choix="cacher")
    assert world.new_documents_are_hidden
    assert "cachés" in (await browser.get("/parametres/documents?fait=1")).text
    await post(browser, "/parametres/documents", choix="tout-cacher")
    assert world.documents_by_id["d-bilan"].summary.is_hidden


async def test_search_keeps_its_words_and_its_pages(browser: Browser) -> None:
    page = (await browser.get("/documents?q=Bilan&ordre=date-anciens&du=2019-01-01&au=faux")).text
    assert 'type="search" value="Bilan"' in page
    assert '<option value="date-anciens" selected>' in page
    assert 'name="du" type="date" value="2019-01-01"' in page
    assert "Bilan sanguin complet" in page
    assert "Échographie" not in page
    none = (await browser.get("/documents?q=introuvable")).text
    assert "Aucun document trouvé" in none
    assert "Cette page de la liste n’existe pas" in (await browser.get("/documents?apres=9000")).text
