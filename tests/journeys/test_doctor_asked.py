"""A patient asks a doctor by the web; the doctor answers by mail with a document, which waits for 48 hours (F90)."""

import html

import pytest

from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, a_report_on, archive_of, submit, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in

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
        assert site.documents(patient) == [], "what is filed is not the patient's to read yet"
        assert 'data-document-id="' not in await browser.get("/documents")
        assert "Réponse à une demande" in html.unescape(await browser.get("/historique?liste=professionnels"))
