"""FHIR R4 resources: filed documents as DocumentReference, results as Observation, bundles, outcomes. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from gateway.domain.document import DocumentEntry, LabResult, Participant
from gateway.domain.dossier import READABLE, DocumentFile, FiledDocument
from gateway.domain.identity import PatientIdentity
from gateway.fhir.data_types import (
    Element,
    coding_of,
    concept_of,
    date_time_of,
    filled,
    instant_of,
    system_of,
    uri_of,
)

Resource = Element
_CATEGORY = "urn:pli:category"
_FORMATS = "urn:oid:1.3.6.1.4.1.19376.1.2.3"
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_INTEGRITY = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_CONFIDENTIAL = frozenset({"U", "L", "M", "N", "R", "V"})
_RESOURCES = {
    "DocumentReference": ("read", "search-type"),
    "Observation": ("read", "search-type"),
    "Binary": ("read",),
}


def document_reference(document: FiledDocument, patient: PatientIdentity, base: str) -> Resource:
    """Describe a filed document; `base` is the server's address, without a final slash."""
    entry = document.entry
    type_code = coding_of(entry.type_code, system_of(entry.type_code_system), entry.type_label)
    category = coding_of(entry.category.value, _CATEGORY, entry.category.label)
    labels = [coding_of(c, _CONFIDENTIALITY) for c in entry.confidentiality if c in _CONFIDENTIAL]
    signer = entry.legal_authenticator
    return filled(
        resourceType="DocumentReference",
        id=f"{document.id:x}",
        meta=filled(
            lastUpdated=instant_of(document.filed_at),
            security=[coding_of("PATAST", _INTEGRITY, "patient asserted")] if document.is_own else None,
        ),
        masterIdentifier=_master_identifier(entry),
        status="current" if document.replaced_by is None else "superseded",
        type=concept_of(type_code, text=entry.type_label),
        category=[concept_of(category, text=entry.category.label)],
        subject=subject_of(patient),
        date=instant_of(document.filed_at),
        # Whoever is named in a copy that the patient added did not send it.
        author=[subject_of(patient)] if document.is_own else [one for one in map(_display, entry.authors) if one],
        authenticator=_display(signer) if signer else None,
        custodian=_display(entry.custodian) if entry.custodian else None,
        description=entry.title or entry.type_label or entry.category.label,
        securityLabel=[concept_of(label) for label in labels],
        content=[_content(document, file, base) for file in document.files if not file.is_joined],
        context=filled(period=_period(entry)),
    )


def _period(entry: DocumentEntry) -> Element:
    """Give when the act was, else when the document was made (R4 §10.3.7: the time of service)."""
    if entry.act_start is None and entry.act_end is None:
        return filled(start=date_time_of(entry.effective_time))
    return filled(start=date_time_of(entry.act_start), end=date_time_of(entry.act_end))


def code_token(token: str) -> Callable[[LabResult], bool]:
    """Read one ``code`` of a search: ``system|code``, ``|code`` (no system), ``system|`` or ``code``.

    See FHIR R4 §3.1.1.4.10. A LOINC code is compared without case, as the system has none.
    """
    system, bar, code = token.rpartition("|")

    def matches(result: LabResult) -> bool:
        codings = (
            (system_of(result.code_system), result.code),
            (system_of(result.local_code_system), result.local_code),
        )
        return any(
            known_code
            and (not code or known_code.casefold() == code.casefold())
            and (not bar or known_system == system)
            for known_system, known_code in codings
        )

    return matches


def searchset(
    base: str, entries: Iterable[Resource], total: int, links: Mapping[str, str], damaged: int = 0
) -> Resource:
    """Make the answer to a search; what is damaged is left out, and told of beside the others (FHIR R4 §3.1.1.5.2)."""
    text = f"{damaged} of these documents cannot be read: they are damaged, and whoever runs this server was told"
    told = [{"resource": operation_outcome("incomplete", text, "warning"), "search": {"mode": "outcome"}}]
    return filled(
        resourceType="Bundle",
        type="searchset",
        total=total,
        link=[{"relation": relation, "url": url} for relation, url in links.items()],
        entry=[
            {
                "fullUrl": f"{base}/{entry['resourceType']}/{entry['id']}",
                "resource": entry,
                "search": {"mode": "match"},
            }
            for entry in entries
        ]
        + (told if damaged else []),
    )


def operation_outcome(code: str, text: str, severity: str = "error") -> Resource:
    """Say what went wrong; `code` is of the value set issue-type."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": code, "diagnostics": text}],
    }


def capability_statement(base: str, at: datetime) -> Resource:
    """Say what the server does."""
    oauth = {
        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
        "code": "OAuth",
        "display": "OAuth",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant_of(at),
        "kind": "instance",
        "software": {"name": "Pli"},
        "implementation": {"description": "Pli", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"service": [{"coding": [oauth]}], "description": "Bearer token of the patient."},
                "resource": [_capability(name, interactions) for name, interactions in _RESOURCES.items()],
            }
        ],
    }


def _capability(name: str, interactions: Iterable[str]) -> Element:
    parameters = [{"name": "code", "type": "token"}] if name == "Observation" else []
    return filled(type=name, interaction=[{"code": code} for code in interactions], searchParam=parameters)


def _master_identifier(entry: DocumentEntry) -> Element:
    """Write ``root`` or ``root^extension`` as FHIR maps it (R4 §10.3.8, IHE MHD)."""
    root, _, extension = entry.unique_id.partition("^")
    uri = uri_of(root)
    if extension and uri:
        return {"system": uri, "value": extension}
    return {"system": "urn:ietf:rfc:3986", "value": uri} if uri else filled(value=entry.unique_id)


def subject_of(patient: PatientIdentity) -> Element:
    """Name the patient by INS; there is no Patient resource to refer to."""
    return {"type": "Patient", "identifier": {"system": f"urn:oid:{patient.ins_oid}", "value": patient.ins.value}}


def _display(participant: Participant) -> Element:
    return filled(display=" · ".join(filter(None, (participant.name, participant.organisation))))


def _content(document: FiledDocument, file: DocumentFile, base: str) -> Element:
    entry = document.entry
    is_words = file.which == READABLE
    attachment = filled(
        contentType="text/html" if is_words else file.media_type,
        language=entry.language,
        url=f"{base}/Binary/{document.id:x}-{file.which}",
        size=None if is_words else file.size,  # it is written when it is asked for
        title=entry.title,
        creation=date_time_of(entry.effective_time),
    )
    return filled(attachment=attachment, format=None if is_words else coding_of(entry.format_code, _FORMATS))
