"""A laboratory's card of the blood group: in the profile and among the pieces, never over what stands there (F57)."""

import html
import re
from datetime import timedelta

import pytest

from dossier_bridge.synthetic.markup import LOINC
from gateway.domain.access import Audience
from gateway.domain.document import LabResult, ResultValue, ValueKind
from gateway.domain.health_links import HealthLink
from gateway.services.withholding.hold_keeper import HoldKeeper
from tests.builders.gateway_mail import LILAS, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.journeys.test_withheld_documents import MARKED

pytestmark = pytest.mark.xdist_group("gateway")
EMERGENCY = "/profil/carte-urgence"
GROUP, PIECES = "/profil/groupe-sanguin", "/profil/pieces-administratives"


def _coded(code: str, label: str, answer: str) -> LabResult:
    value = ResultValue(kind=ValueKind.CODED, text=label, code=answer, code_system=LOINC)
    return LabResult(label=label, value=value, code=code, code_system=LOINC, status="completed", chapter="HÉMATOLOGIE")


def _card(site: GatewaySite, patient: Patient, abo: str, rhesus: str, marks: tuple[str, ...] = ("N",)) -> None:
    results = (_coded("883-9", "Groupe ABO", abo), _coded("10331-7", "Rhésus D", rhesus))
    report = a_report_on(patient, results=results, title="Carte de groupe sanguin")
    letter = with_attachments(LILAS, patient, xdm(archive_of(report, confidentiality=marks)))
    assert relay(site, LILAS, patient.address, letter.raw).status == "250 2.0.0"
    site.settle()


async def test_card_fills_the_profile_and_stands_among_the_pieces_of_both_pages(
    site: GatewaySite, patient: Patient
) -> None:
    _card(site, patient, "LA19710-5", "LA6576-8")
    async with signed_in(site, patient) as browser:
        text = html.unescape(await browser.get(GROUP))
        assert "A+" in text
        assert "5\u00a0janvier 2026" in text
        found = re.search(rf'href="({GROUP}/[0-9a-f]+)"', text)
        assert found is not None
        assert "Voir le document d’où cela vient" in html.unescape(await browser.get(found[1]))
        for page in (PIECES, "/documents?categorie=pieces-administratives"):
            assert "Carte de groupe sanguin" in html.unescape(await browser.get(page))
        _card(site, patient, "LA19710-5", "LA6576-8")
        assert "Proposé par un document" not in html.unescape(await browser.get(GROUP))
        _card(site, patient, "LA19708-9", "LA6577-6")
        text = html.unescape(await browser.get(GROUP))
        assert "Proposé par un document" in text
        assert text.index("O−") < text.index("A+")


async def test_group_of_a_document_that_is_not_theirs_leaves_profile_and_card(
    site: GatewaySite, patient: Patient
) -> None:
    emergency, pages = "/profil/carte-urgence", ("/profil/carte-urgence", GROUP)
    _card(site, patient, "LA19710-5", "LA6576-8")
    async with signed_in(site, patient) as browser:
        assert ["A+" in html.unescape(await browser.get(page)) for page in pages] == [True, True]
        (filed,) = site.documents(patient)
        doubt = f"/documents/{filed.id:x}/pas-le-mien"
        await browser.submit(await browser.get(doubt), doubt, {})
        assert ["A+" in html.unescape(await browser.get(page)) for page in pages] == [False, False]
        # The right one fills the place that is empty now.
        _card(site, patient, "LA19708-9", "LA6577-6")
        assert "O−" in html.unescape(await browser.get(emergency))


async def test_group_comes_with_a_release_and_is_on_no_card_while_two_disagree(
    site: GatewaySite, patient: Patient
) -> None:
    _card(site, patient, "LA19710-5", "LA6576-8", MARKED)
    it, vault = site.observer.core, site.vault(patient.address)
    (first,) = site.observer.read(lambda tx: tx.documents.all_of(vault, Audience.NOBODY))
    link = HealthLink(
        vault=vault, number=7, made=it.clock.now(), until=it.clock.now() + timedelta(days=1), parts=("groupe-sanguin",),
        passcode=b"", file="",
    )  # fmt: skip
    site.observer.run(it.store.write(lambda tx: tx.health_links.save(link)))
    async with signed_in(site, patient) as browser:
        assert "A+" not in html.unescape(await browser.get(EMERGENCY))
        site.observer.run(HoldKeeper(it.store, it.clock).release(patient.address, first.id, "présenté"))
        assert "A+" in html.unescape(await browser.get(EMERGENCY))
        _card(site, patient, "LA19708-9", "LA6577-6")
        card = html.unescape(await browser.get(EMERGENCY))
        assert ("A+" in card, "O−" in card) == (False, False)
        (second,) = [one for one in site.documents(patient) if one.id != first.id]
        for document, group in ((second, "A+"), (first, "")):
            path = f"/documents/{document.id:x}/pas-le-mien"
            await browser.submit(await browser.get(path), path, {})
            for page in (GROUP, EMERGENCY):
                text = html.unescape(await browser.get(page))
                assert ("A+" in text, "O−" in text) == (group == "A+", False)
            assert bool(site.observer.read(lambda tx: tx.health_links.all_of(vault))) == (group == "A+")
        back = f"/documents/{first.id:x}/reprendre"
        await browser.submit(await browser.get("/documents/signales"), back, {})
        assert "A+" in html.unescape(await browser.get(EMERGENCY))
