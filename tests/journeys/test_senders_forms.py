"""What real senders write otherwise than the standard: taken where the meaning is certain, refused with a sentence."""

import base64
import html
import re
import zlib
from dataclasses import replace

import pytest

from dossier_bridge.synthetic import Submitted, claimed, laboratory_report, pdf_page, xdm_archive, xdm_metadata, zipped
from gateway.domain.document import DocumentCategory
from tests.builders.bad_archives import METADATA
from tests.builders.gateway_mail import LILAS, a_report_on, archive_of, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.builders.quarantine import kept_from, words_of

pytestmark = pytest.mark.xdist_group("gateway")
PDF = pdf_page(["Compte rendu"])


def is_filed(site: GatewaySite, patient: Patient, attachment: tuple[str, str, bytes]) -> bool:
    sent = with_attachments(LILAS, patient, attachment)
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    return [document.identity_verified for document in site.documents(patient)] == [True]


def a_cda(patient: Patient, **changes: object) -> bytes:
    return laboratory_report(a_report_on(patient, **changes))


# ---------------------------------------------------------------- who it is for


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.13", "1.2.250.1.213.1.4.14"])
def test_social_security_number_beside_the_ins_is_no_second_patient(
    site: GatewaySite, patient: Patient, oid: str
) -> None:
    who = claimed(patient.identity)
    who = replace(who, identifiers=(*who.identifiers, (oid, "251116912301711")))
    assert is_filed(site, patient, ("cr.xml", "text/xml", laboratory_report(a_report_on(who))))


def test_blanks_in_a_number_are_none_of_it(site: GatewaySite, patient: Patient) -> None:
    who = claimed(patient.identity)
    ((root, number),) = who.identifiers
    spaced = replace(who, identifiers=((root, " ".join((number[:1], number[1:3], number[3:13], number[13:]))),))
    assert is_filed(site, patient, ("cr.xml", "text/xml", laboratory_report(a_report_on(spaced))))


def test_document_without_a_number_takes_none_from_its_metadata(site: GatewaySite, patient: Patient) -> None:
    nobody = replace(claimed(patient.identity), identifiers=())
    document = laboratory_report(a_report_on(nobody))
    archive = xdm_archive([Submitted(name="D.XML", data=document)], claimed(patient.identity))
    kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive)), "903")


def test_metadata_of_a_twin_are_refused(site: GatewaySite, patient: Patient) -> None:
    twin = replace(claimed(patient.identity), given_names=("Odile",))
    archive = xdm_archive([Submitted(name="D.XML", data=a_cda(patient))], twin)
    kept_from(site, patient, with_attachments(LILAS, patient, xdm(archive)), "904")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (rb"(<birthTime[^>]*>)", rb'\1<birthTime value="19500101"/>'),
        (rb"(<patient><name>.*?</name>)", rb'\1<name><family qualifier="BR">TOURVEL</family></name>'),
    ],
)
def test_document_of_two_names_or_birth_dates_is_refused(
    site: GatewaySite, patient: Patient, was: bytes, becomes: bytes
) -> None:
    document = re.sub(was, becomes, a_cda(patient), count=1, flags=re.DOTALL)
    kept_from(site, patient, with_attachments(LILAS, patient, ("cr.xml", "text/xml", document)), "904")


# ---------------------------------------------------------------- archives, encodings, folders


@pytest.mark.parametrize("padding", [b"\r\n", bytes(512)])
def test_padding_behind_an_archive_is_none_of_it(site: GatewaySite, patient: Patient, padding: bytes) -> None:
    assert is_filed(site, patient, xdm(archive_of(a_report_on(patient)) + padding))


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("/IHE_XDM/SUBSET01/D.XML", "IHE_XDM/SUBSET01/D.XML"),
        ("IHE_XDM/SUBSET01/D.XML", "IHE_XDM/SUBSET01/D.XML"),
        ("Compte%20rendu.XML", "IHE_XDM/SUBSET01/Compte rendu.XML"),
        ("SUB\\D.XML", "IHE_XDM/SUBSET01/SUB/D.XML"),
    ],
)
def test_document_is_found_by_any_form_of_its_uri(site: GatewaySite, patient: Patient, uri: str, name: str) -> None:
    data = a_cda(patient)
    metadata = xdm_metadata([Submitted(name=uri, data=data)], claimed(patient.identity))
    assert is_filed(site, patient, xdm(zipped({METADATA: metadata, name: data})))


def test_damaged_encoding_is_named_to_the_sender(site: GatewaySite, patient: Patient) -> None:
    document = a_cda(patient, title="Résultat élevé").decode().encode("latin-1", "replace")
    told = kept_from(site, patient, with_attachments(LILAS, patient, ("cr.xml", "text/xml", document)), "906")
    assert "UTF-8" in words_of(told)


def test_signs_of_windows_are_read_where_another_encoding_has_none(site: GatewaySite, patient: Patient) -> None:
    document = a_cda(patient, title="L’analyse à 5 €").decode().replace("UTF-8", "ISO-8859-1", 1).encode("cp1252")
    assert is_filed(site, patient, ("cr.xml", "text/xml", document))
    assert site.documents(patient)[0].entry.title == "L’analyse à 5 €"


@pytest.mark.parametrize(
    ("type_code", "label", "folder"),
    [
        ("CERT_DECL", "", DocumentCategory.CERTIFICATES),
        ("75492-9", "", DocumentCategory.SCREENING),
        ("51969-4", "", DocumentCategory.BIOLOGY),
        ("77436-4", "", DocumentCategory.REPORTS),
        ("99999-9", "Compte rendu de dépistage", DocumentCategory.SCREENING),
        ("99999-9", "Divers", DocumentCategory.OTHER),
    ],
)
async def test_document_is_found_in_the_folder_of_its_type(
    site: GatewaySite, patient: Patient, type_code: str, label: str, folder: DocumentCategory
) -> None:
    named = f'<code code="{type_code}" displayName="{label}"/>'
    document = re.sub(r'<code [^>]*code="11502-2"[^>]*>', named, a_cda(patient).decode(), count=1).encode()
    assert is_filed(site, patient, ("cr.xml", "text/xml", document))
    async with signed_in(site, patient) as browser:
        page = await browser.get(f"/documents?categorie={folder.value}")
    assert f"{site.documents(patient)[0].id:x}" in page


# ---------------------------------------------------------------- files inside documents


def a_body(patient: Patient, text: str, attributes: str) -> bytes:
    written = a_cda(patient, body_pdf=PDF).decode()
    body = f"<nonXMLBody><text {attributes}>{text}</text></nonXMLBody>"
    return re.sub(r"<nonXMLBody>.*</nonXMLBody>", lambda _: body, written, flags=re.DOTALL).encode()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        (encoded(PDF), 'mediaType="application/pdf"'),
        (encoded(PDF).rstrip("="), 'mediaType="application/pdf" representation="B64"'),
        (encoded(zlib.compress(PDF)), 'mediaType="application/pdf" representation="B64" compression="ZL"'),
        (encoded(PDF), 'mediaType="text/plain" representation="B64"'),
    ],
)
async def test_pdf_inside_a_document_opens(site: GatewaySite, patient: Patient, text: str, attributes: str) -> None:
    assert is_filed(site, patient, ("cr.xml", "text/xml", a_body(patient, text, attributes)))
    (document,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        assert await browser.file(f"/documents/{document.id:x}/ouvrir/pdf") == ("application/pdf", PDF)


@pytest.mark.parametrize(
    ("media_type", "data", "words"),
    [
        ("text/rtf", rb"{\rtf1\ansi\ansicpg1250 R\'e9sultat {\b normal}\par suite}", "Résultat normal"),
        ("text/plain", "Résultat normal".encode(), "Résultat normal"),
        ("text/plain", "Résultat normal".encode("cp1252"), "Résultat normal"),
    ],
)
async def test_words_of_a_file_are_read_in_place(
    site: GatewaySite, patient: Patient, media_type: str, data: bytes, words: str
) -> None:
    body = a_body(patient, encoded(data), f'mediaType="{media_type}" representation="B64"')
    assert is_filed(site, patient, ("cr.xml", "text/xml", body))
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{site.documents(patient)[0].id:x}"))
    assert words in page


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("pas du base64 !", 'mediaType="application/pdf" representation="B64"'),
        (encoded(b"autre chose"), 'mediaType="application/pdf" representation="B64"'),
        (encoded(b"x" * 40), 'mediaType="application/pdf" representation="B64" compression="Z7"'),
        ("", 'mediaType="application/pdf" representation="B64"'),
    ],
)
def test_file_that_nobody_could_open_is_never_said_to_be_filed(
    site: GatewaySite, patient: Patient, text: str, attributes: str
) -> None:
    sent = with_attachments(LILAS, patient, ("cr.xml", "text/xml", a_body(patient, text, attributes)))
    assert "ont été intégrés" not in words_of(kept_from(site, patient, sent, "906"))
