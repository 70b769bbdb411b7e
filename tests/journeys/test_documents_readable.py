"""What a patient reads of a document in place: its words, and its dates as they were sent."""

import html
import re
from base64 import b64encode

import pytest

from dossier_bridge.synthetic import laboratory_report, pdf_page
from tests.builders.gateway_inbox import receipts
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, relay, with_attachments
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.builders.web_people import PNG

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


async def test_document_with_nothing_to_read_says_so_on_its_page_and_in_its_receipt(
    site: GatewaySite, patient: Patient
) -> None:
    sent = filed(site, patient, laboratory_report(a_report_on(patient, results=())))
    (document,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{document.id:x}"))
    assert "Ce document ne contient rien à lire." in page
    (receipt,) = receipts(site, LILAS, sent.message_id)
    text = receipt.get_body(("plain",))
    assert text is not None
    assert "ne contient ni texte, ni résultat, ni fichier" in text.get_content()


async def test_html_body_of_a_document_is_read_in_place(site: GatewaySite, patient: Patient) -> None:
    report = laboratory_report(a_report_on(patient, results=(), body_pdf=b"%PDF")).decode()
    page = "<html><body><h1>Bilan</h1><script>alert(1)</script><table><tr><td>Glucose<td>5,8</table></body></html>"
    body = f'<nonXMLBody><text mediaType="text/html">{html.escape(page)}</text></nonXMLBody>'
    filed(site, patient, re.sub(r"<nonXMLBody>.*</nonXMLBody>", lambda _: body, report, flags=re.DOTALL).encode())
    (document,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        shown = await browser.get(f"/documents/{document.id:x}")
    assert "<td>Glucose</td><td>5,8</td>" in shown
    assert "alert(1)" not in shown


@pytest.mark.parametrize(
    ("document", "shown", "technical"),
    [("words", [], ["original"]), ("pdf", ["pdf"], ["original"]), ("nothing", ["original"], [])],
)
async def test_original_is_among_the_technical_files_when_the_page_or_a_pdf_says_what_is_in_it(
    site: GatewaySite, patient: Patient, document: str, shown: list[str], technical: list[str]
) -> None:
    given = {
        "words": a_narrative(patient, "20251002", TABLE),
        "pdf": laboratory_report(a_report_on(patient, results=(), pdf=pdf_page(["Document inventé"]))),
        "nothing": laboratory_report(a_report_on(patient, results=())),
    }
    filed(site, patient, given[document])
    (one,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{one.id:x}"))
    closed = re.search(r'<details class="technical no-print"><summary>.*?</details>', page, re.DOTALL)
    aside = closed[0] if closed else ""
    assert (file_names(page.replace(aside, "")), file_names(aside)) == (shown, technical)


async def test_picture_in_the_text_is_no_button(site: GatewaySite, patient: Patient) -> None:
    value = f"<value mediaType='image/png' representation='B64'>{b64encode(PNG).decode()}</value>"
    picture = f"<observationMedia ID='i1' classCode='OBS' moodCode='EVN'>{value}</observationMedia>"
    words = a_narrative(patient, "20251002", "Courbe <renderMultiMedia referencedObject='i1'/>")
    filed(site, patient, words.replace(b"</text></section>", f"</text><entry>{picture}</entry></section>".encode()))
    (one,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{one.id:x}"))
    assert f'<img src="/documents/{one.id:x}/ouvrir/media-1"' in page
    assert "Ouvrir l’image" not in page
    assert file_names(page) == ["media-1", "original"]


async def test_file_is_named_by_title_day_and_laboratory(site: GatewaySite, patient: Patient) -> None:
    filed(site, patient, a_narrative(patient, "20251002", TABLE))
    (one,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        headers = await browser.headers(f"/documents/{one.id:x}/fichiers/original")
    name = "Compte rendu d'examens biologiques - 2025-10-02 - Laboratoire des Exemples.xml"
    assert f'filename="{name}"' in headers["Content-Disposition"]


async def test_new_document_about_an_old_act_stands_first(site: GatewaySite, patient: Patient) -> None:
    filed(site, patient, laboratory_report(a_report_on(patient, title="Récent")))
    filed(site, patient, a_narrative(patient, "2019", "Ancien").replace(b"<title>", b"<title>Ancien "))
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get("/documents"))
    assert page.index("Ancien") < page.index("Récent")
    assert "Date du document\u00a0: 2019<" in page


def file_names(page: str) -> list[str]:
    return re.findall(r'href="/documents/[0-9a-f]+/fichiers/([a-z0-9-]+)"', page)
