"""Beginning a new subject from a page: who is offered, what is refused and given back (E1)."""

import pytest
from aiohttp import FormData

from tests.builders.web_client import Answer, Browser
from tests.builders.web_world import WebWorld


async def send(browser: Browser, **changes: str) -> Answer:
    fields = {"csrf": await browser.token(), "envoi": "envoi-1", "a": "k-vasseur", "objet": "Ma tension",
              "texte": "Bonjour docteur.", **changes}  # fmt: skip
    return await browser.post("/messages/nouveau", FormData(fields, default_to_multipart=True))


async def test_page_offers_those_with_an_open_exchange_and_nobody_else(browser: Browser) -> None:
    page = (await browser.get("/messages/nouveau")).text
    assert page.count("<option") == 3
    assert "Dr Hélène Vasseur – Médecin généraliste · Lyon</option>" in page
    assert "Kaddour" not in page.partition("<select")[2].partition("</select>")[0]
    assert 'href="/messages/nouveau"' in (await browser.get("/messages")).text


async def test_message_leaves_and_its_conversation_is_shown(browser: Browser, world: WebWorld) -> None:
    answer = await send(browser, objet="  Ma\r\n tension ")
    assert answer.location == "/messages/c-nouveau?envoye=message#envoi"
    assert [(draft.contact, draft.subject, draft.text) for draft in world.begun] == [
        ("k-vasseur", "Ma tension", "Bonjour docteur."),
    ]
    assert "Votre message est parti." in (await browser.get("/messages/c-nouveau?envoye=message")).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"a": ""}, "Choisissez le soignant"),
        ({"objet": " \r\n "}, "Indiquez l’objet"),
        ({"objet": "a" * 201}, "200 caractères au plus"),
        ({"texte": " "}, "Écrivez votre message"),
        ({"texte": "a" * 50_001}, "trop long"),
    ],
)
async def test_incomplete_form_comes_back_with_what_was_written(
    browser: Browser, world: WebWorld, changes: dict[str, str], said: str
) -> None:
    answer = await send(browser, **{"texte": "Voici <ma> question.", **changes})
    assert answer.status == 422
    assert said in answer.text
    assert "texte" in changes or "Voici &lt;ma&gt; question.</textarea>" in answer.text
    assert "a" in changes or '<option value="k-vasseur" selected>' in answer.text
    assert not world.begun


async def test_forged_recipient_is_refused_and_the_text_given_back(browser: Browser, world: WebWorld) -> None:
    for forged in ("samir.kaddour@medecin.mssante.fr", "k-kaddour", "../x"):
        answer = await send(browser, a=forged, to="evil@evil.example")
        assert answer.status == 409
        assert "Seul un professionnel peut commencer un échange." in answer.text
        assert "Bonjour docteur.</textarea>" in answer.text
    assert not world.begun


async def test_nothing_is_offered_where_new_subjects_are_not_possible(browser: Browser, world: WebWorld) -> None:
    world.contacts_offered = None
    assert (await browser.get("/messages/nouveau")).status == 404
    assert "Nouveau message" not in (await browser.get("/messages")).text


async def test_form_made_by_hand_is_refused_there_too(browser: Browser, world: WebWorld) -> None:
    world.contacts_offered = None
    answer = await send(browser)
    assert answer.status == 409
    assert "<form class=\"sheet reply" not in answer.text
    assert "Bonjour docteur.</textarea>" in answer.text
    assert not world.begun


async def test_patient_to_whom_nobody_has_written_reads_why_nobody_is_offered(
    browser: Browser, world: WebWorld
) -> None:
    world.contacts_offered = ()
    page = await browser.get("/messages/nouveau")
    assert page.status == 200
    assert "Personne à qui écrire pour l’instant" in page.text


async def test_answer_to_all_names_those_whom_the_page_showed(browser: Browser, world: WebWorld) -> None:
    page = (await browser.get("/messages/c-vasseur")).text
    assert "Service de cardiologie lira aussi votre réponse" in page
    assert 'name="aussi" value="k-kessel"' in page
    for also in ("", "k-kessel"):
        fields = {"csrf": await browser.token(), "envoi": f"e{also}", "texte": "Merci.", "aussi": also}
        await browser.post("/messages/c-vasseur/reponse", FormData(fields, default_to_multipart=True))
    assert [draft.also for draft in world.replies] == [frozenset(), frozenset({"k-kessel"})]
