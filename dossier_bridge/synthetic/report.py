"""A synthetic laboratory report as a CDA R2 document."""

from dataclasses import dataclass, field

from dossier_bridge.synthetic.body import structured_body, unstructured_body
from dossier_bridge.synthetic.markup import LOINC, element, identifiers, instance, nested, text
from gateway.domain.document import LabResult, Participant
from gateway.domain.identity import ClaimedIdentity, PatientIdentity

RPPS, FINESS = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
BIOLOGIST = Participant(
    name="Iris MODÈLE",
    identifiers=((RPPS, "899700000017"),),
    profession="Médecin - Biologie médicale (SM)",
    organisation="Laboratoire des Exemples",
    organisation_identifiers=((FINESS, "1750000001"),),
)
PRESCRIBER = Participant(
    name="Alix FICTIF", identifiers=((RPPS, "899700000025"),), profession="Médecin - Médecine générale (SM)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticReport:
    """What a synthetic laboratory report says; `pdf` is embedded as its copy, `body_pdf` is its whole body."""

    patient: ClaimedIdentity
    results: tuple[LabResult, ...] = ()
    unique_id: str = "1.2.250.1.999.1.1"
    set_id: str = "1.2.250.1.999.2.1"
    version: int = 1
    replaces: str = ""
    effective_time: str = "20260105093000+0100"
    type_code: str = "11502-2"
    type_label: str = "CR d'examens biologiques"
    title: str = "Compte rendu d'examens biologiques"
    confidentiality: str = "N"
    author: Participant = BIOLOGIST
    prescriber: Participant = PRESCRIBER
    pdf: bytes | None = field(default=None, repr=False)
    body_pdf: bytes | None = field(default=None, repr=False)


def claimed(identity: PatientIdentity) -> ClaimedIdentity:
    """Name a patient as a document would: their INS and all their traits."""
    traits = identity.traits
    return ClaimedIdentity(
        identifiers=((identity.ins_oid, identity.ins.value),),
        birth_name=traits.birth_name,
        given_names=traits.given_names,
        sex=traits.sex,
        birth_date=traits.birth_date,
        used_name=traits.used_name or None,
    )


def laboratory_report(report: SyntheticReport) -> bytes:
    """Write a report as a CDA R2 document in UTF-8."""
    body = unstructured_body(report.body_pdf) if report.body_pdf else structured_body(report.results, report.pdf)
    document = element(
        "ClinicalDocument",
        _header(report),
        _patient(report.patient),
        _participants(report),
        _replacement(report.replaces),
        nested("component", body),
        **{"xmlns": "urn:hl7-org:v3", "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance"},
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()


def _header(report: SyntheticReport) -> str:
    code = element("code", code=report.type_code, codeSystem=LOINC, displayName=report.type_label)
    hidden = element(
        "confidentialityCode", code=report.confidentiality, codeSystem="2.16.840.1.113883.5.25"
    )
    return "".join(
        (
            element("realmCode", code="FR"),
            element("typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
            element("templateId", root="1.2.250.1.213.1.1.1.55", extension="2024.01"),
            instance("id", report.unique_id),
            code,
            nested("title", text(report.title)),
            element("effectiveTime", value=report.effective_time),
            hidden,
            element("languageCode", code="fr-FR"),
            instance("setId", report.set_id),
            element("versionNumber", value=str(report.version)),
        )
    )


def _patient(patient: ClaimedIdentity) -> str:
    given = patient.given_names
    names = "".join(
        (
            element("family", text(patient.birth_name), qualifier="BR") if patient.birth_name else "",
            nested("given", text(" ".join(given))) if given else "",
            element("given", text(given[0]), qualifier="BR") if given else "",
            element("family", text(patient.used_name), qualifier="CL") if patient.used_name else "",
        )
    )
    sex = element("administrativeGenderCode", code=patient.sex.value) if patient.sex else ""
    day = str(patient.birth_date).replace("-", "") if patient.birth_date else ""
    birth = element("birthTime", value=day) if day else ""
    person = nested("patient", nested("name", names), sex, birth)
    return nested("recordTarget/patientRole", identifiers(patient.identifiers), person)


def _participants(report: SyntheticReport) -> str:
    time = element("time", value=report.effective_time)
    custodian = "custodian/assignedCustodian/representedCustodianOrganization"
    return "".join(
        (
            nested("author", time, _person("assignedAuthor", report.author)),
            nested(custodian, _organisation(report.author)),
            nested("legalAuthenticator", time, _person("assignedEntity", report.author)),
            element(
                "participant", _person("associatedEntity", report.prescriber, "associatedPerson"), typeCode="REF"
            ),
        )
    )


def _person(tag: str, who: Participant, person: str = "assignedPerson") -> str:
    given, _, family = who.name.partition(" ")
    name = nested(f"{person}/name", nested("given", text(given)), nested("family", text(family)))
    organisation = nested("representedOrganization", _organisation(who)) if who.organisation else ""
    profession = element("code", code="G15_10", displayName=who.profession)
    return nested(tag, identifiers(who.identifiers), profession, name, organisation)


def _organisation(who: Participant) -> str:
    return identifiers(who.organisation_identifiers) + nested("name", text(who.organisation))


def _replacement(identifier: str) -> str:
    parent = nested("parentDocument", instance("id", identifier))
    return element("relatedDocument", parent, typeCode="RPLC") if identifier else ""
