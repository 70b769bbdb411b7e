"""Pages for whoever forgot: the same answer to everybody, and a link that may be looked at (F20, F21)."""

from collections.abc import AsyncIterator

import pytest

from tests.builders.web_client import ORIGIN, Browser, browsing
from tests.builders.web_people import IDENTIFIER
from tests.builders.web_world import FIRST_LINK, LINK, WebWorld

NEW = "Bougie-Torrent-Velours-3"
NUMBER = "1 80 01 63 000 001 67"


@pytest.fixture
async def stranger(world: WebWorld) -> AsyncIterator[Browser]:
    async with browsing(world, signed_in=False) as browser:
        yield browser


async def _form(browser: Browser, path: str, **fields: str) -> dict[str, str]:
    return {"csrf": await browser.token(path)} | fields


async def test_door_leads_to_both_pages(stranger: Browser) -> None:
    door = (await stranger.get("/connexion")).text
    for path, name in (("/identifiant-oublie", "Identifiant oublié"), ("/mot-de-passe-oublie", "Mot de passe oublié")):
        assert f'<a href="{path}">{name}</a>' in door
        assert (await stranger.get(path)).status == 200


@pytest.mark.parametrize("identifier", [IDENTIFIER, "inconnu"])
async def test_every_identifier_gets_the_same_answer(stranger: Browser, world: WebWorld, identifier: str) -> None:
    form = await _form(stranger, "/mot-de-passe-oublie", identifiant=f" {identifier} ")
    answer = await stranger.post("/mot-de-passe-oublie", form)
    assert (answer.status, answer.location) == (303, "/demande-envoyee")
    assert "Si un espace correspond" in (await stranger.get(answer.location)).text
    ((asked, site, _),) = world.forgotten
    assert (asked.identifier, site) == (identifier, ORIGIN)


async def test_number_and_birth_date_are_taken_as_they_are_typed(stranger: Browser, world: WebWorld) -> None:
    form = await _form(stranger, "/identifiant-oublie", numero=NUMBER, naissance="15011950")
    assert (await stranger.post("/identifiant-oublie", form)).location == "/demande-envoyee"
    ((asked, _, _),) = world.forgotten
    assert (asked.number, asked.born, asked.identifier) == (NUMBER, "15011950", "")


@pytest.mark.parametrize(
    ("number", "born", "said"),
    [("1 80 01 63 000 001 68", "15/01/1950", "numéro de sécurité sociale"), (NUMBER, "15/1/50", "quatre chiffres")],
)
async def test_what_cannot_be_right_is_told_before_anything_is_asked(
    stranger: Browser, world: WebWorld, number: str, born: str, said: str
) -> None:
    form = await _form(stranger, "/identifiant-oublie", numero=number, naissance=born)
    answer = await stranger.post("/identifiant-oublie", form)
    assert answer.status == 422
    assert said in answer.text
    assert f'value="{number}"' in answer.text
    assert world.forgotten == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/mot-de-passe-oublie", {}),
        ("/identifiant-oublie", {"numero": "1"}),
        ("/identifiant-oublie", {"naissance": "1"}),
    ],
)
async def test_empty_field_is_told(stranger: Browser, path: str, fields: dict[str, str]) -> None:
    answer = await stranger.post(path, await _form(stranger, path, **fields))
    assert answer.status == 400
    assert "Remplissez chaque champ" in answer.text


async def test_crowd_is_asked_to_wait(stranger: Browser) -> None:
    answer = await stranger.post(
        "/mot-de-passe-oublie", await _form(stranger, "/mot-de-passe-oublie", identifiant="trop.souvent")
    )
    assert answer.status == 429
    assert "Attendez une demi-minute" in answer.text


async def test_link_leads_to_a_new_password(stranger: Browser) -> None:
    path = f"/nouveau-mot-de-passe?lien={LINK}"
    page = await stranger.get(path)
    assert f'value="{IDENTIFIER}"' in page.text
    assert "readonly" in page.text
    form = await _form(stranger, path, lien=LINK, mot_de_passe=NEW, encore=NEW, identifiant=IDENTIFIER)
    answer = await stranger.post("/nouveau-mot-de-passe", form)
    assert answer.location == "/nouveau-mot-de-passe/fait"
    assert "Votre mot de passe est changé" in (await stranger.get(answer.location)).text


async def test_link_that_is_over_says_so_to_whoever_looks_and_whoever_sends(stranger: Browser) -> None:
    looked = await stranger.get("/nouveau-mot-de-passe?lien=hier")
    form = await _form(stranger, "/connexion", lien="hier", mot_de_passe=NEW, encore=NEW)
    sent = await stranger.post("/nouveau-mot-de-passe", form)
    assert looked.status == sent.status == 410
    assert "Ce lien n’est plus valable" in looked.text
    assert looked.text == sent.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mot_de_passe": "court", "encore": "court"}, "trop court"),
        ({"mot_de_passe": NEW, "encore": "autre"}, "ne sont pas les mêmes"),
        ({"mot_de_passe": NEW, "encore": NEW, "identifiant": "pris"}, "déjà pris"),
    ],
)
async def test_refused_password_is_explained_and_never_shown(
    stranger: Browser, fields: dict[str, str], said: str
) -> None:
    path = f"/nouveau-mot-de-passe?lien={FIRST_LINK}"
    answer = await stranger.post("/nouveau-mot-de-passe", await _form(stranger, path, lien=FIRST_LINK, **fields))
    assert answer.status == 400
    assert said in answer.text
    assert NEW not in answer.text
    assert FIRST_LINK in answer.text


async def test_form_works_for_somebody_who_is_signed_in(world: WebWorld) -> None:
    async with browsing(world) as browser:
        form = await _form(browser, f"/nouveau-mot-de-passe?lien={LINK}", lien=LINK, mot_de_passe=NEW, encore=NEW)
        assert (await browser.post("/nouveau-mot-de-passe", form)).status == 303


async def test_form_without_its_token_is_refused(stranger: Browser) -> None:
    for path in ("/mot-de-passe-oublie", "/identifiant-oublie", "/nouveau-mot-de-passe"):
        assert (await stranger.post(path, {"identifiant": IDENTIFIER, "lien": LINK})).status == 403


@pytest.mark.parametrize(("fields", "left"), [({}, ["Firefox sur Windows"]), ({"sans_cles": "1"}, [])])
async def test_passkeys_stay_unless_their_box_is_ticked(
    stranger: Browser, world: WebWorld, fields: dict[str, str], left: list[str]
) -> None:
    path = f"/nouveau-mot-de-passe?lien={LINK}"
    assert "Retirer aussi ma clé d’accès" in (await stranger.get(path)).text
    form = await _form(stranger, path, lien=LINK, mot_de_passe=NEW, encore=NEW, **fields)
    assert (await stranger.post("/nouveau-mot-de-passe", form)).status == 303
    assert world.passkeys == left
