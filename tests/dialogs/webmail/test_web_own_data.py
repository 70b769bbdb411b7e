"""« Mes données »: in the menu, asked for, waited for, downloaded, removed."""

from dataclasses import replace
from html import unescape

from aiohttp import FormData

from tests.builders.web_archive import FAILED, READY
from tests.builders.web_client import Answer, Browser
from tests.builders.web_world import WebWorld


async def _posted(browser: Browser, path: str) -> str:
    answer = await browser.post(path, {"csrf": await browser.token()})
    assert answer.status == 303
    return answer.location or ""


async def test_menu_leads_to_it_from_every_page(browser: Browser) -> None:
    text = (await browser.get("/")).text
    assert 'class="menu-link" href="/mes-donnees"' in text
    assert "Exporter mes données" in (await browser.get("/mes-donnees")).text


async def test_archive_is_asked_for_and_downloaded(browser: Browser, world: WebWorld) -> None:
    assert await _posted(browser, "/mes-donnees") == "/mes-donnees"
    assert "en cours de préparation" in (await browser.get("/mes-donnees")).text
    world.archive = READY
    assert "Télécharger mon archive" in (await browser.get("/mes-donnees")).text
    answer = await browser.get("/mes-donnees/archive")
    assert (answer.status, answer.text) == (200, "PK")
    assert await _posted(browser, "/mes-donnees/suppression") == "/mes-donnees"
    assert (await browser.get("/mes-donnees/archive")).location == "/mes-donnees"


async def test_failure_is_said_and_asked_for_again(browser: Browser, world: WebWorld) -> None:
    world.archive = FAILED
    text = (await browser.get("/mes-donnees")).text
    assert "n’a pas pu être faite" in text
    assert "Exporter mes données" in text


async def test_key_is_read_its_fingerprint_compared_and_the_archive_asked_for(
    browser: Browser, world: WebWorld
) -> None:
    assert "chiffrer pour ma clé OpenPGP" in (await browser.get("/mes-donnees")).text
    wrong, right = await _key(browser, b"autre"), await _key(browser, b"cle")
    assert (wrong.status, "ne contient pas de clé publique" in wrong.text) == (422, True)
    assert (right.status, "ABAB ABAB ABAB" in right.text) == (200, True)
    written = unescape(right.text.partition('name="cle" value="')[2].partition('"')[0])
    sent = {"csrf": await browser.token(), "cle": written, "empreinte": "AB" * 20}
    unread = await browser.post("/mes-donnees", sent)
    assert (unread.location, world.archive) == ("/mes-donnees/cle", None)
    assert (await browser.post("/mes-donnees", sent | {"confirme": "1"})).location == "/mes-donnees"
    world.archive = replace(READY, fingerprint="ABAB CDCD", damaged=2)
    text = (await browser.get("/mes-donnees")).text
    assert "Elle est chiffrée pour la clé ABAB CDCD." in text
    assert "2 fichiers abîmés n’ont pas pu être lus" in text


async def _key(browser: Browser, data: bytes) -> Answer:
    form = FormData({"csrf": await browser.token()}, default_to_multipart=True)
    form.add_field("fichier", data, filename="cle.asc", content_type="application/pgp-keys")
    return await browser.post("/mes-donnees/cle", form)


async def test_key_of_the_signature_is_there_for_anybody(browser: Browser) -> None:
    assert "0a1b 0a1b" in (await browser.get("/mes-donnees")).text
    await browser.post("/deconnexion", {"csrf": await browser.token()})
    assert (await browser.get("/cle-des-archives.pem")).text == "-----BEGIN PUBLIC KEY-----"
