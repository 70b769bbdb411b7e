"""« Mes patients »: those who write to a professional, found by number without an oracle, exchanges ended (A8, F77)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS, DemoPatient
from gateway.domain.identity import ins_key
from gateway.domain.mailbox import VaultId
from tests.builders.console_site import ConsoleBrowser, ShownPage, card_of, console_browser, form_token, written_world
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, LOUIS, CLAIRE, PAUL = PATIENTS[0], PATIENTS[1], PROFESSIONALS[0], PROFESSIONALS[1]
SEARCH = "/pro/recherche"
_LISTED = re.compile(r'data-patient="([0-9a-f]+)"')
_STEM = "1560735999888"
NOBODY = f"{_STEM}{ins_key(_STEM):02}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """Camille has answered her doctor; Louis has not, and his has ended their exchange."""
    async with written_world() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def claire(site: Site) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        await browser.come_in()
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def paul(site: Site) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(site, card_of(site, Subject(common_name=PAUL.identifier))) as browser:
        await browser.come_in()
        yield browser


async def looked_for(browser: ConsoleBrowser, number: str, born: str) -> ShownPage:
    """Search, and give the page that one comes to."""
    asked = await browser.get(SEARCH)
    assert asked.status == 200
    form = {"csrf": form_token(asked), "numero": number, "naissance": born}
    sent = await browser.post(SEARCH, form)
    return await browser.get(sent.place) if sent.status == 303 else sent


def born_of(patient: DemoPatient) -> str:
    """Give a birth date as somebody types it."""
    birth = patient.identity.traits.birth_date
    assert birth is not None
    return f"{birth.day}/{birth.month}/{birth.year}"


def words(shown: ShownPage) -> str:
    """Give what a page says, without what each form and each reference has of its own."""
    text = re.sub(r'value="[0-9a-f]{64}"', "", shown.text)
    return re.sub(r"/pro/patients/[0-9a-f]+", "", text)


async def test_patient_who_writes_is_listed_and_the_exchange_ended_from_their_page(
    site: Site, claire: ConsoleBrowser
) -> None:
    while not (found := _LISTED.findall((await claire.get("/pro/")).text)):
        pass  # the answer is on its way to the mailbox
    (reference,) = found
    shown = await claire.get(f"/pro/patients/{reference}")
    assert "Camille Lefèvre" in shown.text
    form = {"csrf": form_token(shown)}
    assert (await claire.post(f"/pro/patients/{reference}/fin", form)).place == f"/pro/patients/{reference}"
    assert "Vous avez mis fin à l’échange" in (await claire.get(f"/pro/patients/{reference}")).text
    assert "Échange terminé" in (await claire.get("/pro/")).text
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        path = re.search(r'href="(/messages/[0-9a-f]+)"', await browser.get("/messages"))
        assert path
        page = await browser.get(path[1])
        assert "a mis fin à vos échanges" in page
        assert "<textarea" not in page
    # Sent twice, it stays ended, and the patient's trace says it once.
    await claire.post(f"/pro/patients/{reference}/fin", form)
    store = site.running.core.store
    events = await store.read(lambda tx: tx.audit.events(VaultId(int(reference, 16))))
    assert [event.person for event in events if event.action == "exchange.ended"] == [CLAIRE.name]


async def test_search_finds_one_s_own_and_says_the_same_of_everybody_else(paul: ConsoleBrowser) -> None:
    own = await looked_for(paul, LOUIS.identity.ins.value, born_of(LOUIS))
    assert "Vous avez mis fin à l’échange" in own.text
    strangers = [
        await looked_for(paul, CAMILLE.identity.ins.value, born_of(CAMILLE)),
        await looked_for(paul, NOBODY, "30/07/1956"),
        await looked_for(paul, LOUIS.identity.ins.value, "1/1/1901"),
    ]
    assert len({words(shown) for shown in strangers}) == 1
    assert {shown.status for shown in strangers} == {200}
    assert "Ce dossier ne vous est pas ouvert" in strangers[0].text
    # What was sent of no patient of theirs does nothing, whether or not there is one.
    answers = set()
    for number, born in ((CAMILLE.identity.ins.value, born_of(CAMILLE)), (NOBODY, "30/07/1956")):
        page = await paul.get(SEARCH)
        place = (await paul.post(SEARCH, {"csrf": form_token(page), "numero": number, "naissance": born})).place
        answer = await paul.post(f"{place}/fin", {"csrf": form_token(page)})
        answers.add((answer.status, words(answer)))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


@pytest.mark.parametrize(
    ("number", "born", "said"),
    [("12", "1/1/1990", "bonne forme"), (NOBODY, "hier", "jour, le mois"), ("é" * 40, "99/99/9999", "bonne forme")],
)
async def test_search_says_which_field_has_no_right_form(
    paul: ConsoleBrowser, number: str, born: str, said: str
) -> None:
    shown = await looked_for(paul, number, born)
    assert (shown.status, said in shown.text) == (400, True)
