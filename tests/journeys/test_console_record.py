"""A doctor opens a record by the patient's code or in an emergency, and some a day; the patient reads who (A1, A5)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.domain.address import MailAddress
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import EmergencyConsent, PartyChoice, PartyStanding, PatientChoices
from gateway.domain.record_openings import ReaderState
from gateway.ports.store import Tx
from tests.builders.command_line import pli
from tests.builders.console_site import ConsoleBrowser, ShownPage, card_of, console_browser, form_token, written_world
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, LOUIS, CLAIRE = PATIENTS[0], PATIENTS[1], PROFESSIONALS[0]
CODES = "/parametres/codes-acces"
_LISTED = re.compile(r'data-patient="([0-9a-f]+)"')


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
    while not (found := _LISTED.findall((await claire.get("/pro/")).text)):
        pass  # the answer is on its way to the mailbox
    return f"/pro/patients/{found[0]}/dossier"


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
        page = await browser.submit(await browser.get(CODES), CODES, {"valable": "heure", "pour": "jour"})
        digits = re.search(r'class="access-code">([\d\xa0]|&nbsp;)+<', page)
        assert digits is not None
        code = re.sub(r"\D", "", digits[0].replace("&nbsp;", ""))
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


async def test_emergency_opens_with_consent_and_says_its_reason(site: Site, claire: ConsoleBrowser) -> None:
    place = await record_of_camille(claire)
    form = {"par": "urgence", "motif": "Malaise, patiente inconsciente", "duree": "1"}
    await consented(site, place)
    refused = await opened(claire, place, **form)
    assert (refused.status, "demande l’accord du patient" in refused.text) == (403, True)
    vault, store = VaultId(int(place.split("/")[3], 16)), site.running.core.store
    consents = PatientChoices(emergency=frozenset({EmergencyConsent.BREAK_GLASS}))
    names = frozenset({f"rpps:{CLAIRE.identifier}"})
    blocked = PartyChoice(number=1, names=names, label="Dr", standing=PartyStanding.BLOCKED)
    await store.write(lambda tx: tx.patient_choices.put(vault, replace(consents, parties=(blocked,))))
    # Whoever is blocked reads what they read of nobody, and of whoever has not consented.
    assert "demande l’accord du patient" in (await opened(claire, place, **form)).text
    await store.write(lambda tx: tx.patient_choices.put(vault, consents))
    assert (await opened(claire, place, **form)).status == 303
    assert "en urgence" in (await claire.get(place)).text
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        assert "Malaise, patiente inconsciente" in await browser.get(CODES)


async def consented(site: Site, place: str, *consents: EmergencyConsent) -> None:
    """Have the patient of a page at the console consent to these emergencies, and choose nothing else."""
    vault, choices = VaultId(int(place.split("/")[3], 16)), PatientChoices(emergency=frozenset(consents))
    await site.running.core.store.write(lambda tx: tx.patient_choices.put(vault, choices))


async def counted(site: Site, number: int, *, stopped: bool = False) -> None:
    """Have Claire have opened so many records today, the last by her last second factor, or be stopped."""
    now = datetime.now(UTC)
    factor, since = (None, now) if stopped else (now, None)

    def count(tx: Tx) -> None:
        home = tx.spaces.resolve(CLAIRE.address)
        assert home is not None
        state = ReaderState(day=local_day(now), opened=number, stopped=since, factor_at=factor)
        tx.record_openings.save_reader_state(home[0], state)

    await site.running.core.store.write(count)


async def test_stopped_doctor_goes_on_at_once_when_the_operator_allows_it(site: Site, claire: ConsoleBrowser) -> None:
    place = await record_of_camille(claire)
    form = {"par": "urgence", "motif": "Malaise, patiente inconsciente", "duree": "1"}
    await consented(site, place, EmergencyConsent.BREAK_GLASS)
    await counted(site, 60, stopped=True)
    stopped = await opened(claire, place, **form)
    assert (stopped.status, "Trop de dossiers ouverts" in stopped.text) == (403, True)
    until, config = (datetime.now(UTC) + timedelta(hours=1)).isoformat(), site.world.settings.root / "pli.toml"
    words = ("professional", "allow", str(CLAIRE.address), "--until", until, "--reason", "garde", "--config", config)
    allowed = await asyncio.to_thread(pli, *words)
    assert allowed.code == 0, allowed.talk
    assert (await opened(claire, place, **form)).status == 303
    await counted(site, 0)


async def test_doctor_beyond_the_number_signs_in_afresh_and_comes_back_with_the_reason(
    site: Site, claire: ConsoleBrowser
) -> None:
    store, louis = site.running.core.store, MailAddress.parse(LOUIS.address)
    consents = PatientChoices(emergency=frozenset({EmergencyConsent.BREAK_GLASS}))

    def consent(tx: Tx) -> VaultId:
        found = tx.spaces.resolve(louis)
        assert found is not None
        tx.patient_choices.put(found[0], consents)
        return found[0]

    place = f"/pro/patients/{await store.write(consent):x}/dossier"
    await counted(site, 30)
    refused = await opened(claire, place, par="urgence", motif="Malaise", duree="4")
    assert (refused.status, "Se connecter de nouveau" in refused.text) == (403, True)
    form = {"par": "urgence", "motif": "Malaise & « chute »", "duree": "4"}
    left = await claire.post(f"{place}/confirmation", {"csrf": form_token(refused), **form})
    assert (left.status, left.place) == (303, "/pro/connexion")
    assert (await claire.get(place)).place.startswith("/pro/connexion")
    assert (await claire.come_in()).place == place
    back = await claire.get(place)
    assert "Relisez le motif" in back.text
    assert 'required value="Malaise &amp; « chute »"' in back.text
    assert '<option value="4" selected>' in back.text
    assert (await opened(claire, place, **form)).status == 303
    assert "en urgence" in (await claire.get(place)).text
    await counted(site, 0)


async def test_record_of_nobody_reads_like_one_that_is_not_open(claire: ConsoleBrowser) -> None:
    nobody = f"/pro/patients/{1 << 61 | 77:x}/dossier"
    place = await record_of_camille(claire)
    answers = [await opened(claire, where, par="code", code="87654321") for where in (place, nobody)]
    texts = [re.sub(r'value="[0-9a-f]{64}"|/pro/patients/[0-9a-f]+', "", one.text) for one in answers]
    assert (answers[0].status, texts[0]) == (answers[1].status, texts[1])
