"""« Mes données »: in the menu, asked for, waited for, downloaded, removed."""

from tests.builders.web_archive import FAILED, READY
from tests.builders.web_client import Browser
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
