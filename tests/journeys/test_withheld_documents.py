"""What a patient may not read before a professional has presented it (STD §4.5) shows nowhere: page, file, program."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest

from dossier_bridge.synthetic import SyntheticReport, laboratory_report, pdf_page
from gateway.demonstration.browser import Browser
from gateway.domain.access import Audience
from gateway.domain.errors import NotFound
from gateway.domain.local_days import day_in_words, local_day
from gateway.services.sign_in.application_tokens import issue_token
from gateway.services.withholding.hold_keeper import HoldKeeper
from tests.builders.gateway_inbox import receipts
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient, Seen
from tests.builders.patient_browser import conversation_with, signed_in
from tests.builders.store import newest
from tests.builders.web_people import PNG
from tests.builders.wrapped import zip_of
from tests.journeys.conftest import ANNOUNCEMENT_DAYS

pytestmark = pytest.mark.xdist_group("gateway")
MARKED = ("N", "INVISIBLE_PATIENT")
PDF = pdf_page(["Document inventé"])
SENTENCE = "Un document vous sera d’abord présenté en consultation."


def sent(site: GatewaySite, patient: Patient, archive: bytes, *others: tuple[str, str, bytes]) -> Letter:
    """Have the laboratory send an archive, and let it be filed."""
    letter = with_attachments(LILAS, patient, xdm(archive), *others)
    assert relay(site, LILAS, patient.address, letter.raw).status == "250 2.0.0"
    site.settle()
    return letter


def withheld(site: GatewaySite, patient: Patient) -> tuple[SyntheticReport, int]:
    """Have a marked report filed, and give it with the number of its document."""
    report = a_report_on(patient, pdf=PDF)
    sent(site, patient, archive_of(report, confidentiality=MARKED))
    events = site.observer.read(lambda tx: tx.audit.events(site.vault(patient.address)))
    (number,) = (event.objects[0].partition(":")[2] for event in events if event.action == "document.filed")
    return report, int(number, 16)


async def fhir(site: GatewaySite, patient: Patient, path: str) -> tuple[int, Mapping[str, Any]]:
    """Ask as a program that holds the patient's token."""
    it = site.observer.core
    token = site.observer.run(issue_token(it.store, it.clock, site.vault(patient.address), timedelta(hours=1)))
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as client:
        headers = {"Authorization": f"Bearer {token}"}
        async with client.get(f"https://localhost:{site.ports['web']}/fhir/{path}", headers=headers) as answer:
            return answer.status, orjson.loads(await answer.read())


async def status_of(browser: Browser, path: str) -> int:
    """Open a page and give its status."""
    try:
        await browser.get(path)
    except aiohttp.ClientResponseError as refused:
        return refused.status
    except UnicodeDecodeError:
        return 200  # a file, and no page
    return 200


# ---------------------------------------------------------------- the matrix


@pytest.mark.parametrize("path", ["/", "/documents", "/documents?categorie=biologie", "/messages"])
async def test_no_page_lists_or_counts_it(site: GatewaySite, patient: Patient, path: str) -> None:
    report, document = withheld(site, patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(path))
    assert f"{document:x}" not in page
    assert not re.search(r"Nouveau<|résultats?</span>|avec un document|avec une pièce jointe", page)
    assert not any(result.label in page for result in report.results)


@pytest.mark.parametrize("path", ["", "/ouvrir/pdf", "/fichiers/pdf", "/fichiers/original"])
async def test_no_address_opens_it(site: GatewaySite, patient: Patient, path: str) -> None:
    _, document = withheld(site, patient)
    async with signed_in(site, patient) as browser:
        assert await status_of(browser, f"/documents/{document:x}{path}") == 404


@pytest.mark.parametrize("path", ["DocumentReference", "Observation", "Observation?code=http://loinc.org|718-7"])
async def test_no_search_finds_or_counts_it(site: GatewaySite, patient: Patient, path: str) -> None:
    withheld(site, patient)
    status, bundle = await fhir(site, patient, path)
    assert (status, bundle["total"], "entry" in bundle) == (200, 0, False)


READINGS = ("DocumentReference/{:x}", "Observation/{:x}-0", "Binary/{:x}-pdf", "Binary/{:x}-original")


@pytest.mark.parametrize("path", READINGS)
async def test_no_reading_gives_it(site: GatewaySite, patient: Patient, path: str) -> None:
    _, document = withheld(site, patient)
    assert (await fhir(site, patient, path.format(document)))[0] == 404


# ---------------------------------------------------------------- its message


async def test_message_says_that_a_document_waits_and_gives_no_file(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient, pdf=PDF)
    sent(site, patient, archive_of(report, confidentiality=MARKED), ("resultats.pdf", "application/pdf", PDF))
    mid = _message_number(site, patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(await conversation_with(browser, "Laboratoire des Lilas")))
        statuses = [await status_of(browser, f"/messages/{mid:x}/pieces/{section}") for section in ("2", "3")]
    assert SENTENCE in page
    assert "Vous trouverez ci-joint" in page
    assert "/pieces/" not in page
    assert "/documents/" not in page
    assert statuses == [404, 404]


PICTURE = ("radio.png", "image/png", PNG)
COPY = ("copie.pdf", "application/pdf", PDF)
BESIDE = {
    "PDF beside two": (2, (COPY,)),
    "picture": (1, (PICTURE,)),
    "picture in a zip": (1, (("images.zip", "application/zip", zip_of({"radio.png": PNG})),)),
    "PDF beside two in a zip": (2, (("copies.zip", "application/zip", zip_of({"copie.pdf": PDF})),)),
}


@pytest.mark.parametrize("name", BESIDE)
def test_file_beside_it_that_bears_no_mark_is_withheld_like_it(site: GatewaySite, patient: Patient, name: str) -> None:
    count, others = BESIDE[name]
    reports = [a_report_on(patient) for _ in range(count)]
    sent(site, patient, archive_of(*reports, confidentiality=MARKED), *others)
    assert site.documents(patient) == []


def test_file_beside_it_is_withheld_too_when_it_comes_again_without_its_mark(
    site: GatewaySite, patient: Patient
) -> None:
    report, _ = withheld(site, patient)
    sent(site, patient, archive_of(report), PICTURE)
    assert site.documents(patient) == []


@pytest.mark.parametrize("is_marked_first", [True, False])
@pytest.mark.parametrize("as_file", [True, False])
def test_mark_on_one_of_two_copies_in_a_message_withholds_the_document(
    site: GatewaySite, patient: Patient, is_marked_first: bool, as_file: bool
) -> None:
    report = a_report_on(patient)
    plain = ("resultat.xml", "text/xml", laboratory_report(report)) if as_file else xdm(archive_of(report))
    marked = xdm(archive_of(report, confidentiality=MARKED), name="IHE_XDM_2.zip")
    copies = (marked, plain) if is_marked_first else (plain, marked)
    letter = with_attachments(LILAS, patient, *copies)
    assert relay(site, LILAS, patient.address, letter.raw).status == "250 2.0.0"
    site.settle()
    assert site.documents(patient) == []


async def test_patient_is_told_once_that_a_message_waits(site: GatewaySite, patient: Patient) -> None:
    withheld(site, patient)
    assert site.seen_by(patient) == Seen(messages=1, documents=0, notices=1)


async def test_same_document_sent_again_without_its_mark_stays_withheld(site: GatewaySite, patient: Patient) -> None:
    report, document = withheld(site, patient)
    sent(site, patient, archive_of(report))
    mid = _message_number(site, patient)
    async with signed_in(site, patient) as browser:
        assert await status_of(browser, f"/messages/{mid:x}/pieces/2") == 404
        assert await status_of(browser, f"/documents/{document:x}") == 404
    assert site.documents(patient) == []


async def test_message_of_an_unmarked_document_gives_its_files(site: GatewaySite, patient: Patient) -> None:
    sent(site, patient, archive_of(a_report_on(patient), confidentiality=("R", "MASQUE_PS")))
    mid = _message_number(site, patient)
    async with signed_in(site, patient) as browser:
        assert await status_of(browser, f"/messages/{mid:x}/pieces/2") == 200
    assert len(site.documents(patient)) == 1


# ---------------------------------------------------------------- released


async def test_later_version_without_the_mark_is_shown_and_leads_to_nothing_withheld(
    site: GatewaySite, patient: Patient
) -> None:
    report, document = withheld(site, patient)
    later = replace(report, unique_id=f"{report.unique_id}.2", version=report.version + 1)
    sent(site, patient, archive_of(later))
    (shown,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = await browser.get(f"/documents/{shown.id:x}")
        assert await status_of(browser, f"/documents/{document:x}") == 404
    assert f"{document:x}" not in page


async def test_correction_that_is_withheld_is_told_and_not_linked(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient)
    sent(site, patient, archive_of(report))
    later = replace(report, unique_id=f"{report.unique_id}.2", version=report.version + 1)
    sent(site, patient, archive_of(later, confidentiality=MARKED))
    (shown,) = site.documents(patient)
    assert shown.replaced_by is not None
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{shown.id:x}"))
    assert "Elle vous sera d’abord présentée en consultation." in page
    assert f"{shown.replaced_by:x}" not in page


# ---------------------------------------------------------------- its last day (A27)


async def test_operator_shows_a_document_when_its_sender_asks(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient, pdf=PDF)
    letter = sent(site, patient, archive_of(report, confidentiality=MARKED))
    (receipt,) = receipts(site, LILAS, letter.message_id)
    last = day_in_words(local_day(datetime.now(UTC) + timedelta(days=ANNOUNCEMENT_DAYS)))
    assert last in "".join(part.get_content() for part in receipt.walk() if part.get_content_type() == "text/plain")
    filed = site.observer.read(lambda tx: tx.documents.numbers(site.vault(patient.address), Audience.NOBODY))
    mid, holds = _message_number(site, patient), HoldKeeper(site.observer.core.store, site.observer.core.clock)
    async with signed_in(site, patient) as browser:
        assert await status_of(browser, f"/messages/{mid:x}/pieces/2") == 404
        site.observer.run(holds.release(patient.address, filed[0], "consultation du 2 mars"))
        assert [document.id for document in site.documents(patient)] == filed
        assert await status_of(browser, f"/documents/{filed[0]:x}") == 200
        assert await status_of(browser, f"/messages/{mid:x}/pieces/2") == 200
    with pytest.raises(NotFound):
        site.observer.run(holds.release(patient.address, filed[0], "encore"))


def _message_number(site: GatewaySite, patient: Patient) -> int:
    vault = site.vault(patient.address)
    return int(site.observer.read(lambda tx: newest(tx, vault, 1))[0][1].mid)
