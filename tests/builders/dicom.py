"""DICOM files for tests, written by pydicom: the judge of our own reader of headers."""

import io

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
)

SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big-endian": ExplicitVRBigEndian,
}
DEFLATED = DeflatedExplicitVRLittleEndian


def a_dicom(
    name: str = "MODELE^ALIX",
    number: str = "",
    *,
    born: str = "19790328",
    sex: str = "F",
    issuer_oid: str = "",
    syntax: str = ExplicitVRLittleEndian,
    is_undefined: bool = False,
    codec: str = "ISO_IR 192",
) -> bytes:
    """Write a file with one picture of one patient; empty values are left out."""
    said = Dataset()
    said.SpecificCharacterSet = codec
    said.SOPClassUID, said.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", generate_uid(entropy_srcs=[name, number])
    said.StudyDate, said.StudyTime, said.StudyDescription = "20261102", "101500", "Radiographie du thorax"
    said.ReferencedStudySequence = [_sequence(is_undefined, PatientName="AUTRE^NOM", PatientID="0")]
    for key, value in (("PatientName", name), ("PatientID", number), ("PatientBirthDate", born), ("PatientSex", sex)):
        if value:
            setattr(said, key, value)
    if issuer_oid:
        said.IssuerOfPatientIDQualifiersSequence = [
            _sequence(is_undefined, UniversalEntityID=issuer_oid, UniversalEntityIDType="ISO")
        ]
    said["ReferencedStudySequence"].is_undefined_length = is_undefined
    said.Rows, said.Columns, said.BitsAllocated, said.BitsStored, said.HighBit = 2, 2, 8, 8, 7
    said.SamplesPerPixel, said.PhotometricInterpretation, said.PixelRepresentation = 1, "MONOCHROME2", 0
    said.PixelData = bytes(4)
    said["PixelData"].VR = "OB"
    said.file_meta = FileMetaDataset()
    said.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, said, enforce_file_format=True)
    return stream.getvalue()


def _sequence(is_undefined: bool, **values: str) -> Dataset:
    item = Dataset()
    item.is_undefined_length_sequence_item = is_undefined
    for key, value in values.items():
        setattr(item, key, value)
    return item
