"""« Mes coordonnées »: where one is told, changed by a code that is read there."""

import pytest

from tests.builders.web_client import Answer, Browser
from tests.builders.web_own_contacts import CONTACT_CODE
from tests.builders.web_people import PASSWORD
from tests.builders.web_world import WebWorld

PATH = "/parametres/securite/coordonnees"
PROOF = "/parametres/securite/confirmation?pour=coordonnees"


async def _posted(browser: Browser, path: str, **fields: str) -> Answer:
    return await browser.post(f"{PATH}/{path}", {"csrf": await browser.token()} | fields)


async def test_contacts_are_shown_and_each_is_changed_on_a_page_of_its_own(browser: Browser, world: WebWorld) -> None:
    page = (await browser.get(PATH)).text
    assert world.own_email in page
    assert page.count("Retirer") == 2
    for way, title in (("email", "Changer mon adresse électronique"), ("sms", "Changer mon téléphone mobile")):
        assert title in (await browser.get(f"{PATH}/changer?voie={way}")).text


async def test_last_contact_has_no_button_that_takes_it_away(browser: Browser, world: WebWorld) -> None:
    world.own_phone = ""
    page = (await browser.get(PATH)).text
    assert "Retirer" not in page
    assert "Ajouter" in page
    assert "Ajouter un téléphone mobile" in (await browser.get(f"{PATH}/changer?voie=sms")).text
    refused = await _posted(browser, "retirer", voie="email")
    assert (refused.status, "Ajoutez d’abord" in refused.text) == (422, True)


@pytest.mark.parametrize(("way", "said"), [("email", "adresse électronique"), ("sms", "téléphone mobile")])
async def test_contact_is_changed_once_its_code_is_right(browser: Browser, way: str, said: str) -> None:
    contact = "<nouveau>@courriel.example"
    page = await _posted(browser, "changer", voie=way, contact=contact)
    assert page.status == 200
    assert "&lt;nouveau&gt;@courriel.example" in page.text
    wrong = await _posted(browser, "valider", voie=way, contact=contact, code="000000")
    assert (wrong.status, "Ce code n’est pas le bon" in wrong.text) == (422, True)
    done = await _posted(browser, "valider", voie=way, contact=contact, code=CONTACT_CODE)
    assert done.location == f"{PATH}?fait={way}#fait"
    assert said in (await browser.get(done.location)).text


async def test_what_is_no_contact_comes_back_with_its_reason(browser: Browser) -> None:
    page = await _posted(browser, "changer", voie="autre", contact="")
    assert (page.status, "n’est pas complet" in page.text) == (422, True)


async def test_who_one_is_is_shown_again_first(browser: Browser, world: WebWorld) -> None:
    world.shown_lately = False
    assert (await browser.get(PATH)).status == 200
    assert (await browser.get(f"{PATH}/changer?voie=sms")).location == PROOF
    assert (await _posted(browser, "changer", voie="sms", contact="")).location == PROOF


async def test_whoever_has_shown_who_they_are_comes_back_here(browser: Browser) -> None:
    assert f'href="{PATH}"' in (await browser.get("/parametres/securite")).text
    fields = {"csrf": await browser.token(), "pour": "coordonnees", "mot_de_passe": PASSWORD}
    assert (await browser.post("/parametres/securite/confirmation", fields)).location == PATH
