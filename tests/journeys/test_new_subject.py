"""A patient begins a new subject on the web: where the operator allows it, and with an open exchange only (E1)."""

import asyncio
import html
import re
from collections.abc import Iterator

import aiohttp
import pytest

from gateway.demonstration.world import World
from gateway.policy import reasons
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, PAUL, letter, submit
from tests.builders.gateway_site import GatewaySite, Patient, serving
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
PATH, TEXT = "/messages/nouveau", "Bonjour, ma tension monte le soir."


def with_new_subjects(world: World) -> str:
    file = world.settings.root / "pli.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[gateway]\n", '[gateway]\npatient_replies = "contact"\n', 1), encoding="utf-8")
    return ""


@pytest.fixture(scope="module")
def open_site() -> Iterator[GatewaySite]:
    """Give a gateway where patients may begin new subjects."""
    with serving(settings=with_new_subjects) as running:
        yield running


def written(site: GatewaySite, sender: str, patient: Patient, subject: str = "", **fields: str) -> None:
    sent = letter(sender, patient.address, subject, **fields)
    assert submit(site, sender, patient.address, sent.raw).status == "250 2.0.0"


def choices(page: str) -> dict[str, str]:
    """Give the contacts that a page offers, by name."""
    found = re.findall(r'<option value="([^"]+)"[^>]*>([^<–]+)', html.unescape(page))
    return {name.strip(): reference for reference, name in found}


async def test_patient_writes_to_a_doctor_with_an_open_exchange(open_site: GatewaySite) -> None:
    site, patient = open_site, open_site.new_patient()
    await asyncio.to_thread(written, site, CLAIRE, patient)
    await asyncio.to_thread(written, site, PAUL, patient)
    await asyncio.to_thread(written, site, PAUL, patient, "[FIN]")
    async with signed_in(site, patient) as browser:
        page = await browser.get(PATH)
        offered = choices(page)
        assert list(offered) == ["Dr Claire Martin"]
        fields = {"a": offered["Dr Claire Martin"], "objet": "Ma tension", "texte": TEXT}
        shown = html.unescape(await browser.submit(page, PATH, fields))
        assert "Votre message est parti." in shown
        assert "Dr Claire Martin" in shown
        assert TEXT in shown
    await asyncio.to_thread(site.settle)
    (message,) = await asyncio.to_thread(mail_with, site, CLAIRE, "From", patient.address)
    assert (message["Subject"], message["In-Reply-To"], message.get_content().strip()) == ("Ma tension", None, TEXT)


async def test_end_after_the_page_was_opened_is_refused_with_the_text_given_back(open_site: GatewaySite) -> None:
    site, patient = open_site, open_site.new_patient()
    await asyncio.to_thread(written, site, CLAIRE, patient)
    async with signed_in(site, patient) as browser:
        page = await browser.get(PATH)
        fields = {"a": choices(page)["Dr Claire Martin"], "objet": "Ma tension", "texte": TEXT}
        await asyncio.to_thread(written, site, CLAIRE, patient, "[FIN]")
        with pytest.raises(aiohttp.ClientResponseError) as refused:
            await browser.submit(page, PATH, fields)
        assert refused.value.status == 409
        assert "Personne à qui écrire" in html.unescape(await browser.get(PATH))
    await asyncio.to_thread(site.settle)
    assert await asyncio.to_thread(mail_with, site, CLAIRE, "From", patient.address) == []


async def test_forged_recipient_reaches_nobody(open_site: GatewaySite) -> None:
    site, patient = open_site, open_site.new_patient()
    await asyncio.to_thread(written, site, CLAIRE, patient)
    async with signed_in(site, patient) as browser:
        page = await browser.get(PATH)
        for forged in (PAUL, site.new_patient().address, "0" * 32):
            with pytest.raises(aiohttp.ClientResponseError) as refused:
                await browser.submit(page, PATH, {"a": forged, "objet": "x", "texte": TEXT})
            assert refused.value.status == 409
    await asyncio.to_thread(site.settle)
    for doctor in (PAUL, CLAIRE):
        assert await asyncio.to_thread(mail_with, site, doctor, "From", patient.address) == []


async def test_answer_to_all_reaches_the_copied_doctor_whose_exchange_is_open(open_site: GatewaySite) -> None:
    site, patient = open_site, open_site.new_patient()
    await asyncio.to_thread(written, site, PAUL, patient)
    await asyncio.to_thread(written, site, CLAIRE, patient, Cc=f"{PAUL}, zelie.vanbrac@medecin.mssante.fr")
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        page = await browser.get(path)
        (also,) = re.findall(r'name="aussi" value="([0-9a-f]{32})"', page)
        await browser.submit(page, f"{path}/reponse", {"texte": TEXT, "aussi": also})
    await asyncio.to_thread(site.settle)
    for doctor, copies in ((CLAIRE, 1), (PAUL, 1), ("zelie.vanbrac@medecin.mssante.fr", 0)):
        assert len(await asyncio.to_thread(mail_with, site, doctor, "From", patient.address)) == copies


async def test_setting_thread_refuses_a_form_made_by_hand(site: GatewaySite, patient: Patient) -> None:
    written(site, CLAIRE, patient)
    vault = site.vault(patient.address)
    digest = site.observer.core.store.digest("contact", vault.to_bytes(8, "big"), CLAIRE.encode())
    async with signed_in(site, patient) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        assert "Nouveau message" not in await browser.get("/messages")
        with pytest.raises(aiohttp.ClientResponseError) as absent:
            await browser.get(PATH)
        by_hand = (await browser.get(path)).replace(f"{path}/reponse", PATH)
        fields = {"a": digest[:16].hex(), "objet": "Ma tension", "texte": TEXT}
        with pytest.raises(aiohttp.ClientResponseError) as refused:
            await browser.submit(by_hand, PATH, fields)
    assert (absent.value.status, refused.value.status) == (404, 409)
    site.settle()
    assert mail_with(site, CLAIRE, "From", patient.address) == []
    events = site.observer.read(lambda tx: tx.audit.events(vault))
    assert [event.outcome for event in events if event.action == "message.sent"] == [reasons.NEW_SUBJECT.rule]
