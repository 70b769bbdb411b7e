"""What is marked `INVISIBLE_REPRESENTANTS_LEGAUX` is not there for a guardian: document, message, counts, notices."""

import html
import re
from dataclasses import replace

import pytest
from aiohttp import ClientResponseError

from dossier_bridge.synthetic import SyntheticReport, pdf_page
from gateway.demonstration.browser import Browser
from gateway.domain.access import Audience
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import VaultId
from gateway.services.space.patients_file import NewPatient
from tests.builders.gateway_mail import LILAS, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient
from tests.builders.patient_browser import signed_in
from tests.builders.store import newest

pytestmark = pytest.mark.xdist_group("gateway")
APART = ("N", "INVISIBLE_REPRESENTANTS_LEGAUX")
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


def sent(site: GatewaySite, child: Patient, confidentiality: tuple[str, ...]) -> SyntheticReport:
    """Have a laboratory send a report, and let it be filed."""
    report = a_report_on(child, pdf=PDF)
    letter = with_attachments(LILAS, child, xdm(archive_of(report, confidentiality=confidentiality)))
    assert relay(site, LILAS, child.address, letter.raw).status == "250 2.0.0"
    site.settle()
    return report


async def act_for(browser: Browser, vault: VaultId) -> None:
    """Certify to be the representative, and act for the child."""
    page = await browser.get(f"/proches/{vault:x}")
    page = await browser.submit(page, f"/proches/{vault:x}", {"certifie": "1", "reponse": "oui"})
    await browser.submit(page, "/proches/agir", {})


def _told(site: GatewaySite, guardian: Patient) -> int:
    return site.seen_by(guardian).notices


async def test_guardian_sees_nothing_of_it_and_is_told_nothing(site: GatewaySite, patient: Patient) -> None:
    child = a_child_of(site, patient)
    vault = site.vault(child.address)
    apart = sent(site, child, APART)
    assert _told(site, patient) == 0
    before = site.observer.read(lambda tx: newest(tx, vault, 9))
    (hidden,) = [entry for _, entry, _ in before]
    async with signed_in(site, patient) as browser:
        await act_for(browser, vault)
        for path in ("/", "/messages", "/documents", "/nouveautes", "/resultats", "/agenda", "/proches"):
            page = html.unescape(await browser.get(path))
            assert not re.search(r"1\u00a0|Nouveau<|data-document-id|data-thread", page), path
            assert not any(result.label in page for result in apart.results), path
            assert f"{hidden.mid:x}" not in page, path
        for path in (f"/messages/{hidden.mid:x}", f"/messages/{hidden.mid:x}/texte"):
            with pytest.raises(ClientResponseError, match="404"):
                await browser.get(path)
        # What comes beside it, without the mark, is there.
        told, shown = _told(site, patient), sent(site, child, ("N",))
        assert _told(site, patient) == told + 1
        page = html.unescape(await browser.get("/"))
        assert "1\u00a0message non lu et 1\u00a0nouveau document" in page
        page = html.unescape(await browser.get("/documents"))
        assert len(set(re.findall(r'data-document-id="([^"]+)"', page))) == 1
        assert shown.unique_id != apart.unique_id
    # For the child both are there.
    assert len(site.observer.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))) == 2
    assert len(site.messages(child.address)) == 2
