"""A patient asks a doctor by the web; the doctor answers by mail with a document, which waits for 48 hours (F90)."""

import html

import pytest

from gateway.domain.access import Audience
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, a_report_on, archive_of, submit, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
PATH = "/parametres/droits"


async def test_doctor_answers_a_request_by_mail_and_its_document_waits_for_its_floor(
    site: GatewaySite, patient: Patient
) -> None:
    async with signed_in(site, patient) as browser:
        form = await browser.get(f"{PATH}/medecin")
        typed = {"adresse": CLAIRE, "documents": "Mon compte rendu d’opération.", "age": "recent"}
        assert "Votre demande est envoyée" in await browser.submit(form, f"{PATH}/medecin", typed)
        site.settle()
        (asked,) = mail_with(site, CLAIRE, "Reply-To", patient.address)
        text = asked.get_content()
        assert "Mon compte rendu d’opération." in text
        assert "au plus tôt le" in text
        letter = with_attachments(CLAIRE, patient, xdm(archive_of(a_report_on(patient))), asks_receipt=False)
        answer = f"In-Reply-To: {asked['Message-ID']}\r\nReferences: {asked['Message-ID']}\r\n".encode() + letter.raw
        assert submit(site, CLAIRE, patient.address, answer).status == "250 2.0.0"
        site.settle()
        page = html.unescape(await browser.get(PATH))
        assert "Documents reçus le" in page
        assert "après 48 heures de réflexion" in page
        (filed,) = site.documents(patient)
        assert filed.hidden_from is Audience.LATER
        assert f"{filed.id:x}" not in await browser.get("/documents")
        talk = html.unescape(await browser.get(await conversation_with(browser, "Dr Claire Martin")))
        assert "Vous verrez plus tard un document de ce message." in talk
        assert "Réponse à une demande" in html.unescape(await browser.get("/historique?liste=professionnels"))
