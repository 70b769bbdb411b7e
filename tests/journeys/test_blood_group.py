"""A laboratory's card of the blood group: in the profile and among the pieces, never over what stands there (F57)."""

import html
import re

import pytest

from dossier_bridge.synthetic.markup import LOINC
from gateway.domain.document import LabResult, ResultValue, ValueKind
from tests.builders.gateway_mail import LILAS, a_report_on, relay, result_letter
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.xdist_group("gateway")
GROUP, PIECES = "/profil/groupe-sanguin", "/profil/pieces-administratives"


def _coded(code: str, label: str, answer: str) -> LabResult:
    value = ResultValue(kind=ValueKind.CODED, text=label, code=answer, code_system=LOINC)
    return LabResult(label=label, value=value, code=code, code_system=LOINC, status="completed", chapter="HÉMATOLOGIE")


def _card(site: GatewaySite, patient: Patient, abo: str, rhesus: str) -> None:
    results = (_coded("883-9", "Groupe ABO", abo), _coded("10331-7", "Rhésus D", rhesus))
    report = a_report_on(patient, results=results, title="Carte de groupe sanguin")
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient, report).raw).status == "250 2.0.0"
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
