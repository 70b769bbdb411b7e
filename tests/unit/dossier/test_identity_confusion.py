"""Nothing of somebody else comes in beside one's own: every patient that a message names is compared (A12)."""

from dataclasses import replace

import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadOutcome
from dossier_bridge.synthetic import Submitted, pdf_page, xdm_archive, zipped
from gateway.domain.identity import DEMO_OIDS, BirthDate, IdentityMatch, Sex, compare_identity
from tests.builders.clinical import a_patient, a_report, a_request, a_result, an_identity, an_xdm

MINE, THEIRS = a_patient(1), a_patient(2)
PDF = pdf_page(["Compte rendu"])


def test_two_documents_of_one_number_are_both_kept_to_be_judged() -> None:
    mine, theirs = a_report(MINE, [a_result()]), a_report(THEIRS, [a_result()])
    outcome = read_attachments(a_request(("a.xml", mine), ("b.xml", theirs)))
    assert {document.entry.patient.identifiers for document in outcome.documents} == {
        MINE.identifiers,
        THEIRS.identifiers,
    }


def both_patients(outcome: ReadOutcome) -> bool:
    seen = {identifier for document in outcome.documents for identifier in document.entry.patient.identifiers}
    return seen == {*MINE.identifiers, *THEIRS.identifiers}


def test_same_octets_for_two_patients_in_two_submissions_are_both_judged() -> None:
    file = Submitted(name="CR.PDF", data=PDF, media_type="application/pdf")
    mine, theirs = xdm_archive([file], MINE), xdm_archive([file], THEIRS)
    assert both_patients(read_attachments(a_request(("IHE_XDM.zip", mine), ("IHE_XDM2.zip", theirs))))


def test_same_file_described_twice_is_judged_by_both_descriptions() -> None:
    from dossier_bridge.zip.archive import Archive, ArchiveLimits

    file = Submitted(name="CR.PDF", data=PDF, media_type="application/pdf")
    packed = Archive(xdm_archive([file], MINE), ArchiveLimits())
    files = {name: packed.open(name) for name in packed.names()}
    index = next(name for name in files if name.endswith("METADATA.XML"))
    text = files[index].decode()
    start, end = text.index("<ExtrinsicObject"), text.index("</ExtrinsicObject>") + len("</ExtrinsicObject>")
    again = text[start:end].replace("Document01", "Document99").replace(MINE.birth_name or "", "AUTREMENT")
    archive = zipped({**files, index: (text[:end] + again + text[end:]).encode()})
    outcome = read_attachments(a_request(("IHE_XDM.zip", archive)))
    assert {document.entry.patient.birth_name for document in outcome.documents} == {MINE.birth_name, "AUTREMENT"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_picture_beside_a_submission_that_holds_it_is_not_filed_twice(order: tuple[int, int]) -> None:
    picture = b"\xff\xd8\xff\xe0 picture"
    archive = xdm_archive([Submitted(name="A.JPG", data=picture, media_type="image/jpeg")], MINE)
    parts = [("IHE_XDM.zip", archive), ("photo.jpg", picture)]
    (document,) = read_attachments(a_request(*(parts[n] for n in order))).documents
    assert document.entry.patient.identifiers == MINE.identifiers


@pytest.mark.parametrize("part", ["patientRole", "patient"])
def test_second_person_inside_one_record_target_is_refused(part: str) -> None:
    report = a_report(MINE).decode()
    end = f"</{part}>"
    start = report.index(f"<{part}>")
    twice = report[start : report.index(end) + len(end)]
    outcome = read_attachments(a_request(("a.xml", report.replace(end, end + twice, 1).encode())))
    assert [failure.code for failure in outcome.failures] == ["904"]


@pytest.mark.parametrize(
    "other",
    [
        replace(MINE, birth_date=BirthDate(1901, 1, 1)),
        replace(MINE, sex=Sex.MALE if MINE.sex is Sex.FEMALE else Sex.FEMALE),
        replace(MINE, birth_name="AUTREMENT"),
    ],
)
def test_metadata_of_another_person_are_refused(other: object) -> None:
    archive = xdm_archive([Submitted(name="DOC0001.XML", data=a_report(MINE))], other)  # type: ignore[arg-type]  # parametrised
    outcome = read_attachments(a_request(("IHE_XDM.zip", archive)))
    assert [failure.code for failure in outcome.failures] == ["904"]


def test_clinical_document_that_the_metadata_do_not_describe_is_refused() -> None:
    from dossier_bridge.zip.archive import Archive, ArchiveLimits

    packed = Archive(an_xdm(patient=MINE), ArchiveLimits())
    files = {name: packed.open(name) for name in packed.names()}
    stowaway = zipped({**files, "IHE_XDM/SUBSET01/DOC0002.XML": a_report(THEIRS)})
    outcome = read_attachments(a_request(("IHE_XDM.zip", stowaway)))
    assert [failure.code for failure in outcome.failures] == ["906"]


def test_metadata_of_a_brother_or_sister_are_another_patient() -> None:
    twin = replace(MINE, given_names=("CLÉA",))
    outcome = read_attachments(a_request(("IHE_XDM.zip", an_xdm(a_report(MINE, [a_result()]), twin))))
    assert [failure.reason for failure in outcome.failures] == [FaultReason.PATIENT_CONFLICT]


@pytest.mark.parametrize("given", [("ALIX",), ("Alix", "Marie"), ("ALIX MARIE",), ()])
def test_metadata_that_write_the_given_names_otherwise_agree(given: tuple[str, ...]) -> None:
    patient = replace(MINE, given_names=given)
    outcome = read_attachments(a_request(("IHE_XDM.zip", an_xdm(a_report(MINE, [a_result()]), patient))))
    assert (len(outcome.documents), outcome.failures) == (1, ())


@pytest.mark.parametrize("identifiers", [(), (("1.2.250.1.999.4", "local"),), (("1.2.250.1.213.1.4.13", "1"),)])
def test_document_without_an_ins_takes_none_from_its_metadata(identifiers: tuple[tuple[str, str], ...]) -> None:
    report = a_report(replace(MINE, identifiers=identifiers), [a_result()])
    (document,) = read_attachments(a_request(("IHE_XDM.zip", an_xdm(report, MINE)))).documents
    assert compare_identity(document.entry.patient, an_identity(1), DEMO_OIDS) is IdentityMatch.NO_INS


def test_pdf_in_a_submission_keeps_the_patient_of_its_metadata() -> None:
    archive = xdm_archive([Submitted(name="CR.PDF", data=PDF, media_type="application/pdf")], MINE)
    (document,) = read_attachments(a_request(("IHE_XDM.zip", archive))).documents
    assert compare_identity(document.entry.patient, an_identity(1), DEMO_OIDS) is IdentityMatch.SAME
