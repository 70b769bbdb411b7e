"""« Ajouter un document » as a page: what is refused is said in a sentence, and nothing typed is lost (F51)."""

import io

import pytest
from aiohttp import FormData

from tests.builders.web_client import Answer, Browser
from tests.builders.web_world import WebWorld

PDF = b"%PDF-1.7\nstartxref\n9\n%%EOF\n"
TYPED = {"titre": "Radio <du> genou", "categorie": "imagerie", "date": "2019-05-02"}


async def send(browser: Browser, data: bytes = PDF, name: str = "radio.pdf", **changes: str) -> Answer:
    form = FormData({"csrf": await browser.token(), **TYPED, **changes}, default_to_multipart=True)
    if name:
        form.add_field("fichier", io.BytesIO(data), filename=name, content_type="application/pdf")
    form.add_field("photo", b"", filename="", content_type="application/octet-stream")
    return await browser.post("/documents/ajouter", form)


async def test_list_leads_to_the_form_and_the_form_to_the_document(browser: Browser, world: WebWorld) -> None:
    assert ">Ajouter un document</a>" in (await browser.get("/documents")).text
    form = (await browser.get("/documents/ajouter")).text
    assert 'accept="image/*" capture="environment"' in form
    answer = await send(browser)
    assert answer.location == "/documents/d-own-0?ajout=1"
    assert [(new.title, new.category.value, str(new.day)) for new in world.added] == [
        ("Radio <du> genou", "imagerie", "2019-05-02")
    ]
    page = (await browser.get(answer.location)).text
    assert "Votre document est ajouté." in page
    assert "Ajouté par vous" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Choisissez un fichier."),
        ({"titre": "a" * 121}, "120 caractères au plus"),
        ({"categorie": ""}, "Choisissez le type"),
        ({"categorie": "romans"}, "Choisissez le type"),
        ({"date": "2019-02-30"}, "Cette date n’existe pas."),
        ({"date": "2999-01-01"}, "ne peut pas être après aujourd’hui"),
        ({"date": "1800-01-01"}, "avant 1900"),
        ({"data": "MZ"}, "Ce fichier contient un programme."),
        ({"data": "large"}, "Ce fichier est trop gros"),
    ],
)
async def test_what_is_refused_comes_back_with_what_was_typed(
    browser: Browser, world: WebWorld, changes: dict[str, str], said: str
) -> None:
    data = {"MZ": b"MZ\x90" + bytes(100), "large": bytes(26_000_000)}.get(changes.pop("data", ""), PDF)
    answer = await send(browser, data=data, **changes)
    assert answer.status == 422
    assert said in answer.text
    assert "titre" in changes or 'value="Radio &lt;du&gt; genou"' in answer.text
    assert "categorie" in changes or '<option value="imagerie" selected>' in answer.text
    assert f'value="{changes.get("date", "2019-05-02")}"' in answer.text
    assert not world.added


async def test_date_may_be_written_as_one_writes_it(browser: Browser, world: WebWorld) -> None:
    await send(browser, date="2/5/2019")
    await send(browser, date="02/05/2019")
    assert [str(new.day) for new in world.added] == ["2019-05-02"]
