"""An emergency at the console: consent, reason and end, what one reads first, and who is told (A5, A23, F81)."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.config_access import AccessSection
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.domain.address import MailAddress
from gateway.domain.document import DocumentCategory
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import EmergencyConsent, PartyChoice, PartyStanding, PatientChoices
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.record_openings import ReaderState
from gateway.domain.written_results import written_results
from gateway.ports.store import Tx
from tests.builders.command_line import pli
from tests.builders.console_site import (
    ConsoleBrowser,
    ShownPage,
    card_of,
    console_browser,
    first_patient,
    form_token,
    written_world,
)
from tests.builders.patient_site import a_document
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, LOUIS, CLAIRE = PATIENTS[0], PATIENTS[1], PROFESSIONALS[0]
FORM = {"motif": "Malaise, patiente inconsciente", "duree": "1"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """Camille writes with Claire, her doctor; one hospital answers emergency calls."""
    async with written_world(AccessSection(emergency_organisations=("350000022",))) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def claire(site: Site) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        await browser.come_in()
        yield browser


async def emergency_of_camille(claire: ConsoleBrowser) -> str:
    """Give the address of her emergency page."""
    return f"/pro/patients/{await first_patient(claire)}/urgence"


async def chosen(
    site: Site, place: str, *consents: EmergencyConsent, blocks: str = "", allows: str = ""
) -> None:
    """Have the patient of a page consent to these emergencies, and block or allow whoever bears a name or nobody."""
    vault = VaultId(int(place.split("/")[3], 16))
    standing, names = PartyStanding.BLOCKED if blocks else PartyStanding.ALLOWED, frozenset({blocks or allows})
    party = PartyChoice(number=1, names=names, label="Dr", standing=standing, since=datetime.now(UTC))
    choices = PatientChoices(emergency=frozenset(consents), parties=(party,) if blocks or allows else ())
    await site.running.core.store.write(lambda tx: tx.patient_choices.put(vault, choices))


async def directives_of(site: Site, place: str) -> None:
    """File advance directives in the record of a page."""
    document = a_document((), ())
    document = replace(document, entry=replace(document.entry, category=DocumentCategory.DIRECTIVES))
    vault = VaultId(int(place.split("/")[3], 16))
    await site.running.core.store.write(lambda tx: tx.documents.add(vault, document, written_results(())))


async def wishes_of(site: Site, place: str, **wishes: str) -> None:
    """Write wishes into the profile of a page's patient, by their subjects."""
    vault = VaultId(int(place.split("/")[3], 16))
    entries = [
        ProfileEntry(
            section=ProfileSection.WISHES, id=number, revision=1, state=EntryState.KEPT, written_by=Writer.PATIENT,
            written_at=datetime.now(UTC), fields={"sujet": subject, "texte": words},
        )
        for number, (subject, words) in enumerate(wishes.items(), 1)
    ]  # fmt: skip

    def write(tx: Tx) -> None:
        for entry in entries:
            tx.profile.add(vault, entry)

    await site.running.core.store.write(write)


async def opened(claire: ConsoleBrowser, place: str, **form: str) -> ShownPage:
    """Send the form of an emergency."""
    return await claire.post(place, {"csrf": form_token(await claire.get(place)), **FORM, **form})


async def told_to_pli(site: Site, *words: str, address: str = str(CLAIRE.address)) -> None:
    """Run a command about the doctor."""
    config = site.world.settings.root / "pli.toml"
    done = await asyncio.to_thread(pli, "professional", words[0], address, *words[1:], "--config", config)
    assert done.code == 0, done.talk


async def test_emergency_opens_with_consent_and_says_its_reason(site: Site, claire: ConsoleBrowser) -> None:
    place = await emergency_of_camille(claire)
    await chosen(site, place)
    refused = await opened(claire, place)
    assert (refused.status, "demande l’accord du patient" in refused.text) == (403, True)
    await chosen(site, place, EmergencyConsent.SERVICES)  # she is no emergency service
    assert (await opened(claire, place)).status == 403
    # Whoever is blocked reads what they read of nobody, and of whoever has not consented.
    await chosen(site, place, EmergencyConsent.BREAK_GLASS, blocks=f"rpps:{CLAIRE.identifier}")
    assert "demande l’accord du patient" in (await opened(claire, place)).text
    await chosen(site, place, EmergencyConsent.BREAK_GLASS)
    assert (await opened(claire, place, motif=" ")).status == 403
    assert (await opened(claire, place)).place == place
    await directives_of(site, place)
    await wishes_of(site, place, organes="Je refuse le don de mes organes.\n\nMa sœur le sait.", autre="Sans musique")
    shown = (await claire.get(place)).text
    # What she wrote of her organs stands there in her words: it never reads as a yes to what she refuses.
    words = r"<dt>Don d’organes</dt><dd>«\s(.*?)\s»"
    assert re.findall(words, html.unescape(shown)) == ["Je refuse le don de mes organes. Ma sœur le sait."]
    assert ("Oui" in shown, "Sans musique" in shown) == (False, False)
    leads = re.search(r'href="(/pro/patients/[0-9a-f]+/dossier/documents/[0-9a-f]+)">Document du 1er mars 2026<', shown)
    assert leads
    assert "Bilan de contrôle" in (await claire.get(leads[1])).text
    parts = ["Allergies", "Traitements en cours", "À prévenir", "Groupe sanguin", "Volontés", "Maladies"]
    assert re.findall(r"<h2[^>]*>(?:<svg.*?</svg>)?([^<]+)", shown) == parts
    assert "Malaise, patiente inconsciente" in shown
    record = place.replace("/urgence", "/dossier")
    assert "en urgence" in (await claire.get(record)).text
    # What she may not read any longer leaves her screen by itself, on every page of the record.
    pages = [await claire.get(one) for one in (place, record, f"{record}/documents", f"{record}/mesures")]
    assert all(0 < int(one.refresh) <= 3601 for one in pages)
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        assert "Malaise, patiente inconsciente" in await browser.get("/parametres/codes-acces")
        told = await browser.get("/historique?liste=professionnels")
        assert "Lecture de la vue d’urgence" in told
    # Over before its time: whoever has it ends it, and reads no more.
    token = form_token(await claire.get(place))
    assert (await claire.post(f"{place}/fin", {"csrf": token})).place == place
    assert "Votre accès en urgence a pris fin" in (await claire.get(place)).text
    # Whom she has authorised reads on by that: the page says so, else it looks as if nothing had ended.
    await chosen(site, place, EmergencyConsent.BREAK_GLASS, allows=f"rpps:{CLAIRE.identifier}")
    stays = html.unescape((await claire.get(place)).text)
    assert ("Ce dossier vous reste ouvert avec l’accord du patient" in stays, "Allergies" in stays) == (True, True)
    assert "Terminer l’accès" not in stays
    await chosen(site, place, EmergencyConsent.BREAK_GLASS)


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
    place = await emergency_of_camille(claire)
    await chosen(site, place, EmergencyConsent.BREAK_GLASS)
    await counted(site, 60, stopped=True)
    stopped = await opened(claire, place)
    assert (stopped.status, "Trop de dossiers ouverts" in stopped.text) == (403, True)
    # Another mailbox of hers is no other count, and what is lifted for one is lifted for her.
    second = f"autre.{CLAIRE.address}"
    await told_to_pli(site, "add", "--name", CLAIRE.name, "--rpps", CLAIRE.identifier, address=second)
    await claire.post("/pro/deconnexion", {"csrf": form_token(await claire.get(place))})
    while second not in (await claire.get(claire.card_page)).choices:
        pass  # the server has not looked yet
    await claire.come_in(second)
    assert "Trop de dossiers ouverts" in (await opened(claire, place)).text
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await told_to_pli(site, "allow", "--until", until, "--reason", "garde", address=second)
    assert (await opened(claire, place)).place == place
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

    place = f"/pro/patients/{await store.write(consent):x}/urgence"
    await counted(site, 30)
    refused = await opened(claire, place, motif="Malaise", duree="4")
    assert (refused.status, "Se connecter de nouveau" in refused.text) == (403, True)
    form = {"motif": "Malaise & « chute »", "duree": "4"}
    left = await claire.post(f"{place}/confirmation", {"csrf": form_token(refused), **form})
    assert (left.status, left.place) == (303, "/pro/connexion")
    assert (await claire.get(place)).place.startswith("/pro/connexion")
    assert (await claire.come_in()).place == place
    back = await claire.get(place)
    assert "Relisez le motif" in back.text
    assert 'required value="Malaise &amp; « chute »"' in back.text
    assert '<option value="4" selected>' in back.text
    assert (await opened(claire, place, **form)).place == place
    assert "Malaise &amp; « chute »" in (await claire.get(place)).text.replace("&nbsp;", " ").replace("\xa0", " ")
    await counted(site, 0)


async def test_emergency_service_is_known_by_the_structure_of_its_mailbox_and_so_is_a_block(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await emergency_of_camille(claire)
    await told_to_pli(site, "correct", "--finess", "1350000022")
    while (await claire.get("/pro/")).status == 200:
        pass  # the server has not looked yet
    await claire.come_in()
    # Her card names no organisation: the directory does.
    await chosen(site, place, EmergencyConsent.BREAK_GLASS)
    assert (await opened(claire, place)).status == 403
    await chosen(site, place, EmergencyConsent.SERVICES)
    assert (await opened(claire, place)).place == place
    await chosen(site, place, EmergencyConsent.SERVICES, blocks="finess:350000022")
    assert "Votre accès en urgence a pris fin" in (await claire.get(place)).text
    assert (await opened(claire, place)).status == 403
