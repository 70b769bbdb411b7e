"""What a patient reads of a document in place: its words, and its dates as they were sent."""

import html
import re

import pytest

from dossier_bridge.synthetic import laboratory_report
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, relay, with_attachments
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.xdist_group("gateway")
TABLE = "<table><tbody><tr><td>Glucose</td><td>5,8 mmol/L</td><td>(3,9-6,1)</td></tr></tbody></table>"


def filed(site: GatewaySite, patient: Patient, document: bytes) -> Letter:
    sent = with_attachments(LILAS, patient, ("cr.xml", "text/xml", document))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    return sent


def a_narrative(patient: Patient, effective_time: str, words: str) -> bytes:
    """Write a report that has words and no results."""
    report = laboratory_report(a_report_on(patient, results=(), effective_time=effective_time)).decode()
    section = f"<component><section><title>Biochimie</title><text>{words}</text></section></component>"
    return re.sub(r"<structuredBody ?/?>", f"<structuredBody>{section}", report, count=1).encode()


async def test_words_of_a_report_without_results_are_read_in_place(site: GatewaySite, patient: Patient) -> None:
    filed(site, patient, a_narrative(patient, "202510", TABLE))
    (document,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{document.id:x}"))
    assert "<td>Glucose</td><td>5,8 mmol/L</td><td>(3,9-6,1)</td>" in page
    assert "<dd>octobre 2025</dd>" in page
    assert file_names(page) == ["original"]


async def test_new_document_about_an_old_act_stands_first(site: GatewaySite, patient: Patient) -> None:
    filed(site, patient, laboratory_report(a_report_on(patient, title="Récent")))
    filed(site, patient, a_narrative(patient, "2019", "Ancien").replace(b"<title>", b"<title>Ancien "))
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get("/documents"))
    assert page.index("Ancien") < page.index("Récent")
    assert "Date du document\u00a0: 2019<" in page


def file_names(page: str) -> list[str]:
    return re.findall(r'href="/documents/[0-9a-f]+/fichiers/([a-z0-9-]+)"', page)
