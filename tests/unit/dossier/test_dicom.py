"""DICOM: whose a file is, in every form that PS3.5 has; what is damaged is a fault (A12b)."""

import struct
import zlib

import pytest

from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.formats import FORMATS
from dossier_bridge.nesting import FoundFile, Nesting, Reads
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.synthetic import Submitted, xdm_archive
from gateway.domain.document import DocumentCategory, DocumentNote, ReadDocument
from gateway.domain.identity import INS_TEST, BirthDate, ClaimedIdentity, Sex, contradicts
from gateway.domain.mime.kinds import Kind
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_patient, a_request, an_identity
from tests.builders.dicom import DEFLATED, SYNTAXES, a_dicom

INS = an_identity().ins.value


def read(data: bytes) -> ReadDocument:
    form = FORMATS[Kind.DICOM]
    assert isinstance(form, Reads)
    (document,) = form.read(FoundFile(section="2", kind=Kind.DICOM, name="IM0001", data=data), Nesting(FORMATS))
    return document


def fault_of(data: bytes) -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        read(data)
    return caught.value.reason


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("is_undefined", [False, True])
def test_patient_is_read_in_every_form(syntax: str, is_undefined: bool) -> None:
    data = a_dicom(number=INS, issuer_oid=INS_TEST, syntax=SYNTAXES[syntax], is_undefined=is_undefined)
    entry = read(data).entry
    assert entry.patient == ClaimedIdentity(
        identifiers=((INS_TEST, INS),),
        birth_name="MODELE",
        given_names=("ALIX",),
        sex=Sex.FEMALE,
        birth_date=BirthDate(1979, 3, 28),
    )
    assert (entry.title, entry.category, entry.notes) == ("Radiographie du thorax", DocumentCategory.IMAGING, ())
    assert entry.effective_time == Timestamp("20261102101500")


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("ISO_IR 192", "LEFÈVRE^Zoé"), ("ISO_IR 100", "LEFÈVRE^Zoé"), ("ISO 2022 IR 100", "LEFÈVRE^Zoé"),
        ("\\ISO 2022 IR 100", "LEFÈVRE^Zoé"), ("ISO_IR 101", "NOVÁK^Zoé"),
    ],
)  # fmt: skip
def test_name_is_read_in_its_character_set(codec: str, name: str) -> None:
    patient = read(a_dicom(name, codec=codec)).entry.patient
    assert (patient.birth_name, patient.given_names) == (name.partition("^")[0], ("Zoé",))


def test_name_whose_characters_are_not_told_is_nobodys() -> None:
    data = a_dicom("LEFEVRE^Zoe", codec="ISO_IR 100").replace(b"ISO_IR 100", bytes(10))
    patient = read(data.replace(b"LEFEVRE", "LEFÈVRE".encode("latin-1"))).entry.patient
    assert (patient.birth_name, patient.given_names, patient.sex) == (None, (), Sex.FEMALE)


def test_sequence_that_is_called_unknown_is_passed_over() -> None:
    inside = struct.pack("<HHI4s", 0x0009, 0x1001, 4, b"abcd")
    item = struct.pack("<HHI", 0xFFFE, 0xE000, len(inside)) + inside + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    unknown = struct.pack("<HH2sHI", 0x0009, 0x1010, b"UN", 0, 0xFFFFFFFF) + item
    data = a_dicom("LEFEVRE^Zoe")
    at = data.rindex(b"\x10\0\x10\0PN")
    assert read(data[:at] + unknown + data[at:]).entry.patient.birth_name == "LEFEVRE"


def test_file_without_an_ins_is_unverified() -> None:
    assert read(a_dicom()).entry.notes == (DocumentNote.IDENTITY_UNVERIFIED,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(128) + b"DICM",
        a_dicom()[:400],
        a_dicom().replace(b"PN", b"\0\1", 1),
        a_dicom().replace(b"MODELE^ALIX ", b"MODELE^ALIX \x10\0\x10\0PN\x08\0DUPONT^A"),
    ],
)
def test_damaged_file_is_a_fault_or_says_nothing(data: bytes) -> None:
    try:
        assert read(data).entry.patient.birth_name is None
    except DocumentFault as error:
        assert error.reason is FaultReason.DICOM_MALFORMED  # noqa: PT017 - either is right


def test_name_given_twice_is_nobodys_to_choose() -> None:
    twice = a_dicom().replace(b"MODELE^ALIX ", b"MODELE^ALIX \x10\0\x10\0PN\x08\0DUPONT^A")
    assert fault_of(twice) is FaultReason.DICOM_MALFORMED


def test_deflated_file_is_read_as_far_as_its_header_goes() -> None:
    assert read(a_dicom("LEFEVRE^Zoe", syntax=DEFLATED)).entry.patient.birth_name == "LEFEVRE"
    assert fault_of(a_dicom(syntax=DEFLATED)[:-40] + b"\xff" * 40) is FaultReason.DICOM_MALFORMED
    meta = a_dicom(syntax=DEFLATED).partition(b"1.2.840.10008.1.2.1.99")
    bomb = zlib.compressobj(9, wbits=-15)
    packed = bomb.compress(b"\x08\0\x05\0UT\0\0\xff\xff\xff\x7f" + bytes(400_000_000)) + bomb.flush()
    at = meta[0].rindex(b"\x02\0\x00\0UL")
    length = int.from_bytes(meta[0][at + 8 : at + 12], "little")
    whole = a_dicom(syntax=DEFLATED)
    assert fault_of(whole[: at + 12 + length] + packed) is FaultReason.DICOM_MALFORMED


def test_directory_of_a_disk_is_no_document() -> None:
    data = a_dicom().replace(b"1.2.840.10008.5.1.4.1.1.7\0", b"1.2.840.10008.1.3.10\0\0\0\0\0\0")
    request = ReadRequest((AttachedFile("2", Kind.DICOM, "DICOMDIR", data),))
    outcome = read_attachments(request)
    assert (outcome.documents, outcome.failures) == ((), ())


def test_sequences_without_end_cost_little() -> None:
    nested = b"\x08\0\x10\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff"
    start = a_dicom()
    at = start.index(b"\x08\0\x05\0")
    assert fault_of(start[:at] + nested * 100_000) is FaultReason.DICOM_MALFORMED


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, False),
        ({"name": "Modèle^Alix^Marie"}, False),
        ({"name": "", "born": "", "sex": ""}, False),
        ({"name": "DUPONT^ALIX"}, True),
        ({"name": "MODELE^PAUL"}, True),
        ({"born": "19790329"}, True),
        ({"sex": "M"}, True),
        ({"sex": "O"}, False),
        ({"number": "12345"}, False),
        ({"number": INS}, False),
        ({"number": an_identity(2).ins.value}, True),
    ],
)
def test_traits_that_are_given_must_agree(changed: dict[str, str], expected: bool) -> None:
    assert contradicts(read(a_dicom(**changed)).entry.patient, an_identity()) is expected  # type: ignore[arg-type]


def test_file_of_a_submission_takes_the_patient_of_its_metadata() -> None:
    file = Submitted(name="IM1.DCM", data=a_dicom(), media_type="application/dicom")
    (document,) = read_attachments(a_request(("IHE_XDM.zip", xdm_archive([file], a_patient())))).documents
    assert (document.entry.patient, document.entry.notes) == (a_patient(), ())


def test_file_of_a_submission_that_names_another_is_a_conflict() -> None:
    file = Submitted(name="IM1.DCM", data=a_dicom("DUPONT^PAUL"), media_type="application/dicom")
    outcome = read_attachments(a_request(("IHE_XDM.zip", xdm_archive([file], a_patient()))))
    assert [failure.reason for failure in outcome.failures] == [FaultReason.PATIENT_CONFLICT]


def test_file_is_held_and_read_as_attached() -> None:
    request = ReadRequest((AttachedFile("2", Kind.DICOM, "IM0001.dcm", a_dicom()),))
    assert Kind.DICOM.is_held
    assert [document.media_type for document in read_attachments(request).documents] == ["application/dicom"]
