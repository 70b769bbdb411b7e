"""IHE_XDM.zip: what the metadata say must be there, intact, and of one patient (STD §4.6)."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.synthetic import Submitted, xdm_archive, xdm_metadata, zipped
from dossier_bridge.synthetic.archive import FOLDER
from dossier_bridge.xdm.reader import XdmLimits
from gateway.domain.identity import INS_TEST, BirthDate, Sex
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_patient, a_report, an_identity, an_xdm, read_submission

CDA = a_report()
FILE = Submitted(name="DOC0001.XML", data=CDA, unique_id="1.2.3^4", confidentiality=("N", "MASQUE_PS"))


def fault_of(data: bytes, limits: XdmLimits | None = None) -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        read_submission(data, limits)
    return caught.value.reason


def altered(change: Callable[[str], str]) -> bytes:
    """Write an archive of one report whose metadata were changed afterwards."""
    metadata = change(xdm_metadata([FILE], a_patient()).decode())
    return zipped({FOLDER + "METADATA.XML": metadata.encode(), FOLDER + FILE.name: CDA})


def substituted(pattern: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text)


def slot(name: str, value: str) -> Callable[[str], str]:
    return substituted(rf'(<Slot name="{name}"><ValueList><Value>)[^<]*', rf"\g<1>{value}")




def test_document_comes_with_its_metadata() -> None:
    (document,) = read_submission(xdm_archive([FILE], a_patient())).documents
    metadata = document.metadata
    assert (document.uri, document.data) == (FOLDER + "DOC0001.XML", CDA)
    assert (metadata.unique_id, metadata.type_code, metadata.media_type) == ("1.2.3^4", "11502-2", "text/xml")
    assert metadata.confidentiality == ("N", "MASQUE_PS")
    assert metadata.creation_time == Timestamp("20260105083000")
    assert metadata.language == "fr-FR"
    assert metadata.format_code == "urn:ihe:lab:xd-lab:2008"


def test_patient_is_read_from_the_metadata() -> None:
    (document,) = read_submission(an_xdm()).documents
    patient = document.metadata.patient
    assert patient.identifiers == ((INS_TEST, an_identity().ins.value),)
    assert (patient.birth_name, patient.given_names) == ("MODÈLE", ("ALIX", "MARIE"))
    assert (patient.sex, patient.birth_date) == (Sex.FEMALE, BirthDate(1979, 3, 28))


def test_used_name_is_the_display_name() -> None:
    patient = replace(a_patient(), used_name="USAGE")
    (document,) = read_submission(xdm_archive([FILE], patient)).documents
    assert document.metadata.patient.used_name == "USAGE"


def test_identifiers_of_the_source_count_too() -> None:
    other = slot("sourcePatientId", f"279035121518989^^^&amp;{INS_TEST}&amp;ISO^NH")
    (document,) = read_submission(altered(other)).documents
    assert {value for _, value in document.metadata.patient.identifiers} == {an_identity().ins.value, "279035121518989"}


def test_changed_document_does_not_match_its_hash() -> None:
    assert fault_of(altered(slot("hash", "0" * 40))) is FaultReason.XDM_HASH


def test_wrong_size_is_refused() -> None:
    assert fault_of(altered(slot("size", "12"))) is FaultReason.XDM_SIZE


def test_hash_in_capitals_is_the_same_hash() -> None:
    upper = altered(lambda text: re.sub(r"(?<=<Value>)[0-9a-f]{40}", lambda m: m[0].upper(), text))
    assert len(read_submission(upper).documents) == 1


def test_metadata_without_hash_and_size_are_accepted() -> None:
    bare = altered(substituted(r'<Slot name="(?:hash|size)">.*?</Slot>', ""))
    assert len(read_submission(bare).documents) == 1


def test_announced_document_must_be_there() -> None:
    assert fault_of(altered(slot("URI", "ABSENT.XML"))) is FaultReason.XDM_MISSING_FILE
    assert fault_of(altered(slot("URI", "../../etc/passwd"))) is FaultReason.XDM_MISSING_FILE
    assert fault_of(altered(slot("URI", ""))) is FaultReason.XDM_MISSING_FILE


def test_uri_in_numbered_parts_is_joined() -> None:
    split = "1|DOC0</Value><Value>2|001.XML"
    assert len(read_submission(altered(slot("URI", split))).documents) == 1


def test_uri_without_regard_to_case_is_found() -> None:
    assert len(read_submission(altered(slot("URI", "doc0001.xml"))).documents) == 1


def test_two_patients_in_one_submission_are_refused() -> None:
    both = xdm_metadata([FILE], a_patient(1)).decode()
    other = xdm_metadata([replace(FILE, name="DOC0002.XML")], a_patient(2)).decode()
    files = {
        FOLDER + "METADATA.XML": both.encode(),
        FOLDER + "DOC0001.XML": CDA,
        "IHE_XDM/SUBSET02/METADATA.XML": other.encode(),
        "IHE_XDM/SUBSET02/DOC0002.XML": CDA,
    }
    assert fault_of(zipped(files)) is FaultReason.TWO_PATIENTS


def test_patient_of_the_submission_set_counts() -> None:
    value = re.escape(f"{an_identity(1).ins.value}^^^&amp;{INS_TEST}&amp;ISO^NH")
    other = rf"{an_identity(2).ins.value}^^^&amp;{INS_TEST}&amp;ISO^NH"
    set_only = rf'(urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446" value="){value}'
    assert fault_of(altered(substituted(set_only, rf"\g<1>{other}"))) is FaultReason.TWO_PATIENTS


def test_several_subsets_of_one_patient_are_read() -> None:
    metadata = xdm_metadata([FILE], a_patient())
    files: dict[str, bytes] = {}
    for number in (1, 2):
        folder = f"IHE_XDM/SUBSET{number:02}/"
        files |= {folder + "METADATA.XML": metadata, folder + "DOC0001.XML": CDA}
    assert [d.uri for d in read_submission(zipped(files)).documents] == [
        "IHE_XDM/SUBSET01/DOC0001.XML",
        "IHE_XDM/SUBSET02/DOC0001.XML",
    ]


def test_archive_without_metadata_is_refused() -> None:
    assert fault_of(zipped({"a.txt": b"x"})) is FaultReason.XDM_METADATA


def test_metadata_without_documents_are_refused() -> None:
    assert fault_of(altered(substituted("<ExtrinsicObject.*</ExtrinsicObject>", ""))) is FaultReason.XDM_METADATA


def test_metadata_with_a_doctype_are_refused() -> None:
    assert fault_of(altered(lambda text: text.replace("?>", "?><!DOCTYPE x>", 1))) is FaultReason.XML_DOCTYPE


def test_number_of_documents_has_a_limit() -> None:
    archive = xdm_archive([replace(FILE, name=f"D{n}.XML") for n in range(3)], a_patient())
    assert fault_of(archive, XdmLimits(max_documents=2)) is FaultReason.TOO_MANY


def test_documents_of_several_subsets_count_together() -> None:
    files: dict[str, bytes] = {}
    for number in (1, 2):
        folder = f"IHE_XDM/SUBSET{number:02}/"
        files |= {folder + "METADATA.XML": xdm_metadata([FILE], a_patient()), folder + FILE.name: CDA}
    assert len(read_submission(zipped(files), XdmLimits(max_documents=2)).documents) == 2
    assert fault_of(zipped(files), XdmLimits(max_documents=1)) is FaultReason.TOO_MANY


def test_replacement_is_read_from_the_association() -> None:
    link = (
        '<Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="Document01" '
        'targetObject="urn:uuid:00000000-0000-0000-0000-000000000001"/></RegistryObjectList>'
    )
    (document,) = read_submission(altered(lambda text: text.replace("</RegistryObjectList>", link))).documents
    assert document.metadata.replaces == ("urn:uuid:00000000-0000-0000-0000-000000000001",)


def test_other_associations_and_missing_codes_are_passed_over() -> None:
    def change(text: str) -> str:
        bare = re.sub(r"<Classification .*?</Classification>", "", text)
        return bare.replace("</RegistryObjectList>", '<Association associationType="x"/></RegistryObjectList>')

    (document,) = read_submission(altered(change)).documents
    assert (document.metadata.type_code, document.metadata.replaces) == ("", ())


def test_time_of_the_act_is_read() -> None:
    markup = "".join(
        f'<Slot name="{name}"><ValueList><Value>{value}</Value></ValueList></Slot>'
        for name, value in (("serviceStartTime", "202501"), ("serviceStopTime", "2026"))
    )
    change = altered(lambda text: text.replace("</ExtrinsicObject>", f"{markup}</ExtrinsicObject>"))
    (document,) = read_submission(change).documents
    assert (document.metadata.act_start, document.metadata.act_end) == (Timestamp("202501"), Timestamp("2026"))


def test_author_and_authenticator_are_read() -> None:
    authority = "^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO"
    person = f"899700000017^MODÈLE^Iris{authority}"
    markup = (
        '<Slot name="legalAuthenticator"><ValueList><Value>' + person + "</Value></ValueList></Slot>"
        '<Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">'
        f'<Slot name="authorPerson"><ValueList><Value>{person}</Value></ValueList></Slot>'
        '<Slot name="authorInstitution"><ValueList><Value>Labo^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^^^^1750000001'
        "</Value></ValueList></Slot>"
        '<Slot name="authorSpecialty"><ValueList><Value>SM03^Biologie^1.2</Value></ValueList></Slot>'
        "</Classification></ExtrinsicObject>"
    )
    (document,) = read_submission(altered(lambda text: text.replace("</ExtrinsicObject>", markup))).documents
    (author,) = document.metadata.authors
    assert (author.name, author.profession, author.organisation) == ("Iris MODÈLE", "Biologie", "Labo")
    assert author.identifiers == (("1.2.250.1.71.4.2.1", "899700000017"),)
    assert author.organisation_identifiers == (("1.2.250.1.71.4.2.2", "1750000001"),)
    assert document.metadata.legal_authenticator is not None
    assert document.metadata.legal_authenticator.name == "Iris MODÈLE"


NAMED = "CR ANALYSE É.XML"


def submission_at(path: str, uri: str) -> bytes:
    """Write an archive whose one document lies at `path`, and whose metadata say `uri`."""
    metadata = slot("URI", uri)(xdm_metadata([FILE], a_patient()).decode())
    return zipped({FOLDER + "METADATA.XML": metadata.encode(), path: CDA})


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (FOLDER + NAMED, NAMED),
        (FOLDER + NAMED, "CR%20ANALYSE%20%C3%89.XML"),
        (FOLDER + NAMED, f"./{NAMED}"),
        (FOLDER + NAMED, f"/{FOLDER}{NAMED}"),
        (FOLDER + NAMED, FOLDER + NAMED),
        (FOLDER + NAMED, (FOLDER + NAMED).replace("/", r"\\")),  # two for the pattern, one in the file
        (FOLDER + "SUITE/A.XML", "SUITE/A.XML"),
        (FOLDER + "SUITE/A.XML", "SUITE%2FA.XML"),
        ("DOC/A.XML", "/DOC/A.XML"),
        ("DOC/A.XML", "../../DOC/A.XML"),
        (FOLDER + "100%25.XML", "100%25.XML"),
        (FOLDER + NAMED.encode().decode("cp437"), NAMED),
    ],
)
def test_file_is_found_however_the_metadata_write_its_place(path: str, uri: str) -> None:
    (document,) = read_submission(submission_at(path, uri)).documents
    assert (document.uri, document.data) == (path, CDA)


@pytest.mark.parametrize("uri", ["../../../etc/passwd", "/", "%2e%2e/DOC0001.XML", "%zz", "", "autre.xml"])
def test_place_where_nothing_is_names_a_missing_file(uri: str) -> None:
    assert fault_of(submission_at(FOLDER + NAMED, uri)) is FaultReason.XDM_MISSING_FILE


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (r"(PID-5\|[^<]*</Value>)", r"\1<Value>PID-5|AUTRE^PAUL^^^^^L</Value>"),
        (r"(PID-7\|[^<]*</Value>)", r"\1<Value>PID-7|19511103</Value>"),
    ],
)
def test_metadata_that_name_two_persons_are_refused(pattern: str, by: str) -> None:
    assert fault_of(altered(substituted(pattern, by))) is FaultReason.TWO_PATIENTS
