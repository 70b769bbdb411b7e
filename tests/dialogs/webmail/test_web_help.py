"""« Aide » and « Reconnaître un vrai message », with and without a session."""

import pytest
from aiohttp import FormData

from tests.builders.web_client import Browser, browsing
from tests.builders.web_world import WebWorld

ASKED = {"sujet": "Me connecter", "texte": "Bonjour.", "courriel": "camille@courriel.example"}


@pytest.mark.parametrize("signed_in", [True, False])
async def test_request_is_sent_and_its_number_told(browser: Browser, world: WebWorld, signed_in: bool) -> None:
    if not signed_in:
        browser.cookies.clear()
    answer = await browser.post("/aide", {"csrf": await browser.token("/aide")} | ASKED)
    assert (answer.status, answer.location) == (303, "/aide?demande=ABCD-1234")
    assert "ABCD-1234" in (await browser.get(answer.location)).text
    (form,) = world.asked
    assert (form.topic, form.words, form.answer_to) == tuple(ASKED.values())


async def test_refused_request_keeps_what_was_written(browser: Browser, world: WebWorld) -> None:
    answer = await browser.post("/aide", {"csrf": await browser.token("/aide")} | ASKED | {"texte": " "})
    assert answer.status == 422
    assert "Écrivez votre demande" in answer.text
    assert 'value="camille@courriel.example"' in answer.text
    assert world.asked == []


async def test_form_of_another_site_and_file_are_refused(browser: Browser, world: WebWorld) -> None:
    assert (await browser.post("/aide", ASKED)).status == 403
    form = FormData({"csrf": await browser.token("/aide")} | ASKED, default_to_multipart=True)
    assert (await browser.post("/aide", form)).status == 400
    assert world.asked == []


async def test_topic_is_one_of_those_offered(browser: Browser, world: WebWorld) -> None:
    await browser.post("/aide", {"csrf": await browser.token("/aide")} | ASKED | {"sujet": "<b>"})
    assert world.asked[0].topic == "Autre chose"


async def test_page_says_when_there_is_nobody_to_ask(browser: Browser, world: WebWorld) -> None:
    world.nobody_helps = True
    page = (await browser.get("/aide")).text
    assert "<textarea" not in page
    assert "Adressez-vous à l’organisme" in page


async def test_number_in_an_address_is_shown_only_when_it_looks_like_one(browser: Browser) -> None:
    assert "demande est partie" not in (await browser.get("/aide?demande=gagnez+un+lot")).text


async def test_advice_is_linked_from_everywhere(browser: Browser) -> None:
    for page in ("/", "/parametres", "/aide"):
        assert 'href="/vrai-message"' in (await browser.get(page)).text
    browser.cookies.clear()
    for page in ("/connexion", "/aide"):
        text = (await browser.get(page)).text
        assert 'href="/vrai-message"' in text
        assert 'href="/aide"' in text
    advice = (await browser.get("/vrai-message")).text
    assert "Un lien pour vous connecter." in advice
    assert "pli.example" in advice


@pytest.mark.parametrize(
    ("telephone", "postal", "title"),
    [
        ("01 99 00 12 34", "", "Par téléphone"),
        ("", "BP 1, 29200 Brest", "Par courrier"),
        ("01 99 00 12 34", "BP 1, 29200 Brest", "Par téléphone ou par courrier"),
    ],
)
async def test_help_says_where_to_call_and_write(world: WebWorld, telephone: str, postal: str, title: str) -> None:
    async with browsing(world, signed_in=False, telephone=telephone, postal=postal) as browser:
        page, advice = (await browser.get("/aide")).text, (await browser.get("/vrai-message")).text
    assert f"{title}</h2>" in page
    assert telephone in page
    assert postal in page
    assert ("Le vrai numéro de l’aide" in advice) == bool(telephone)
    assert telephone in advice


async def test_help_without_telephone_and_postal_address_says_nothing_of_them(browser: Browser) -> None:
    assert 'id="sans-internet"' not in (await browser.get("/aide")).text
    assert "Le vrai numéro" not in (await browser.get("/vrai-message")).text
