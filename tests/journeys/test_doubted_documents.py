"""« Ce document n'est pas le mien » (E80): gone from everywhere at once, its sender and the operator told, decided."""

import html
import re

import pytest

from dossier_bridge.synthetic import pdf_page
from gateway.demonstration.browser import Browser
from gateway.domain.errors import NotFound
from gateway.services.withholding.document_doubts import DoubtQueue
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import conversation_with, signed_in
from tests.journeys.test_withheld_documents import fhir, status_of

pytestmark = pytest.mark.xdist_group("gateway")
PDF = pdf_page(["Document inventé"])
DOUBTED = "/documents/signales"


def _send(site: GatewaySite, patient: Patient, letter: Letter) -> None:
    assert relay(site, LILAS, patient.address, letter.raw).status == "250 2.0.0"
    site.settle()


async def _files_of_messages(browser: Browser) -> int:
    """Count the files that all conversations offer."""
    talks = set(re.findall(r'href="(/messages/[0-9a-f]+)"', await browser.get("/messages")))
    return sum([(await browser.get(talk)).count('class="file" href="/messages/') for talk in talks])


async def test_document_of_somebody_else_is_set_aside_told_of_and_decided(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient, pdf=PDF)
    archive = archive_of(report)
    letter = with_attachments(LILAS, patient, xdm(archive))
    _send(site, patient, letter)
    _send(site, patient, with_attachments(LILAS, patient, xdm(archive)))
    (filed,) = site.documents(patient)
    path = f"/documents/{filed.id:x}"
    async with signed_in(site, patient) as browser:
        assert await _files_of_messages(browser) == 2
        asked = await browser.get(f"{path}/pas-le-mien")
        page = html.unescape(await browser.submit(asked, f"{path}/pas-le-mien", {}))
        assert ("En cours d’examen" in page, filed.entry.title in page) == (True, False)
        for listed in ("/", "/documents", "/documents?q=document", "/resultats", "/messages"):
            assert f"{filed.id:x}" not in await browser.get(listed)
        talk = html.unescape(await browser.get(await conversation_with(browser, "Laboratoire des Lilas")))
        assert "Vous avez signalé un document de ce message." in talk
        assert await _files_of_messages(browser) == 0
        for gone in (path, f"{path}/ouvrir/pdf", f"{path}/fichiers/original", f"{path}/pas-le-mien"):
            assert await status_of(browser, gone) == 404
        for kind in ("DocumentReference", "Observation"):
            assert (await fhir(site, patient, kind))[1]["total"] == 0
        site.settle()
        told = disposition(receipts(site, LILAS, letter.message_id)[-1])
        assert told["disposition"].endswith("; processed/warning")
        assert told["warning"].startswith("904^")
        assert report.unique_id in told["warning"]
        queue = DoubtQueue(site.observer.core.store, site.observer.core.clock)
        (one,) = [waits for waits in site.observer.run(queue.waiting()) if waits.document == filed.id]
        assert (one.sender, one.doubt is not None and one.doubt.place) == (filed.sender, filed.entry.place)
        # Sent again meanwhile, then taken back while nobody has decided: every message has its file; said once more.
        _send(site, patient, with_attachments(LILAS, patient, xdm(archive)))
        assert await _files_of_messages(browser) == 0
        assert "de retour" in await browser.submit(await browser.get(DOUBTED), f"{path}/reprendre", {})
        assert await _files_of_messages(browser) == 3
        await browser.submit(await browser.get(f"{path}/pas-le-mien"), f"{path}/pas-le-mien", {})
        site.settle()
        subjects = [str(mail["Subject"]).partition(" : ")[0] for mail in receipts(site, LILAS, letter.message_id)]
        assert subjects == ["Intégré", "Doute sur l'identité", "Doute levé", "Doute sur l'identité"]
        lifted = disposition(receipts(site, LILAS, letter.message_id)[2])
        assert lifted["disposition"].endswith("; processed")
        assert "warning" not in lifted, "software would take its code for another error"
        decided = queue.settle(patient.address, filed.id, is_theirs=False, reason="vu avec le laboratoire")
        site.observer.run(decided)
        page = html.unescape(await browser.get(DOUBTED))
        assert ("Erreur confirmée" in page, "vu avec le laboratoire" in page) == (True, True)
        assert "le reprendre" not in page
        assert await status_of(browser, path) == 404
        with pytest.raises(NotFound):
            site.observer.run(queue.settle(patient.address, filed.id, is_theirs=True, reason="encore"))
