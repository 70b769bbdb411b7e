"""All attachments of a message read in one call: nothing filed twice, nothing clinical passed over."""

from dataclasses import replace

import msgspec
import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadOutcome
from dossier_bridge.synthetic import Submitted, SyntheticReport, laboratory_report, pdf_page, xdm_archive, zipped
from gateway.domain.document import NOBODY, DocumentCategory, DocumentNote, Media
from gateway.domain.identity import INS_TEST, ClaimedIdentity
from tests.builders.clinical import a_patient, a_report, a_request, a_result, an_identity, an_xdm

PDF = pdf_page(["Compte rendu"])
OTHER_PDF = pdf_page(["Autre document"])
UNLISTED = SyntheticReport(patient=a_patient(), type_code="0-0", type_label="")


def read(*parts: tuple[str, bytes]) -> ReadOutcome:
    return read_attachments(a_request(*parts))


def with_pdf(pdf: bytes | None = PDF, patient: ClaimedIdentity | None = None, number: int = 1) -> bytes:
    report = SyntheticReport(patient=patient or a_patient(), results=(a_result(),), unique_id=f"1.2.{number}", pdf=pdf)
    return laboratory_report(report)


def test_submission_gives_its_document_with_results_and_copy() -> None:
    outcome = read(("IHE_XDM.zip", an_xdm(with_pdf())))
    (document,) = outcome.documents
    assert outcome.failures == ()
    assert (document.section, document.uri) == ("2", "IHE_XDM/SUBSET01/DOC0001.XML")
    assert document.results.read() == (a_result(),)
    assert document.presentation == PDF
    assert document.entry.format_code == "urn:ihe:lab:xd-lab:2008"


@pytest.mark.parametrize(("mark", "alert"), [("HH", True), ("H", False)])
def test_alert_of_a_result_is_an_alert_of_its_document(mark: str, alert: bool) -> None:
    cda = a_report(results=[a_result(), msgspec.structs.replace(a_result(), interpretation=(mark,))])
    assert read(("cr.xml", cda)).documents[0].results.has_critical is alert


def test_bare_cda_is_a_document() -> None:
    cda = a_report(results=[a_result()])
    (document,) = read(("cr.xml", cda)).documents
    assert (document.original, document.uri, document.media_type) == (cda, "", "text/xml")


def test_pdf_that_is_embedded_is_not_filed_twice() -> None:
    outcome = read(("IHE_XDM.zip", an_xdm(with_pdf())), ("n_importe.pdf", PDF))
    assert len(outcome.documents) == 1
    assert outcome.companions == ("3",)


def test_pdf_beside_a_document_without_copy_becomes_its_copy() -> None:
    outcome = read(("IHE_XDM.zip", an_xdm(with_pdf(None))), ("20260105_CR_MODELE_ALIX.pdf", OTHER_PDF))
    (document,) = outcome.documents
    assert document.presentation == OTHER_PDF
    assert outcome.companions == ("3",)


def test_embedded_copy_is_preferred_to_the_one_beside() -> None:
    outcome = read(("IHE_XDM.zip", an_xdm(with_pdf())), ("20260105_CR_MODELE_ALIX.pdf", OTHER_PDF))
    assert outcome.documents[0].presentation == PDF
    assert outcome.companions == ("3",)


def test_letter_beside_a_document_with_its_copy_stands_by_it() -> None:
    outcome = read(("IHE_XDM.zip", an_xdm(with_pdf())), ("Courrier pour MODELE.pdf", OTHER_PDF))
    (document,) = outcome.documents
    assert (document.presentation, [file.data for file in document.joined]) == (PDF, [OTHER_PDF])
    assert outcome.companions == ()


@pytest.mark.parametrize(
    "name",
    [
        "resultat.pdf",
        "CR_MODELE_ALIX.pdf",
        "20260105_CR_MODELE.pdf",
        "20260105_CR_DUPONT_ALIX.pdf",
        "20260105_CR_MODELE_JEANNE.pdf",
        "20260105_CR_MODELE_ALIX_JEANNE.pdf",
        "20260105_CR_ALIX_MODELE.pdf",
        "20260105_MODELE_ALIX.pdf",
        "2026010_CR_MODELE_ALIX.pdf",
        "20260105_CR_" + "_" * 30 + ".pdf",
    ],
)
def test_pdf_that_nothing_shows_to_be_the_copy_stands_by_the_one_document_unverified(name: str) -> None:
    outcome = read(("a.xml", with_pdf(None)), (name, OTHER_PDF))
    (document,) = outcome.documents
    assert (document.presentation, document.media) == (None, ())
    assert document.joined == (Media(name, "application/pdf", OTHER_PDF),)
    assert outcome.companions == ()


def test_pdf_beside_two_documents_is_one_of_its_own() -> None:
    documents = [(f"{n}.xml", with_pdf(None, number=n)) for n in (1, 2)]
    *checked, beside = read(*documents, ("resultat.pdf", OTHER_PDF)).documents
    assert [document.joined for document in checked] == [(), ()]
    assert (beside.media_type, beside.original) == ("application/pdf", OTHER_PDF)
    assert DocumentNote.IDENTITY_UNVERIFIED in beside.entry.notes


@pytest.mark.parametrize(
    "name",
    [
        "20260105_CR_MODELE_ALIX.pdf",
        "20260105_CR-BIO_Modèle_Alix.PDF",
        "050126_CR_MODELE_ALIX_D123.pdf",
        "20260105_CR_MODELE_ALIX MARIE.pdf",
        "20260105_CR_MODELE_ALIX_MARIE_7.pdf",
    ],
)
def test_pdf_that_bears_the_whole_name_of_the_standard_is_the_copy(name: str) -> None:
    outcome = read(("a.xml", with_pdf(None)), (name, OTHER_PDF))
    assert [d.presentation for d in outcome.documents] == [OTHER_PDF]
    assert outcome.companions == ("3",)


def test_patient_without_given_name_has_no_copy_by_name() -> None:
    patient = replace(a_patient(), given_names=())
    outcome = read(("a.xml", with_pdf(None, patient)), ("20260105_CR_MODELE_ALIX.pdf", OTHER_PDF))
    assert outcome.companions == ()


def test_name_that_itself_holds_the_separator_is_understood() -> None:
    patient = replace(a_patient(), birth_name="LE GALL")
    outcome = read(("a.xml", with_pdf(None, patient)), ("20260105_CR_LE_GALL_ALIX_4.pdf", OTHER_PDF))
    assert outcome.companions == ("3",)


def test_pdf_that_might_be_the_copy_of_two_documents_is_filed_unverified() -> None:
    documents = [(f"{n}.xml", with_pdf(None, number=n)) for n in (1, 2)]
    outcome = read(*documents, ("20260105_CR_MODELE_ALIX.pdf", OTHER_PDF))
    assert [d.presentation for d in outcome.documents] == [None, None, None]
    assert outcome.companions == ()


def test_second_pdf_of_the_same_document_stands_by_it() -> None:
    names = ("20260105_CR_MODELE_ALIX.pdf", "20260105_CR_MODELE_ALIX_2.pdf")
    outcome = read(("a.xml", with_pdf(None)), (names[0], PDF), (names[1], OTHER_PDF))
    (document,) = outcome.documents
    assert (document.presentation, [file.data for file in document.joined]) == (PDF, [OTHER_PDF])
    assert outcome.companions == ("3",)


def test_copy_beside_goes_to_the_document_that_embeds_none() -> None:
    outcome = read(
        ("a.xml", with_pdf(PDF)), ("b.xml", with_pdf(None, number=2)), ("20260105_CR_MODELE_ALIX.pdf", OTHER_PDF)
    )
    assert [d.presentation for d in outcome.documents] == [PDF, OTHER_PDF]


def test_bare_pdf_is_filed_with_its_identity_unverified() -> None:
    (document,) = read(("Courrier du 5 janvier.pdf", PDF)).documents
    assert DocumentNote.IDENTITY_UNVERIFIED in document.entry.notes
    assert document.entry.patient == NOBODY
    assert document.entry.title == "Courrier du 5 janvier"
    assert document.entry.unique_id == f"urn:sha256:{document.sha256}"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"II*\x00", "application/octet-stream"),
    ],
)
def test_image_is_filed_with_its_identity_unverified(data: bytes, media_type: str) -> None:
    (document,) = read(("photo.jpg", data)).documents
    assert document.media_type == media_type
    assert document.entry.notes == (DocumentNote.IDENTITY_UNVERIFIED,)


def test_ordinary_files_are_left_alone() -> None:
    outcome = read(("notes.txt", b"bonjour"), ("tableau.csv", b"a;b"), ("archive.bin", zipped({"a": b"b"})))
    assert outcome == ReadOutcome()


def test_pdf_inside_a_submission_has_the_patient_of_the_metadata() -> None:
    file = Submitted(name="CR.PDF", data=PDF, media_type="application/pdf", type_code="11488-4", title="Consultation")
    (document,) = read(("IHE_XDM.zip", xdm_archive([file], a_patient()))).documents
    assert document.entry.patient.identifiers == a_patient().identifiers
    assert document.entry.patient.birth_name == "MODÈLE"
    assert (document.entry.category, document.entry.title) == (DocumentCategory.REPORTS, "Consultation")
    assert DocumentNote.IDENTITY_UNVERIFIED not in document.entry.notes


def test_other_file_of_a_submission_keeps_its_media_type() -> None:
    file = Submitted(name="IMAGE.DCM", data=b"\x00" * 128 + b"DICM", media_type="application/dicom")
    (document,) = read(("IHE_XDM.zip", xdm_archive([file], a_patient()))).documents
    assert document.media_type == "application/dicom"


def test_xml_of_a_submission_that_is_no_cda_is_refused() -> None:
    file = Submitted(name="DOC.XML", data=b"<autre/>")
    outcome = read(("IHE_XDM.zip", xdm_archive([file], a_patient())))
    assert [f.reason for f in outcome.failures] == [FaultReason.NOT_A_CDA]


def test_masking_in_the_metadata_is_added_to_the_document() -> None:
    file = Submitted(name="DOC0001.XML", data=a_report(), confidentiality=("N", "INVISIBLE_PATIENT"))
    (document,) = read(("IHE_XDM.zip", xdm_archive([file], a_patient()))).documents
    assert document.entry.confidentiality == ("N", "INVISIBLE_PATIENT")


def test_patient_of_the_metadata_counts_beside_that_of_the_document() -> None:
    cda = a_report(a_patient(1))
    (document,) = read(("IHE_XDM.zip", an_xdm(cda, a_patient(2)))).documents
    assert {value for _, value in document.entry.patient.identifiers} == {
        an_identity(1).ins.value,
        an_identity(2).ins.value,
    }


def test_same_document_sent_in_two_ways_is_read_once() -> None:
    cda = a_report(results=[a_result()])
    assert len(read(("IHE_XDM.zip", an_xdm(cda)), ("copie.xml", cda)).documents) == 1


def test_same_document_with_other_line_ends_is_read_once() -> None:
    cda = a_report(results=[a_result()])
    assert len(read(("a.xml", cda), ("b.xml", cda.replace(b"\n", b"\r\n"))).documents) == 1


def test_documents_that_share_an_identifier_and_say_otherwise_are_both_kept() -> None:
    parts = [("a.xml", a_report(results=[a_result()])), ("b.xml", a_report(results=[a_result(number="9.9")]))]
    assert len(read(*parts).documents) == 2


def test_same_pdf_twice_is_read_once() -> None:
    assert len(read(("a.pdf", PDF), ("b.pdf", PDF)).documents) == 1


def test_fault_in_one_part_does_not_hide_another() -> None:
    outcome = read(("IHE_XDM.zip", b"PK\x03\x04 METADATA.XML broken"), ("cr.xml", a_report()))
    assert len(outcome.documents) == 1
    assert [(f.section, f.reason, f.code) for f in outcome.failures] == [("2", FaultReason.ZIP_MALFORMED, "906")]


@pytest.mark.parametrize("name", ["IHE_XDM.zip", "cr.xml"])
def test_part_that_claims_to_be_clinical_and_is_not_is_refused(name: str) -> None:
    assert len(read((name, b"rubbish")).failures) == 1


@pytest.mark.parametrize("name", ["x.hl7", "x.hpr", "x.json"])
def test_formats_not_read_yet_are_refused_not_ignored(name: str) -> None:
    outcome = read((name, b"x"))
    assert [f.reason for f in outcome.failures] == [FaultReason.FORMAT_UNSUPPORTED]


def test_script_in_the_copy_is_noted() -> None:
    pdf = replace(
        SyntheticReport(patient=a_patient(), results=(a_result(),)),
        pdf=PDF.replace(b"/Catalog", b"/Catalog/OpenAction 9 0 R"),
    )
    (document,) = read(("a.xml", laboratory_report(pdf))).documents
    assert document.entry.notes == (DocumentNote.PDF_OPEN_ACTION,)


def test_document_of_a_submission_without_patient_in_metadata_keeps_its_own() -> None:
    nobody = replace(a_patient(), identifiers=())
    (document,) = read(("IHE_XDM.zip", an_xdm(a_report(), nobody))).documents
    assert document.entry.patient.identifiers == ((INS_TEST, an_identity().ins.value),)


def test_every_fault_has_a_sentence_and_a_national_code() -> None:
    assert all(reason.sentence.endswith(".") and reason.code in {"900", "904", "906"} for reason in FaultReason)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("DOC0001.PDF", PDF, "application/pdf"),
        ("DOC0001.XML", laboratory_report(UNLISTED), "text/xml"),
    ],
)
def test_document_of_an_unlisted_type_goes_to_the_folder_of_its_class(name: str, data: bytes, media_type: str) -> None:
    submitted = Submitted(name=name, data=data, media_type=media_type, type_code="0-0", title="")
    outcome = read(("IHE_XDM.zip", xdm_archive([submitted], a_patient())))
    assert [document.entry.category for document in outcome.documents] == [DocumentCategory.REPORTS]
