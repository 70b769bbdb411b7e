"""Nothing of somebody else comes in beside one's own: every patient that a message names is compared (A12)."""

from dataclasses import replace

import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.synthetic import Submitted, xdm_archive, zipped
from gateway.domain.identity import BirthDate, Sex
from tests.builders.clinical import a_patient, a_report, a_request, a_result, an_xdm

MINE, THEIRS = a_patient(1), a_patient(2)


def test_two_documents_of_one_number_are_both_kept_to_be_judged() -> None:
    mine, theirs = a_report(MINE, [a_result()]), a_report(THEIRS, [a_result()])
    outcome = read_attachments(a_request(("a.xml", mine), ("b.xml", theirs)))
    assert {document.entry.patient.identifiers for document in outcome.documents} == {
        MINE.identifiers,
        THEIRS.identifiers,
    }


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
    archive = xdm_archive([Submitted("DOC0001.XML", a_report(MINE))], other)  # type: ignore[arg-type]  # parametrised
    outcome = read_attachments(a_request(("IHE_XDM.zip", archive)))
    assert [failure.code for failure in outcome.failures] == ["904"]


def test_clinical_document_that_the_metadata_do_not_describe_is_refused() -> None:
    from dossier_bridge.archive import Archive, ArchiveLimits

    packed = Archive(an_xdm(patient=MINE), ArchiveLimits())
    files = {name: packed.open(name) for name in packed.names()}
    stowaway = zipped({**files, "IHE_XDM/SUBSET01/DOC0002.XML": a_report(THEIRS)})
    outcome = read_attachments(a_request(("IHE_XDM.zip", stowaway)))
    assert [failure.code for failure in outcome.failures] == ["906"]
