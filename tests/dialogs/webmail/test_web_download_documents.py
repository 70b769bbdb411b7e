"""Several documents, or all, as one archive: chosen without JavaScript, with a word of caution before (E32)."""

import io
import re
import zipfile

from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld


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


async def test_all_documents_are_offered_and_none_is_answered_with_a_way_back(browser: Browser) -> None:
    assert 'name="lesquels" value="tout"' in (await browser.get("/documents/telecharger?tout=1")).text
    assert "Aucun document n’est choisi." in (await browser.get("/documents/telecharger")).text
    nothing = await browser.post("/documents/telecharger", {"csrf": await browser.token(), "lesquels": ""})
    assert nothing.status == 404
