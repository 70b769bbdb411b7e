"""A DICOM file sent by real SMTP: held, its patient compared by what it says, filed as it came (A12b)."""

from datetime import date

import pytest

from dossier_bridge.synthetic import zipped
from dossier_bridge.synthetic.imaging import SyntheticScan, synthetic_scan
from tests.builders.dicom import a_dicom
from tests.builders.gateway_mail import LILAS, Letter, relay, with_attachments
from tests.builders.gateway_site import GatewaySite, Patient, Seen
from tests.builders.quarantine import kept_from

pytestmark = pytest.mark.xdist_group("gateway")


def bearing(patient: Patient, **changed: str) -> Letter:
    """Write a message with a file that names this patient, but for what is changed."""
    traits = patient.identity.traits
    said = {
        "name": f"{traits.birth_name}^{traits.given_names[0]}",
        "born": str(traits.birth_date).replace("-", ""),
        "sex": traits.sex.value,
        **changed,
    }
    data = a_dicom(**said)  # type: ignore[arg-type]  # all of them texts
    return with_attachments(LILAS, patient, ("IM0001.dcm", "application/dicom", data))


def test_file_without_an_ins_whose_traits_agree_is_filed_unverified(site: GatewaySite, patient: Patient) -> None:
    assert relay(site, LILAS, patient.address, bearing(patient).raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)
    (document,) = site.documents(patient)
    assert (document.entry.title, document.identity_verified) == ("Radiographie du thorax", False)


def test_file_with_the_patient_s_ins_is_verified(site: GatewaySite, patient: Patient) -> None:
    sent = bearing(patient, number=patient.identity.ins.value, issuer_oid=patient.identity.ins_oid)
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    assert [document.identity_verified for document in site.documents(patient)] == [True]


@pytest.mark.parametrize("changed", [{"name": "DURAND^Paul"}, {"born": "19300101"}, {"number": "277076322082910"}])
def test_file_of_another_patient_is_kept_from_this_one(
    site: GatewaySite, patient: Patient, changed: dict[str, str]
) -> None:
    kept_from(site, patient, bearing(patient, **changed), "904")


def test_files_of_one_study_are_one_document_that_is_looked_at(site: GatewaySite, patient: Patient) -> None:
    traits = patient.identity.traits
    scan = SyntheticScan(
        name=f"{traits.birth_name}^{traits.given_names[0]}", number=patient.identity.ins.value,
        issuer_oid=patient.identity.ins_oid, born=str(traits.birth_date).replace("-", ""), sex=traits.sex.value,
        day=date(2026, 11, 2), slices=3,
    )  # fmt: skip
    files = dict(synthetic_scan(scan))
    sent = with_attachments(LILAS, patient, ("examen.zip", "application/zip", zipped(files)))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (document,) = site.documents(patient)
    assert (document.entry.title, document.identity_verified) == ("Scanner de l’abdomen", True)
    assert [file.which for file in document.files] == ["original", "media-1", "media-2"]
    again = with_attachments(LILAS, patient, ("IM0001.dcm", "application/dicom", files["IM0001.dcm"]))
    assert relay(site, LILAS, patient.address, again.raw).status == "250 2.0.0"
    site.settle()
    assert len(site.documents(patient)) == 2


def test_damaged_file_is_kept_and_the_sender_told(site: GatewaySite, patient: Patient) -> None:
    sent = with_attachments(LILAS, patient, ("IM0001.dcm", "application/dicom", a_dicom()[:500]))
    kept_from(site, patient, sent, "906")
