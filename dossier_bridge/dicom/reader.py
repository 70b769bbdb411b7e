"""A DICOM file (PS3.10): whose it is and what it shows, without its pixels.

Its pictures are not drawn here: the file is filed as it came. It seldom bears an INS; then it is « identité non
vérifiée », and its patient's traits are compared all the same (features A12b).
"""

import hashlib

from dossier_bridge.bare_document import content_identifier
from dossier_bridge.dicom.elements import UNKNOWN, DataSet
from dossier_bridge.dicom.header import ISSUER, header_of
from dossier_bridge.hl7_types import birth_date_of, sex_of
from dossier_bridge.nesting import FoundFile, Nesting
from gateway.domain.document import DocumentCategory, DocumentEntry, DocumentNote, ReadDocument
from gateway.domain.identity import ClaimedIdentity, Ins, names_an_ins
from gateway.domain.timestamp import Timestamp

MEDIA_TYPE = "application/dicom"
_DIRECTORY = "1.2.840.10008.1.3.10"
_INSTANCE, _DAY, _HOUR, _STUDY, _SERIES = 0x00080018, 0x00080020, 0x00080030, 0x00081030, 0x0008103E
_NAME, _NUMBER, _ISSUER, _BORN, _SEX = 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040


def dicom_documents(file: FoundFile, _nesting: Nesting) -> list[ReadDocument]:
    """Make the document of a DICOM file; raise `DocumentFault` for one that is damaged."""
    said = header_of(file.data)
    if said.media_class == _DIRECTORY:
        return []  # what a disk holds, beside the files themselves (PS3.10 §8)
    patient = _patient(said)
    return [
        ReadDocument(
            entry=DocumentEntry(
                unique_id=said.text(_INSTANCE) or content_identifier(file.data),
                type_label="Image DICOM",
                title=said.text(_STUDY) or said.text(_SERIES) or "Image DICOM",
                effective_time=_taken(said),
                patient=patient,
                category=DocumentCategory.IMAGING,
                notes=() if names_an_ins(patient) else (DocumentNote.IDENTITY_UNVERIFIED,),
            ),
            section=file.section,
            uri=file.uri,
            media_type=MEDIA_TYPE,
            sha256=hashlib.sha256(file.data).hexdigest(),
            original=file.data,
        )
    ]


def _taken(said: DataSet) -> Timestamp | None:
    day, hour = said.text(_DAY).replace(".", ""), said.text(_HOUR).partition(".")[0]
    return Timestamp(day + hour if hour.isdecimal() else day) if day else None


def _patient(said: DataSet) -> ClaimedIdentity:
    # Groups of a name stand for alphabets (PS3.5 §6.2.1); the first is the one in letters that are compared. What
    # cannot be read is nobody's name: it would be another than the patient's.
    name = said.text(_NAME).partition("=")[0]
    family, _, rest = ("" if UNKNOWN in name else name).partition("^")
    number = said.text(_NUMBER)
    return ClaimedIdentity(
        identifiers=((_authority(said, number), number),) if number else (),
        birth_name=family.strip() or None,
        given_names=tuple(rest.partition("^")[0].split()),
        sex=sex_of(said.text(_SEX)),
        birth_date=birth_date_of(said.text(_BORN)),
    )


def _authority(said: DataSet, number: str) -> str:
    """Give who issued a number: an OID when the file names one, else its name; of an INS by its form, « INS »."""
    return said.text(ISSUER) or said.text(_ISSUER) or ("INS" if Ins.is_well_formed(number) else "")
