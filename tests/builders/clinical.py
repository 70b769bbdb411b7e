"""Clinical documents for tests: an invented patient, their reports, archives and mail, and the official samples.

Everything is written by `dossier_bridge.synthetic`; these functions only choose what a test does not care
about. All persons, numbers and laboratories are invented.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from dossier_bridge.formats import FORMATS
from dossier_bridge.nesting import Nesting, kind_within
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.synthetic import (
    ResultMail,
    Submitted,
    SyntheticReport,
    claimed,
    laboratory_report,
    pdf_page,
    result_mail,
    xdm_archive,
)
from dossier_bridge.xdm.reader import XdmLimits, XdmSubmission, read_xdm
from gateway.domain.document import LabResult, ResultValue, ValueKind
from gateway.domain.identity import (
    INS_TEST,
    BirthDate,
    ClaimedIdentity,
    Ins,
    PatientIdentity,
    Sex,
    Traits,
    ins_key,
)
from gateway.domain.mime.kinds import Kind
from gateway.domain.timestamp import Timestamp

_KINDS = {
    ".zip": Kind.XDM, ".xml": Kind.CDA, ".pdf": Kind.PDF, ".jpg": Kind.IMAGE, ".hl7": Kind.HL7V2, ".json": Kind.FHIR,
    ".hpr": Kind.HPRIM,
}  # fmt: skip
LOINC = "2.16.840.1.113883.6.1"


def an_identity(
    number: int = 1, birth_name: str = "MODÈLE", given_names: tuple[str, ...] = ("ALIX", "MARIE")
) -> PatientIdentity:
    """Invent a patient; each number gives another INS with its right key."""
    stem = f"2790351215{number:03}"
    traits = Traits(birth_name=birth_name, given_names=given_names, sex=Sex.FEMALE, birth_date=BirthDate(1979, 3, 28))
    return PatientIdentity(Ins(f"{stem}{ins_key(stem):02}"), INS_TEST, traits)


def a_patient(number: int = 1) -> ClaimedIdentity:
    """Name that patient as documents do."""
    return claimed(an_identity(number))


def a_result(label: str = "Glucose à jeun", number: str = "5.2", unit: str = "mmol/L") -> LabResult:
    """Give a measured result with a code, a time and a status."""
    return LabResult(
        label=label,
        value=ResultValue(kind=ValueKind.QUANTITY, text=number, number=Decimal(number), unit=unit),
        code="40193-5",
        code_system=LOINC,
        time=Timestamp("20260105081500+0100"),
        status="completed",
        chapter="BIOCHIMIE",
        section_code="18719-5",
    )


def a_report(
    patient: ClaimedIdentity | None = None, results: Sequence[LabResult] = (), unique_id: str = "1.2.250.1.999.1.1"
) -> bytes:
    """Write a laboratory report without a PDF."""
    return laboratory_report(
        SyntheticReport(patient=patient or a_patient(), results=tuple(results), unique_id=unique_id)
    )


def a_cda_around(text: str, attributes: str = 'mediaType="application/pdf" representation="B64"') -> bytes:
    """Write a document whose whole body is one file, given as it stands in the document."""
    written = laboratory_report(SyntheticReport(patient=a_patient(), body_pdf=b"%PDF")).decode()
    start, end = written.index("<nonXMLBody>"), written.index("</nonXMLBody>")
    return f"{written[:start]}<nonXMLBody><text {attributes}>{text}</text>{written[end:]}".encode()


def an_xdm(cda: bytes | None = None, patient: ClaimedIdentity | None = None) -> bytes:
    """Write an archive of one report."""
    patient = patient or a_patient()
    return xdm_archive([Submitted(name="DOC0001.XML", data=cda or a_report(patient))], patient)


def a_request(*parts: tuple[str, bytes]) -> ReadRequest:
    """Ask for the reading of files given as ``(name, octets)``, in sections 2, 3…"""
    return ReadRequest(
        tuple(
            AttachedFile(str(section), _KINDS.get(Path(name).suffix.lower()) or kind_within(name, data), name, data)
            for section, (name, data) in enumerate(parts, 2)
        )
    )


def a_result_mail(
    sender: str,
    recipient: str,
    identity: PatientIdentity,
    message_id: str = "<1@labo.example>",
    report: SyntheticReport | None = None,
    pdf_bytes: int = 2_000,
) -> bytes:
    """Write a laboratory's whole message for a patient: IHE_XDM.zip and the PDF beside it (STD §1.5)."""
    patient = claimed(identity)
    pdf = pdf_page(["Compte rendu d'examens biologiques", "Document inventé"], size=pdf_bytes)
    report = replace(report or SyntheticReport(patient=patient, results=(a_result(),)), patient=patient, pdf=pdf)
    submitted = Submitted(name="DOC0001.XML", data=laboratory_report(report), unique_id=report.unique_id)
    name, given = identity.traits.birth_name, identity.traits.given_names[0]
    beside = f"20260105_CR-BIO_{name}_{given}.pdf".encode("ascii", "ignore").decode()
    return result_mail(
        ResultMail(
            sender=sender,
            recipient=recipient,
            message_id=message_id,
            date="Mon, 05 Jan 2026 09:30:00 +0100",
            subject=f"XDM/1.0/DDM+Compte rendu d'examens biologiques {name} {given} 28/03/1979",
            attachments=(
                ("IHE_XDM.zip", "application/zip", xdm_archive([submitted], patient)),
                (beside, "application/pdf", pdf),
            ),
        )
    )


def read_submission(data: bytes, limits: XdmLimits | None = None) -> XdmSubmission:
    """Read an archive on its own, as if it were all that a message bears."""
    return read_xdm(data, Nesting(FORMATS), limits)
