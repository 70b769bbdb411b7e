"""A synthesis as a FHIR R4 document in the manner of the International Patient Summary (IPS). Pure.

What the person wrote is free text: concepts bear text and no code, and say that the person stated it. Sections that
have no resource of their own are narrative. « Nothing to declare » and « not said » are told apart (``emptyReason``).
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from uuid import NAMESPACE_OID, NAMESPACE_URL, uuid5

import orjson

from gateway.domain.identity import PatientIdentity, Sex
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure
from gateway.domain.profile import ProfileEntry
from gateway.domain.synthesis import SynthesisPart
from gateway.fhir.data_types import Element, coding_of, concept_of, filled, instant_of, quantity_of
from gateway.services.synthesis.synthesis_reading import Synthesis

_LOINC = "http://loinc.org"
_CODES = {
    SynthesisPart.ALLERGIES: "48765-2",
    SynthesisPart.TREATMENTS: "10160-0",
    SynthesisPart.ILLNESSES: "11450-4",
    SynthesisPart.HISTORY: "11348-0",
    SynthesisPart.STAYS: "46240-8",
    SynthesisPart.VACCINATIONS: "11369-6",
    SynthesisPart.MEASURES: "8716-3",
    SynthesisPart.FAMILY: "10157-6",
    SynthesisPart.DISABILITIES: "47420-5",
    SynthesisPart.HABITS: "29762-2",
    SynthesisPart.PROFESSIONALS: "85847-2",
    SynthesisPart.WISHES: "42348-3",
}
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.UNKNOWN: "unknown"}
Narrative = Mapping[SynthesisPart, tuple[str, Sequence[str]]]
"""Title and lines of each part that is told, in words."""


def summary_bundle(synthesis: Synthesis, told: Narrative, pdf: bytes) -> bytes:
    """Write a document: composition, patient, the entries that have a resource, and the same as a PDF."""
    patient, stamp = _patient(synthesis.patient), f"{synthesis.at:%Y%m%d%H%M%S%f}"
    subject: Element = {"reference": _url(patient)}
    resources: list[Element] = []
    sections = []
    for part, (title, lines) in told.items():
        own = [_resource(part, entry, subject) for entry in _entries(synthesis, part)]
        if part is SynthesisPart.MEASURES:
            own = [_measured(one, subject) for one in synthesis.measures]
        entries = [one for one in own if one]
        resources += entries
        sections.append(_section(synthesis, part, title, lines, entries))
    composition = filled(
        resourceType="Composition",
        id=f"synthese-{stamp}",
        status="final",
        type=concept_of(coding_of("60591-5", _LOINC, "Patient summary Document")),
        subject=subject,
        date=instant_of(synthesis.at),
        author=[subject],
        title="Synthèse de santé",
        section=sections,
    )
    bearing = [_pdf(pdf, stamp, subject, instant_of(synthesis.at))] if pdf else []
    everything = [composition, patient, *resources, *bearing]
    return orjson.dumps(
        filled(
            resourceType="Bundle",
            identifier={"system": "urn:ietf:rfc:3986", "value": uuid5(NAMESPACE_URL, instant_of(synthesis.at)).urn},
            type="document",
            timestamp=instant_of(synthesis.at),
            entry=[{"fullUrl": _url(one), "resource": one} for one in everything],
        )
    )


def _entries(synthesis: Synthesis, part: SynthesisPart) -> Sequence[ProfileEntry]:
    found = synthesis.sections.get(part)
    return (*found.current, *found.past) if found else ()


def _section(
    synthesis: Synthesis, part: SynthesisPart, title: str, lines: Sequence[str], entries: Sequence[Element]
) -> Element:
    said = "".join(f"<li>{escape(line)}</li>" for line in lines)
    found = synthesis.sections.get(part)
    empty = None
    if found is not None and not found.count:
        empty = concept_of(coding_of("nilknown" if found.says_nothing else "unavailable", _EMPTY))
    return filled(
        title=title,
        code=concept_of(coding_of(_CODES.get(part, ""), _LOINC), text=title),
        text={"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><ul>{said}</ul></div>'},
        entry=[{"reference": _url(one)} for one in entries],
        emptyReason=empty,
    )


def _patient(patient: PatientIdentity) -> Element:
    traits = patient.traits
    born = traits.birth_date
    return filled(
        resourceType="Patient",
        id=uuid5(NAMESPACE_OID, f"{patient.ins_oid}.{patient.ins.value}").hex,
        identifier=[{"system": f"urn:oid:{patient.ins_oid}", "value": patient.ins.value}],
        name=[filled(use="official", family=traits.birth_name, given=list(traits.given_names))],
        gender=_SEXES[traits.sex],
        birthDate="-".join(f"{n:02}" for n in (born.year, born.month, born.day) if n) if born else None,
    )


def _resource(part: SynthesisPart, entry: ProfileEntry, subject: Element) -> Element:
    """Make the resource of an entry; nothing for parts that are narrative."""
    fields, number = entry.fields, f"{part.value}-{entry.id:x}"
    name = concept_of(text=fields.get("nom", ""))
    notes = [{"text": fields["remarque"]}] if fields.get("remarque") else None
    known = "confirmed" if entry.is_locked else "unconfirmed"
    if part is SynthesisPart.ALLERGIES:
        reaction = fields.get("reaction", "")
        return filled(
            resourceType="AllergyIntolerance", id=number,
            clinicalStatus=_status("allergyintolerance-clinical", "active"),
            verificationStatus=_status("allergyintolerance-verification", known), code=name, patient=subject,
            criticality="high" if fields.get("gravite") == "grave" else None,
            onsetString=fields.get("debut"), note=notes,
            reaction=[{"manifestation": [concept_of(text=reaction)]}] if reaction else None,
        )  # fmt: skip
    if part is SynthesisPart.ILLNESSES:
        return filled(
            resourceType="Condition", id=number,
            clinicalStatus=_status("condition-clinical", "resolved" if fields.get("fin") else "active"),
            verificationStatus=_status("condition-ver-status", known), code=name, subject=subject,
            onsetString=fields.get("debut"), abatementString=fields.get("fin"), note=notes,
        )  # fmt: skip
    if part is SynthesisPart.TREATMENTS:
        dosage = fields.get("posologie", "")
        return filled(
            resourceType="MedicationStatement", id=number, status="completed" if fields.get("fin") else "active",
            medicationCodeableConcept=name, subject=subject, dosage=[{"text": dosage}] if dosage else None, note=notes,
            effectivePeriod=filled(start=fields.get("debut"), end=fields.get("fin")),
            reasonCode=[concept_of(text=fields["raison"])] if fields.get("raison") else None,
        )  # fmt: skip
    if part is SynthesisPart.VACCINATIONS:
        date = fields.get("date", "")
        return filled(
            resourceType="Immunization", id=number, status="completed", vaccineCode=name, patient=subject,
            occurrenceDateTime=date or None, occurrenceString=None if date else "Date inconnue",
            lotNumber=fields.get("lot"), primarySource=entry.is_locked, note=notes,
        )  # fmt: skip
    return {}


def _measured(measure: Measure, subject: Element) -> Element:
    rules, value = KINDS[measure.kind], measure.now.value
    several = len(value.numbers) > 1
    quantities = [quantity_of(number, value.unit) for number in value.numbers]
    return filled(
        resourceType="Observation", id=f"mesure-{measure.id:x}-{measure.kind.value}", status="final",
        code=concept_of(coding_of(rules.loinc, _LOINC), text=rules.label), subject=subject,
        effectiveDateTime=instant_of(value.at), valueQuantity=None if several else quantities[0],
        component=[
            {"code": concept_of(coding_of(of.loinc, _LOINC), text=of.label), "valueQuantity": quantity}
            for of, quantity in zip(rules.numbers, quantities, strict=True)
        ] if several else None,
    )  # fmt: skip


def _pdf(pdf: bytes, stamp: str, subject: Element, at: str) -> Element:
    attachment = {"contentType": "application/pdf", "language": "fr-FR", "data": b64encode(pdf).decode()}
    return filled(
        resourceType="DocumentReference", id=f"pdf-{stamp}", status="current", subject=subject, date=at,
        type=concept_of(coding_of("60591-5", _LOINC)), description="Synthèse de santé",
        content=[{"attachment": attachment}],
    )  # fmt: skip


def _status(system: str, code: str) -> Element:
    return concept_of(coding_of(code, _TERMS + system))


def _url(resource: Element) -> str:
    return uuid5(NAMESPACE_URL, f"{resource['resourceType']}/{resource['id']}").urn
