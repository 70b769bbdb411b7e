"""A synthetic IHE_XDM.zip: files, their metadata with right hashes and sizes."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dossier_bridge.synthetic.markup import element, nested, text
from gateway.domain.identity import ClaimedIdentity

FOLDER = "IHE_XDM/SUBSET01/"

_EBXML = "urn:oasis:names:tc:ebxml-regrep:xsd"
_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_SET_PATIENT_ID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A file of an XDM archive with what its metadata say."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "text/xml"
    unique_id: str = "1.2.250.1.999.1.1"
    title: str = "Compte rendu d'examens biologiques"
    type_code: str = "11502-2"
    effective_time: str = "20260105083000"
    confidentiality: tuple[str, ...] = ("N",)


def xdm_archive(files: Sequence[Submitted], patient: ClaimedIdentity) -> bytes:
    """Write IHE_XDM.zip with right hashes and sizes."""
    named = {
        "INDEX.HTM": b"<html><body>IHE_XDM</body></html>",
        "README.TXT": "Documents inventés, sans valeur.".encode(),
        FOLDER + "METADATA.XML": xdm_metadata(files, patient),
        **{FOLDER + file.name: file.data for file in files},
    }
    return zipped(named)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Write a zip archive of some files, each dated the same day so that the bytes do not vary."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 5, 9, 30, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=1)
    return buffer.getvalue()


def xdm_metadata(files: Sequence[Submitted], patient: ClaimedIdentity) -> bytes:
    """Write the METADATA.XML that describes some files."""
    objects = "".join(_described(number, file, patient) for number, file in enumerate(files, 1))
    package = element("RegistryPackage", _external(_SET_PATIENT_ID, _cx(patient)), id="SubmissionSet01")
    request = element(
        "lcm:SubmitObjectsRequest",
        nested("RegistryObjectList", objects, package),
        **{"xmlns:lcm": f"{_EBXML}:lcm:3.0", "xmlns": f"{_EBXML}:rim:3.0"},
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{request}'.encode()


def _described(number: int, file: Submitted, patient: ClaimedIdentity) -> str:
    return element(
        "ExtrinsicObject",
        _slot("creationTime", file.effective_time),
        _slot("hash", hashlib.sha1(file.data, usedforsecurity=False).hexdigest()),
        _slot("size", str(len(file.data))),
        _slot("URI", file.name),
        _slot("languageCode", "fr-FR"),
        _slot("sourcePatientId", _cx(patient)),
        _slot("sourcePatientInfo", *_patient_info(patient)),
        nested("Name", element("LocalizedString", value=file.title)),
        _classified(_CLASS, "10", "Compte rendu"),
        _classified(_TYPE, file.type_code, file.title),
        _classified(_FORMAT, "urn:ihe:lab:xd-lab:2008", "CR de biologie"),
        *(_classified(_CONFIDENTIALITY, code, code) for code in file.confidentiality),
        _external(_UNIQUE_ID, file.unique_id),
        _external(_PATIENT_ID, _cx(patient)),
        id=f"Document{number:02}",
        mimeType=file.media_type,
        objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
    )


def _cx(patient: ClaimedIdentity) -> str:
    return next((f"{value}^^^&{root}&ISO^NH" for root, value in patient.identifiers), "")


def _patient_info(patient: ClaimedIdentity) -> list[str]:
    given = " ".join(patient.given_names[1:])
    names = [f"PID-5|{patient.birth_name}^{next(iter(patient.given_names), '')}^{given}^^^^L"]
    if patient.used_name:
        names.append(f"PID-5|{patient.used_name}^{next(iter(patient.given_names), '')}^^^^^D")
    day = str(patient.birth_date).replace("-", "") if patient.birth_date else ""
    sex = patient.sex.value if patient.sex else ""
    return [*(names if patient.birth_name else []), f"PID-7|{day}", f"PID-8|{sex}"]


def _slot(name: str, *values: str) -> str:
    return element("Slot", nested("ValueList", *(nested("Value", text(value)) for value in values)), name=name)


def _classified(scheme: str, code: str, label: str) -> str:
    name = nested("Name", element("LocalizedString", value=label))
    return element("Classification", name, classificationScheme=scheme, nodeRepresentation=code)


def _external(scheme: str, value: str) -> str:
    return element("ExternalIdentifier", identificationScheme=scheme, value=value)
