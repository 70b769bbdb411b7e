"""Several documents, or all, as one archive: chosen without JavaScript, with a word of caution before (E32)."""

import io
import re
import zipfile
from dataclasses import replace

from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld
from webmail.identifiers import DocumentId


async def test_chosen_documents_come_as_one_archive_after_a_word_of_caution(browser: Browser, world: WebWorld) -> None:
    assert "/documents?choisir=1" in (await browser.get("/documents")).text
    chosen = re.findall(r'name="document" value="([^"]+)"', (await browser.get("/documents?choisir=1")).text)
    assert set(chosen) == set(world.documents_by_id) - {"d-autre"}  # which is somebody else's
    titles = [world.documents_by_id[name].summary.title for name in chosen]
    asked = (await browser.get(f"/documents/telecharger?document={chosen[0]}&document={chosen[1]}")).text
    assert "Ces documents parlent de votre santé." in asked
    assert ">2 documents</strong>" in asked.replace("\N{NO-BREAK SPACE}", " ")
    wanted = re.search(r'name="lesquels" value="([^"]+)"', asked)
    assert wanted
    answer = await browser.post("/documents/telecharger", {"csrf": await browser.token(), "lesquels": wanted[1]})
    assert answer.headers["Content-Type"] == "application/zip"
    assert "Mes documents" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    assert {name.rpartition(".")[0] for name in archive.namelist()} == set(titles[:2])


async def test_one_document_has_the_word_of_caution_before_its_first_download(
    browser: Browser, world: WebWorld
) -> None:
    for name in set(world.documents_by_id) - {"d-autre"}:
        page = (await browser.get(f"/documents/{name}")).text
        links = re.findall(r"<a [^>]*/fichiers/[^>]*>", page)
        said = page.find('id="avant-telechargement">Ce document parle de votre santé.')
        assert all('aria-describedby="avant-telechargement"' in link for link in links)
        assert not links or 0 < said < page.index(links[0])


async def test_what_is_chosen_stays_chosen_on_other_pages_of_the_list(browser: Browser, world: WebWorld) -> None:
    one = next(found for found in world.documents_by_id.values() if found.summary.id != "d-autre")
    for number in range(45):
        name = DocumentId(f"d-plus-{number}")
        world.documents_by_id[name] = replace(one, summary=replace(one.summary, id=name))
        world.owners[name] = world.owners[one.summary.id]
    path = "/documents?choisir=1&categorie=" + one.summary.category.value
    first = (await browser.get(path)).text
    chosen = re.findall(r'type="checkbox" name="document" value="([^"]+)"', first)
    further = re.search(r'formaction="/documents" name="apres" value="([^"]+)"', first)
    assert further
    assert 'type="hidden" name="categorie"' in first
    path += "".join(f"&document={name}" for name in chosen[:2]) + "&"
    second = (await browser.get(f"{path}apres={further[1]}")).text
    assert re.findall(r'type="hidden" name="document" value="([^"]+)"', second) == chosen[:2]
    assert not set(chosen) & set(re.findall(r'type="checkbox" name="document" value="([^"]+)"', second))
    back = re.search(r'formaction="/documents" name="avant" value="([^"]+)"', second)
    assert back
    again = (await browser.get(f"{path}avant={back[1]}")).text
    assert re.findall(r'name="document" value="([^"]+)" checked', again) == chosen[:2]
    many = "".join(f"&document=d-{number}" for number in range(200))
    full = (await browser.get(f"/documents?choisir=1{many}")).text
    assert "Vous avez coché beaucoup de documents." in full
    assert "formaction" not in full


async def test_all_documents_are_offered_and_none_is_answered_with_a_way_back(browser: Browser) -> None:
    assert 'name="lesquels" value="tout"' in (await browser.get("/documents/telecharger?tout=1")).text
    assert "Aucun document n’est choisi." in (await browser.get("/documents/telecharger")).text
    nothing = await browser.post("/documents/telecharger", {"csrf": await browser.token(), "lesquels": ""})
    assert nothing.status == 404
