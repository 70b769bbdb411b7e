"""« Sécurité »: where one is signed in, and what one signs in with."""

import pytest

from gateway.services.sign_in.own_sign_in import OwnWays
from tests.builders.web_client import Browser, browsing
from tests.builders.web_people import PASSWORD
from tests.builders.web_world import PASSKEY, WebWorld
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


# ---------------------------------------------------------------- passkeys


NO_PASSWORD = OwnWays(identifier="galet", has_password=False, is_proved=True)


@pytest.mark.parametrize(
    ("path", "fields", "leads"),
    [
        ("cles", {"reponse": PASSKEY, "nom": "Tablette"}, "?fait=cle#fait"),
        ("cles", {"reponse": "x", "nom": "Tablette"}, "?refus=cle#refus"),
        ("cles/nom", {"cle": "Firefox sur Windows", "nom": "Bureau"}, "?fait=cle-nommee#fait"),
        ("cles/retirer", {"cle": "Firefox sur Windows"}, "?fait=cle-retiree#fait"),
        ("cles/retirer", {"cle": "toutes"}, "?fait=cles-retirees#fait"),
    ],
)
async def test_what_happens_to_a_passkey_is_said(
    browser: Browser, path: str, fields: dict[str, str], leads: str
) -> None:
    status, location, _ = await _posted(browser, f"{PATH}/{path}", **fields)
    assert (status, location) == (303, PATH + leads)
    said = {"?refus=cle#refus": "n’a pas pu être ajoutée"}.get(leads, 'id="fait"')
    assert said in (await browser.get(location)).text


@pytest.mark.parametrize("path", ["cles/nom", "cles/retirer"])
async def test_passkey_that_is_not_there_is_not_found(browser: Browser, path: str) -> None:
    assert (await _posted(browser, f"{PATH}/{path}", cle="x", nom="y"))[0] == 404


async def test_last_way_in_is_kept_and_the_way_out_shown(browser: Browser, world: WebWorld) -> None:
    world.ways = NO_PASSWORD
    _, location, _ = await _posted(browser, f"{PATH}/cles/retirer", cle="Firefox sur Windows")
    text = (await browser.get(location)).text
    assert "Choisissez d’abord un mot de passe" in text
    assert f'href="{PATH}/mot-de-passe">Choisir un mot de passe' in text
    assert world.passkeys == ["Firefox sur Windows"]


async def test_old_session_shows_once_more_who_it_is(browser: Browser, world: WebWorld) -> None:
    world.ways = OwnWays(identifier="galet", has_password=True, is_proved=False)
    text = (await browser.get(PATH)).text
    assert f"{PATH}/confirmation?pour=cle" in text
    assert 'data-passkey="create"' not in text
    _, location, _ = await _posted(browser, f"{PATH}/cles", reponse=PASSKEY, nom="x")
    assert location == f"{PATH}/confirmation?pour=cle"
    status, _, wrong = await _posted(browser, f"{PATH}/confirmation", mot_de_passe="x", pour="cle")
    assert status == 400
    assert "n’est pas le bon" in wrong
    _, there, _ = await _posted(browser, f"{PATH}/confirmation", mot_de_passe=PASSWORD, pour="cle")
    assert there == f"{PATH}?fait=confirme#cles"
    _, elsewhere, _ = await _posted(browser, f"{PATH}/confirmation", mot_de_passe=PASSWORD, pour="//evil.example")
    assert elsewhere == PATH


@pytest.mark.parametrize(
    ("answer", "said"),
    [(PASSKEY, ""), ("x", "n’a pas été reconnue"), ("trop souvent", "Trop d’essais")],
)
async def test_passkey_shows_it_too(browser: Browser, answer: str, said: str) -> None:
    status, location, text = await _posted(browser, f"{PATH}/confirmation/cle", reponse=answer, pour="identifiant")
    assert (status, location) == ((400, "") if said else (303, f"{PATH}/identifiant"))
    assert said in text


async def test_who_has_no_password_is_not_asked_for_it(browser: Browser, world: WebWorld) -> None:
    world.ways = NO_PASSWORD
    for path in ("mot-de-passe", "identifiant"):
        assert 'name="mot_de_passe"' not in (await browser.get(f"{PATH}/{path}")).text
    _, location, _ = await _posted(browser, f"{PATH}/mot-de-passe", nouveau=NEW, encore=NEW)
    assert location == f"{PATH}?fait=mot-de-passe#fait"


@pytest.mark.parametrize("path", ["mot-de-passe", "identifiant"])
async def test_who_has_no_password_and_an_old_session_shows_the_passkey_first(
    browser: Browser, world: WebWorld, path: str
) -> None:
    world.ways = OwnWays(identifier="galet", has_password=False, is_proved=False)
    assert (await browser.get(f"{PATH}/{path}")).location == f"{PATH}/confirmation?pour={path}"


async def test_password_page_sent_late_leads_to_the_proof(browser: Browser, world: WebWorld) -> None:
    world.ways = OwnWays(identifier="galet", has_password=False, is_proved=False)
    _, location, _ = await _posted(browser, f"{PATH}/mot-de-passe", nouveau=NEW, encore=NEW)
    assert location == f"{PATH}/confirmation?pour=mot-de-passe"
