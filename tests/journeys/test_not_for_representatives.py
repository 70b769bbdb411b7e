"""What is marked `INVISIBLE_REPRESENTANTS_LEGAUX` is not there for a guardian: document, message, counts, notices."""

import asyncio
import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientResponseError

from dossier_bridge.synthetic import SyntheticReport, pdf_page
from gateway.demonstration.browser import Browser
from gateway.domain.access import Audience
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import VaultId
from gateway.services.space.patients_file import NewPatient
from tests.builders.agenda import a_calendar
from tests.builders.gateway_mail import LILAS, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient
from tests.builders.patient_browser import signed_in
from tests.builders.store import newest

pytestmark = pytest.mark.xdist_group("gateway")
APART = ("N", "INVISIBLE_REPRESENTANTS_LEGAUX")
PAGES = (
    "/", "/messages", "/documents", "/nouveautes", "/resultats", "/agenda", "/historique",
    "/parametres/confidentialite",
)
PDF = pdf_page(["Document inventé"])


def a_child_of(site: GatewaySite, guardian: Patient) -> Patient:
    """Import an active minor whom the import attaches to somebody."""
    invented = invented_patient()
    traits = replace(invented.identity.traits, birth_date=BirthDate(2014, 7, 14))
    child = replace(invented, identity=replace(invented.identity, traits=traits), email="")
    line = NewPatient(
        line=2, identity=child.identity, state=child.state, guardians=(guardian.identity.ins.value,)
    )
    assert site.observer.run(site.observer.core.provisioning.import_patients([line])).created == 1
    site.patients.append(child)
    return child


def sent(
    site: GatewaySite, child: Patient, confidentiality: tuple[str, ...], *beside: tuple[str, str, bytes]
) -> SyntheticReport:
    """Have a laboratory send a report, and let it be filed."""
    report = a_report_on(child, pdf=PDF)
    files = xdm(archive_of(report, confidentiality=confidentiality)), *beside
    letter = with_attachments(LILAS, child, *files)
    assert relay(site, LILAS, child.address, letter.raw).status == "250 2.0.0"
    site.settle()
    return report


async def act_for(browser: Browser, vault: VaultId) -> None:
    """Certify to be the representative, and act for the child."""
    page = await browser.get(f"/proches/{vault:x}")
    page = await browser.submit(page, f"/proches/{vault:x}", {"certifie": "1", "reponse": "oui"})
    await browser.submit(page, "/proches/agir", {})


async def exported(site: GatewaySite, browser: Browser) -> dict[str, bytes]:
    """Have the archive of the space made, and open it."""
    page = await browser.get("/mes-donnees")
    await browser.submit(page, "/mes-donnees", {})
    await asyncio.to_thread(site.settle)
    _, data = await browser.file("/mes-donnees/archive")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _told(site: GatewaySite, guardian: Patient) -> int:
    return site.seen_by(guardian).notices


async def test_guardian_sees_nothing_of_it_and_is_told_nothing(site: GatewaySite, patient: Patient) -> None:
    child = a_child_of(site, patient)
    vault = site.vault(child.address)
    start = f"{datetime.now(UTC) + timedelta(days=20):%Y%m%dT083000Z}"
    planned = a_calendar(UID="a-part@labo-lilas.example", DTSTART=start, SUMMARY="Prise de sang à part")
    apart = sent(site, child, APART, ("rdv.ics", "text/calendar", planned))
    assert _told(site, patient) == 0
    before = site.observer.read(lambda tx: newest(tx, vault, 9))
    (hidden,) = [entry for _, entry, _ in before]
    async with signed_in(site, patient) as browser:
        await act_for(browser, vault)
        for path in (*PAGES, "/proches"):
            page = html.unescape(await browser.get(path))
            assert not re.search(r"\b1\u00a0(?!h\b)|Nouveau<|data-document-id|data-thread", page), path
            assert not any(result.label in page for result in apart.results), path
            assert f"{hidden.mid:x}" not in page, path
            assert not re.search(r"Lilas|à part", page), path
        for path in (f"/messages/{hidden.mid:x}", f"/messages/{hidden.mid:x}/texte"):
            with pytest.raises(ClientResponseError, match="404"):
                await browser.get(path)
        archive = await exported(site, browser)
        assert {"messages/correspondants.json", "agenda/agenda.json"} <= archive.keys()
        about = LILAS, "Lilas", "à part", apart.unique_id, f"{hidden.mid:x}", "Compte rendu"
        assert [(name, word) for name, data in archive.items() for word in about if word.encode() in data] == []
        # What comes beside it, without the mark, is there.
        told, shown = _told(site, patient), sent(site, child, ("N",))
        assert _told(site, patient) == told + 1
        page = html.unescape(await browser.get("/"))
        assert "1\u00a0message non lu et 1\u00a0nouveau document" in page
        page = html.unescape(await browser.get("/documents"))
        assert len(set(re.findall(r'data-document-id="([^"]+)"', page))) == 1
        assert shown.unique_id != apart.unique_id
        assert "Lilas" in html.unescape(await browser.get("/parametres/confidentialite"))
    # For the child both are there, and so is what was planned.
    now = datetime.now(UTC)
    assert len(site.observer.read(lambda tx: tx.agendas.between(vault, now, now + timedelta(days=40), 9))) == 1
    assert len(site.observer.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))) == 2
    assert len(site.messages(child.address)) == 2
