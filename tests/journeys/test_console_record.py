"""A doctor opens a record by the patient's code, and the patient reads who (A1)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from tests.builders.console_site import (
    ConsoleBrowser,
    ShownPage,
    access_code_of,
    card_of,
    console_browser,
    first_patient,
    form_token,
    written_world,
)
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, CLAIRE = PATIENTS[0], PROFESSIONALS[0]
CODES = "/parametres/codes-acces"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """Camille writes with Claire, her doctor."""
    async with written_world() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def claire(site: Site) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        await browser.come_in()
        yield browser


async def record_of_camille(claire: ConsoleBrowser) -> str:
    """Give the address of her record."""
    return f"/pro/patients/{await first_patient(claire)}/dossier"


async def opened(claire: ConsoleBrowser, place: str, **form: str) -> ShownPage:
    """Send the form that opens a record."""
    return await claire.post(place, {"csrf": form_token(await claire.get(place)), **form})


async def test_code_of_the_patient_opens_the_synthesis_and_the_patient_ends_it(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await record_of_camille(claire)
    assert "Ouvrir avec le code" in (await claire.get(place)).text
    wrong = await opened(claire, place, par="code", code="12345678")
    assert (wrong.status, "n’a pas donné son accord" in wrong.text) == (403, True)
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        code = await access_code_of(browser)
        assert (await opened(claire, place, par="code", code=code)).status == 303
        record = await claire.get(place)
        assert "Allergies" in record.text
        assert "avec le code du patient" in record.text
        shown = await browser.get(CODES)
        assert CLAIRE.name in shown
        name = re.search(r'name="acces" value="([0-9a-f]+)"', shown)
        assert name is not None
        await browser.submit(shown, f"{CODES}/fin", {"acces": name[1]})
        assert "Ouvrir avec le code" in (await claire.get(place)).text
        told = await browser.get("/historique?liste=professionnels")
        assert "Ouverture du dossier" in told
        assert "Lecture de la synthèse" in told


async def test_record_of_nobody_reads_like_one_that_is_not_open(claire: ConsoleBrowser) -> None:
    nobody = f"/pro/patients/{1 << 61 | 77:x}/dossier"
    place = await record_of_camille(claire)
    answers = [await opened(claire, where, par="code", code="87654321") for where in (place, nobody)]
    texts = [re.sub(r'value="[0-9a-f]{64}"|/pro/patients/[0-9a-f]+', "", one.text) for one in answers]
    assert (answers[0].status, texts[0]) == (answers[1].status, texts[1])
