"""« Sécurité »: where one is signed in, and what one signs in with."""

import pytest

from tests.builders.web_client import Browser, browsing
from tests.builders.web_people import PASSWORD
from tests.builders.web_world import WebWorld
from webmail.device_words import device_words

PATH, NEW = "/parametres/securite", "Bougie-Torrent-Velours-3"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def _posted(browser: Browser, path: str, **fields: str) -> tuple[int, str, str]:
    answer = await browser.post(path, {"csrf": await browser.token(PATH)} | fields)
    return answer.status, answer.location, answer.text


async def test_settings_lead_to_it(browser: Browser) -> None:
    assert f'href="{PATH}"' in (await browser.get("/parametres")).text


async def test_sessions_are_listed_and_the_present_one_cannot_be_ended_here(browser: Browser) -> None:
    text = (await browser.get(PATH)).text
    assert "Firefox sur Windows" in text
    assert 'value="this"' not in text
    assert text.count("Safari sur iPhone</strong>") == 2


async def test_one_session_is_ended(browser: Browser, world: WebWorld) -> None:
    status, location, _ = await _posted(browser, f"{PATH}/sessions", session="phone")
    assert (status, location, world.other_sessions) == (303, f"{PATH}?fait=session#fait", ["tablet"])
    assert "Cet appareil est déconnecté" in (await browser.get(location)).text


async def test_all_others_are_ended_at_once(browser: Browser, world: WebWorld) -> None:
    assert (await _posted(browser, f"{PATH}/sessions", session="autres"))[0] == 303
    assert world.other_sessions == []
    assert "Déconnecter tous" not in (await browser.get(PATH)).text


async def test_session_that_is_not_there_is_not_found(browser: Browser) -> None:
    assert (await _posted(browser, f"{PATH}/sessions", session="x"))[0] == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mot_de_passe": "faux", "nouveau": NEW, "encore": NEW}, "mot de passe actuel n’est pas le bon"),
        ({"mot_de_passe": PASSWORD, "nouveau": "court", "encore": "court"}, "trop court"),
        ({"mot_de_passe": PASSWORD, "nouveau": NEW, "encore": "autre"}, "ne sont pas les mêmes"),
    ],
)
async def test_refused_password_is_explained(browser: Browser, fields: dict[str, str], said: str) -> None:
    status, _, text = await _posted(browser, f"{PATH}/mot-de-passe", **fields)
    assert status == 400
    assert said in text
    assert NEW not in text
    assert PASSWORD not in text


async def test_password_is_changed(browser: Browser) -> None:
    fields = {"mot_de_passe": PASSWORD, "nouveau": NEW, "encore": NEW}
    _, location, _ = await _posted(browser, f"{PATH}/mot-de-passe", **fields)
    assert "Votre mot de passe est changé" in (await browser.get(location)).text


@pytest.mark.parametrize(
    ("password", "wanted", "status"), [(PASSWORD, "galet", 303), (PASSWORD, "pris", 400), ("x", "g", 400)]
)
async def test_identifier_is_changed_or_its_fault_told(
    browser: Browser, password: str, wanted: str, status: int
) -> None:
    found, _, _ = await _posted(browser, f"{PATH}/identifiant", mot_de_passe=password, identifiant=wanted)
    assert found == status


async def test_sign_in_says_in_which_browser_it_is(world: WebWorld) -> None:
    async with browsing(world) as browser:
        await browser.get("/")
    assert [name for _, name in world.browsers] == ["Navigateur inconnu"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (WINDOWS, "Firefox sur Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari sur iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("<script>", "Navigateur inconnu"),
        ("x" * 1_000_000, "Navigateur inconnu"),
    ],
)
def test_browser_is_said_in_words_of_a_fixed_list(sent: str, said: str) -> None:
    assert device_words(sent) == said
