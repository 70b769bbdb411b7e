"""A patient closes, comes back, asks to be erased, keeps the space, and is erased: nothing stays (A17, E81)."""

import base64
import html
import json
import re
from collections.abc import Iterator

import aiohttp
import pytest

from gateway.demonstration.browser import Browser
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import OPERATOR, BlobKey, VaultId
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import EraseSpace
from gateway.notices.files import FileNotices
from gateway.ports.store import Tx
from gateway.services.space.erasure import Erasure
from tests.builders.gateway_mail import LILAS, letter, relay, result_letter
from tests.builders.gateway_site import GatewaySite, Patient, serving, until
from tests.builders.octets_left import Needle, found_below, plain, sealed_of
from tests.builders.patient_browser import PASSWORD, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
SUBJECT, WORDS = "Obscurcissement 7741", "Vermiculaire 88213 quotidien"


@pytest.fixture(scope="module")
def site() -> Iterator[GatewaySite]:
    """Serve one gateway for all of them."""
    with serving() as running:
        yield running


def _identifier(patient: Patient) -> str:
    return patient.email.partition("@")[0]


async def _come_back(site: GatewaySite, patient: Patient, browser: Browser) -> str:
    settings = site.world.settings
    return await browser.sign_in(_identifier(patient), PASSWORD, settings.path(settings.paths.notices))


def _told(site: GatewaySite, patient: Patient, kind: str) -> list[dict[str, str]]:
    folder = site.world.settings.path(site.world.settings.paths.notices)
    notices = [json.loads(file.read_bytes()) for file in folder.glob("[!.]*.json")]
    return [notice for notice in notices if notice["to"] == patient.email and notice["kind"] == kind]


def _proof_in(page: str) -> bytes:
    found = re.search(r'href="data:application/pdf;base64,([^"]+)"', page)
    assert found is not None
    return base64.b64decode(html.unescape(found[1]))


async def _erased_now(site: GatewaySite, patient: Patient, browser: Browser) -> str:
    """Go through code and confirmation; give the last page."""
    page = await browser.submit(await browser.get("/parametres/effacer"), "/parametres/effacer/code", {})
    until(lambda: bool(_told(site, patient, "erasure-code")), "no code was sent")
    (notice,) = _told(site, patient, "erasure-code")
    page = await browser.submit(page, "/parametres/effacer/valider", {"code": notice["code"]})
    return await browser.submit(page, "/parametres/effacer/maintenant", {})


async def test_closed_space_takes_no_mail_and_comes_back_whole(site: GatewaySite) -> None:
    patient = site.new_patient()
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, SUBJECT).raw).code == 250
    site.settle()
    async with signed_in(site, patient) as browser:
        page = await browser.submit(await browser.get("/parametres/fermer"), "/parametres/fermer", {})
        assert "Votre espace est fermé" in page
        assert "Se connecter" in await browser.get("/messages")
        assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, "b").raw).code == 550
        page = await _come_back(site, patient, browser)
        assert "Rouvrir mon espace" in page
        assert SUBJECT not in await browser.get("/messages")
        page = await browser.submit(page, "/espace-ferme", {})
        assert "de nouveau ouvert" in page
        assert SUBJECT in html.unescape(await browser.get("/messages"))
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, "c").raw).code == 250


async def test_erasure_in_some_days_is_taken_back(site: GatewaySite) -> None:
    patient = site.new_patient()
    async with signed_in(site, patient) as browser:
        page = await browser.submit(await browser.get("/parametres/effacer"), "/parametres/effacer", {})
        assert _proof_in(page).startswith(b"%PDF-")
        page = await _come_back(site, patient, browser)
        assert "Votre espace sera effacé le " in page
        kind, proof = await browser.file("/espace-ferme/preuve")
        assert kind == "application/pdf"
        assert proof.startswith(b"%PDF-")
        page = await browser.submit(page, "/espace-ferme", {})
        assert "La demande d’effacement est annulée" in page
        assert "Bonjour" in await browser.get("/")
    until(lambda: bool(_told(site, patient, "erasure-cancelled")), "nobody was told")


def _held(site: GatewaySite, vault: VaultId) -> list[BlobKey]:
    def look(tx: Tx) -> list[BlobKey]:
        return [tx.blobs.open(vault, ref) for ref in tx.blobs.of(vault)]

    return site.observer.read(look)


def _an_hour_later(site: GatewaySite, vault: VaultId, patient: Patient) -> None:
    """Do the last step of an erasure, which is due an hour later."""
    core, settings = site.observer.core, site.world.settings
    erasure = Erasure(
        core.store, core.clock, forget_notices=FileNotices(settings.path(settings.paths.notices), core.clock).forget
    )
    told = EraseSpace(space=vault, contacts=(patient.email,), again=True)
    site.observer.run(erasure.resume(Step(vault=OPERATOR, id=7, payload=told, due=core.clock.now())))


async def test_search_finds_what_is_there(site: GatewaySite) -> None:
    patient = site.new_patient()
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, SUBJECT).raw).code == 250
    site.settle()
    sealed = sealed_of(site.world.settings, site.vault(patient.address))
    found = {name.partition(" in ")[0] for name in found_below(site.world.settings.root, sealed)}
    assert {needle.name for needle in sealed} == found
    assert site.observer.read(lambda tx: tx.spaces.state(site.vault(patient.address))) is SpaceState.ACTIVE


async def test_every_octet_of_an_erased_space_is_gone(site: GatewaySite) -> None:
    patient = site.new_patient()
    vault, root = site.vault(patient.address), site.world.settings.root
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, SUBJECT, text=WORDS).raw).code == 250
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).code == 250
    site.settle()
    assert site.documents(patient)
    words = (patient.email, patient.identity.ins.value, patient.identity.traits.birth_name, _identifier(patient))
    cleartext = [needle for word in (*words, PASSWORD, SUBJECT, WORDS) for needle in plain(word)]
    async with signed_in(site, patient) as browser:
        await browser.get("/documents")
        sealed, held = sealed_of(site.world.settings, vault), _held(site, vault)
        assert {"key", "content.summary", "document.record", "account.secret"} <= {needle.name for needle in sealed}
        page = await _erased_now(site, patient, browser)
        assert "Votre espace est effacé" in page
        proof = _proof_in(page)
        with pytest.raises(aiohttp.ClientResponseError):
            await _come_back(site, patient, browser)
    assert proof.startswith(b"%PDF-")
    until(lambda: bool(_told(site, patient, "space-erased")), "nobody was told")
    _an_hour_later(site, vault, patient)
    assert found_below(root, [*cleartext, *sealed]) == set()
    assert held
    for blob in held:
        with pytest.raises((NotFound, SealBroken)):
            site.observer.core.blobs.read(blob)
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, "d").raw).code == 550


def test_word_is_found_in_each_of_its_forms(site: GatewaySite) -> None:
    needles = list(plain("Vermiculaire"))
    assert len(needles) == 5
    assert Needle("Vermiculaire", b"Vermiculaire") in needles
    assert site.pid
