"""Header, identity and attached files of a CDA document, in the forms that real senders use."""

import base64
import re

import pytest

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.nesting import kind_within
from dossier_bridge.synthetic import BIOLOGIST, PRESCRIBER, SyntheticReport, laboratory_report, pdf_page
from gateway.domain.document import NOBODY, DocumentCategory, DocumentNote, Participant
from gateway.domain.identity import INS_TEST, IdentityMatch, Sex, compare_identity
from gateway.domain.mime.kinds import Kind
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_patient, a_report, a_result, an_identity

ACCEPTED = frozenset({INS_TEST})
XSL = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'


def fault_of(data: bytes) -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        read_cda(data)
    return caught.value.reason


def with_name(markup: str) -> bytes:
    written = a_report().decode()
    start, end = written.index("<patient><name>") + len("<patient><name>"), written.index("</name>")
    return (written[:start] + markup + written[end:]).encode()


def test_header_says_who_made_it_and_for_whom() -> None:
    entry = read_cda(a_report()).entry
    assert entry.author == BIOLOGIST
    assert entry.legal_authenticator == BIOLOGIST
    assert entry.prescriber == PRESCRIBER
    assert entry.custodian is not None
    assert entry.custodian.organisation == BIOLOGIST.organisation
    assert entry.category is DocumentCategory.BIOLOGY


def test_prescriber_is_found_among_other_participants_or_is_absent() -> None:
    other, written = b'<participant typeCode="INF"/>', a_report()
    marked = b'<participant typeCode="REF"'
    assert marked in written
    assert read_cda(written.replace(marked, other + marked)).entry.prescriber == PRESCRIBER
    assert read_cda(written.replace(marked, b'<participant typeCode="INF"')).entry.prescriber is None


@pytest.mark.parametrize(
    ("events", "start", "end"),
    [
        ("", None, None),
        ('<serviceEvent><effectiveTime value="202611"/></serviceEvent>', "202611", None),
        (
            '<serviceEvent><effectiveTime><low value="2025"/><high value="2026"/></effectiveTime></serviceEvent>',
            "2025",
            "2026",
        ),
        ('<serviceEvent><effectiveTime><high value="2026"/></effectiveTime></serviceEvent>', None, None),
        ('<serviceEvent><effectiveTime nullFlavor="UNK"/></serviceEvent>', None, None),
        ("<serviceEvent/>", None, None),
        ('<serviceEvent><effectiveTime><low value="hier"/></effectiveTime></serviceEvent>', None, None),
    ],
)
def test_act_is_dated_as_it_says(events: str, start: str | None, end: str | None) -> None:
    told = f"<documentationOf><serviceEvent/></documentationOf><documentationOf>{events}</documentationOf><component>"
    entry = read_cda(a_report().replace(b"<component>", told.encode(), 1)).entry
    assert (entry.act_start, entry.act_end) == (
        Timestamp(start) if start else None,
        Timestamp(end) if end else None,
    )


def test_patient_of_a_synthetic_report_is_the_patient_it_was_written_for() -> None:
    patient = read_cda(a_report(a_patient(4))).entry.patient
    assert compare_identity(patient, an_identity(4), ACCEPTED) is IdentityMatch.SAME
    assert compare_identity(patient, an_identity(5), ACCEPTED) is IdentityMatch.DIFFERENT


def test_birth_given_name_comes_first_and_is_not_repeated() -> None:
    name = '<family qualifier="BR">N</family><given>ALIX MARIE-ROSE</given><given qualifier="BR">ALIX</given>'
    assert read_cda(with_name(name)).entry.patient.given_names == ("ALIX", "MARIE-ROSE")


def test_given_names_in_separate_elements_are_all_read() -> None:
    name = '<given qualifier="BR">RUTH</given><given>ISABELLE</given><given qualifier="CL">RUTHIE</given>'
    assert read_cda(with_name(name)).entry.patient.given_names == ("RUTH", "ISABELLE")


def test_family_name_without_qualifier_is_taken_for_the_birth_name() -> None:
    assert read_cda(with_name("<family>NOM</family><given>P</given>")).entry.patient.birth_name == "NOM"


def test_spouse_name_is_never_the_birth_name() -> None:
    name = '<family qualifier="SP">ÉPOUX</family><family qualifier="CL">USAGE</family>'
    patient = read_cda(with_name(name)).entry.patient
    assert (patient.birth_name, patient.used_name) == (None, "USAGE")


def test_document_without_patient_names_nobody() -> None:
    written = a_report().decode()
    start, end = written.index("<recordTarget>"), written.index("</recordTarget>") + len("</recordTarget>")
    patient = read_cda((written[:start] + written[end:]).encode()).entry.patient
    assert patient == NOBODY
    assert compare_identity(patient, an_identity()) is IdentityMatch.NO_INS


@pytest.mark.parametrize(("code", "sex"), [("M", Sex.MALE), ("F", Sex.FEMALE), ("UN", Sex.UNKNOWN), ("?", None)])
def test_sex_is_read(code: str, sex: Sex | None) -> None:
    written = a_report().replace(b'GenderCode code="F"', f'GenderCode code="{code}"'.encode())
    assert read_cda(written).entry.patient.sex is sex


def test_unreadable_birth_date_is_absent() -> None:
    written = a_report().replace(b'birthTime value="19790328"', b'birthTime value="mars"')
    assert read_cda(written).entry.patient.birth_date is None


def test_two_patients_are_refused() -> None:
    written = a_report().replace(b"</recordTarget>", b"</recordTarget><recordTarget/>")
    assert fault_of(written) is FaultReason.TWO_PATIENTS


def test_other_release_of_cda_is_a_wrong_version() -> None:
    reason = fault_of(a_report().replace(b"POCD_HD000040", b"POCD_HD000099"))
    assert (reason, reason.code) == (FaultReason.CDA_VERSION, "900")


def test_other_xml_is_not_a_cda() -> None:
    assert fault_of(b"<note/>") is FaultReason.NOT_A_CDA
    assert fault_of(b'<ClinicalDocument xmlns="urn:other"/>') is FaultReason.NOT_A_CDA


def test_replacement_names_the_document_replaced() -> None:
    written = laboratory_report(SyntheticReport(patient=a_patient(), replaces="1.2.3^4", version=2))
    entry = read_cda(written).entry
    assert (entry.replaces, entry.version) == (("1.2.3^4",), 2)


def test_identifier_with_extension_is_joined_as_xds_does() -> None:
    assert read_cda(a_report(unique_id="1.2.3^45")).entry.unique_id == "1.2.3^45"


def test_document_without_identifier_is_named_by_its_bytes() -> None:
    entry = read_cda(a_report(unique_id="")).entry
    assert entry.unique_id.startswith("urn:sha256:")


def test_version_that_is_no_number_is_absent() -> None:
    assert read_cda(a_report().replace(b'versionNumber value="1"', b'versionNumber value="v1"')).entry.version is None


def test_software_may_be_the_author() -> None:
    person = "<assignedPerson><name><given>Iris</given><family>MODÈLE</family></name></assignedPerson>".encode()
    device = b"<assignedAuthoringDevice><softwareName>LABO+</softwareName></assignedAuthoringDevice>"
    assert read_cda(a_report().replace(person, device, 1)).entry.authors[0].name == "LABO+"


def test_parts_of_the_header_may_be_missing() -> None:
    written = re.sub(r"<assignedAuthor>.*?</assignedAuthor>", "", a_report().decode())
    written = re.sub(r"<custodian>.*?</custodian>", "", written)
    written = re.sub(r"<assignedPerson>.*?</assignedPerson>", "<assignedPerson/>", written)
    entry = read_cda(written.encode()).entry
    assert entry.authors == (Participant(),)
    assert entry.custodian is None
    assert entry.legal_authenticator is not None
    assert entry.legal_authenticator.name == ""


def test_document_inside_its_own_style_sheet_is_read() -> None:
    inner = a_report(results=[a_result()]).split(b"?>", 1)[1].decode()
    read = read_cda(f"{XSL}{inner}</xsl:stylesheet>".encode())
    assert len(read.results) == 1


def test_two_documents_inside_one_style_sheet_are_refused() -> None:
    inner = a_report().split(b"?>", 1)[1].decode()
    assert fault_of(f"{XSL}{inner}{inner}</xsl:stylesheet>".encode()) is FaultReason.NOT_A_CDA


def test_pdf_body_is_the_presentation() -> None:
    pdf = pdf_page(["Résultat"])
    read = read_cda(laboratory_report(SyntheticReport(patient=a_patient(), body_pdf=pdf)))
    assert read.presentation is not None
    assert (read.presentation.media_type, read.presentation.data) == ("application/pdf", pdf)
    assert read.results == ()


def test_pdf_copy_of_a_structured_report_is_its_presentation() -> None:
    pdf = pdf_page(["Résultat"])
    read = read_cda(laboratory_report(SyntheticReport(patient=a_patient(), results=(a_result(),), pdf=pdf)))
    assert read.presentation is not None
    assert read.presentation.data == pdf
    assert read.media == ()


def test_other_media_are_kept_beside() -> None:
    image = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    media = (
        '<component><section><entry><observationMedia ID="courbe"><value mediaType="image/png" representation="B64">'
        f"{image}</value></observationMedia></entry></section></component></structuredBody>"
    )
    written = a_report(results=[a_result()]).decode().replace("</structuredBody>", media)
    read = read_cda(written.encode())
    assert [(m.id, m.media_type, m.data) for m in read.media] == [("courbe", "image/png", b"\x89PNG\r\n\x1a\n")]
    assert read.presentation is None


def test_media_that_only_point_elsewhere_are_never_fetched() -> None:
    media = (
        '<observationMedia ID="x"><value mediaType="application/pdf"><reference value="http://192.0.2.1/x.pdf"/></value>'
        "</observationMedia></structuredBody>"
    )
    written = a_report(results=[a_result()]).decode().replace("</structuredBody>", media)
    assert read_cda(written.encode()).presentation is None


def test_broken_base64_is_a_fault() -> None:
    written = laboratory_report(SyntheticReport(patient=a_patient(), body_pdf=b"x" * 10)).decode()
    start = written.index('"B64">') + 6
    assert fault_of((written[:start] + "A" + written[start:]).encode()) is FaultReason.CDA_BASE64


def test_laboratory_report_without_results_is_noted() -> None:
    written = laboratory_report(SyntheticReport(patient=a_patient(), pdf=pdf_page(["x"])))
    assert DocumentNote.NO_RESULTS_READ in read_cda(written).entry.notes


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso8859-1"])
def test_cda_is_recognised_in_any_encoding(codec: str) -> None:
    assert kind_within("", a_report().decode().encode(codec)) is Kind.CDA


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"PK\x03\x04", b"<html><body/></html>", b"ClinicalDocument"])
def test_other_bytes_are_not_taken_for_cda(data: bytes) -> None:
    assert kind_within("", data) is not Kind.CDA


@pytest.mark.parametrize(
    "more",
    [
        '<name><given qualifier="BR">PAUL</given><family qualifier="BR">DURAND</family></name>',
        '<name><given>ALIX</given><family qualifier="BR">DURAND</family></name>',
        '<name><given>PAUL</given><family qualifier="BR">MODELE</family></name>',
        '<name><given>PAUL</given></name>',
        '<name><family qualifier="BR">Modèle</family><family qualifier="BR">DURAND</family></name>',
        '<birthTime value="19790329"/>',
        '<administrativeGenderCode code="M"/>',
    ],
)
def test_two_persons_in_one_patient_are_refused(more: str) -> None:
    assert fault_of(a_report().replace(b"</patient>", f"{more}</patient>".encode())) is FaultReason.TWO_PATIENTS


def test_two_names_without_marks_are_two_persons() -> None:
    one, other = "<given>A</given><family>UN</family>", "<given>A</given><family>DEUX</family>"
    assert fault_of(with_name(f"{one}</name><name>{other}")) is FaultReason.TWO_PATIENTS


@pytest.mark.parametrize(
    "more",
    [
        '<name><given>ALIX</given><family qualifier="CL">DURAND</family></name>',
        "<name><given>Alix</given><family>DURAND</family></name>",
        '<name><given qualifier="CL">LILI</given><family qualifier="BR">Modele</family></name>',
        '<birthTime value="197903"/>',
        '<birthTime nullFlavor="UNK"/>',
        '<administrativeGenderCode code="F"/>',
    ],
)
def test_one_person_named_twice_is_read(more: str) -> None:
    document = read_cda(a_report().replace(b"</patient>", f"{more}</patient>".encode()))
    assert document.entry.patient.birth_name == "MODÈLE"
