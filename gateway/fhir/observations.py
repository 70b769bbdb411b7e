"""Results as FHIR R4 Observations: value or the reason for its absence, state, ranges, specimen, site, notes. Pure.

What pages say in French stands here in the same words, as text or note, beside what a program reads.
"""

from gateway.domain.identity import PatientIdentity
from gateway.domain.lab_result import LabResult, ResultState, ValueKind
from gateway.domain.result_words import ABSENT, absence_words, earlier_words, name_of, value_with_unit
from gateway.fhir.data_types import (
    Element,
    coding_of,
    concept_of,
    date_time_of,
    filled,
    instant_of,
    interpretations_of,
    range_of,
    reason_of,
    system_of,
    value_of,
)
from gateway.fhir.resources import Resource, subject_of
from gateway.services.record.record_queries import FoundResult

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_SNOMED = "http://snomed.info/sct"
_STATUSES = {
    ResultState.FINAL: "final",
    ResultState.PROVISIONAL: "preliminary",
    ResultState.AWAITED: "registered",
    ResultState.HELD: "registered",
    ResultState.CANCELLED: "cancelled",
    ResultState.ABORTED: "cancelled",
    ResultState.WITHDRAWN: "entered-in-error",
    ResultState.OUTDATED: "amended",
}
_CATEGORIES = {
    "laboratory": "Laboratory", "vital-signs": "Vital Signs", "social-history": "Social History",
    "imaging": "Imaging", "survey": "Survey", "therapy": "Therapy", "exam": "Exam",
}  # fmt: skip


def observation(found: FoundResult, patient: PatientIdentity) -> Resource:
    """Describe one result of a document; it is known by the document and its place there."""
    document, result = found.document, found.result
    name, system = name_of(result)
    code = concept_of(
        coding_of(result.code, system_of(result.code_system), result.label),
        coding_of(result.local_code, system_of(result.local_code_system), result.local_label),
        text=name,
    )
    return filled(
        resourceType="Observation",
        id=f"{document.id:x}-{found.index}",
        meta={"lastUpdated": instant_of(document.filed_at)},
        status=_STATUSES[result.state],
        category=_categories(result),
        code=code,
        subject=subject_of(patient),
        effectiveDateTime=date_time_of(result.collected or result.time or document.entry.effective_time),
        interpretation=interpretations_of(result.interpretation, result.interpretation_text) if result.counts else None,
        note=[{"text": text} for text in _notes(result)],
        bodySite=concept_of(text=result.body_site),
        method=concept_of(text=result.method),
        specimen=filled(display=result.specimen or (system if result.category == "laboratory" else "")),
        referenceRange=None if result.negated else _ranges(result),
        hasMember=[{"reference": f"Observation/{document.id:x}-{member}"} for member in found.members],
        derivedFrom=[{"reference": f"DocumentReference/{document.id:x}"}],
        component=_second(result, code),
        **_value(result),
    )


def _categories(result: LabResult) -> list[Element]:
    """Name the kind of observation, and the chapter of the report that it stands in."""
    kind = concept_of(coding_of(result.category, _CATEGORY, _CATEGORIES.get(result.category, "")))
    place = " · ".join(dict.fromkeys(filter(None, (result.chapter, result.subchapter, result.group))))
    return [kind, *([concept_of(text=place)] if place else [])]


def _value(result: LabResult) -> Element:
    """Give the value; a denied one is said to be absent, never repeated as if it had been found."""
    if result.negated:
        return {"valueCodeableConcept": concept_of(coding_of("2667000", _SNOMED, "Absent"), text=ABSENT)}
    if result.state is ResultState.AWAITED and result.value.kind is ValueKind.ABSENT:
        return {"dataAbsentReason": reason_of("temp-unknown", "En attente")}
    if result.state in (ResultState.CANCELLED, ResultState.ABORTED) and result.value.kind is ValueKind.ABSENT:
        return {"dataAbsentReason": reason_of("not-performed", "Annulé")}
    return value_of(result.value)


def _ranges(result: LabResult) -> list[Element]:
    return list(filter(None, (range_of(reference, result.value.unit) for reference in result.ranges)))


def _second(result: LabResult, code: Element) -> list[Element]:
    """Give the value in the second unit, as the sender converted it, with its own range."""
    if result.second is None or not result.counts:
        return []
    bounds = range_of(result.second_range, result.second.unit) if result.second_range else {}
    return [filled(code=code, **value_of(result.second), referenceRange=[bounds] if bounds else None)]


def _notes(result: LabResult) -> list[str]:
    """Say what FHIR has no element for: denied values, germs, remarks, earlier values."""
    notes = [result.comment]
    if result.negated:
        value = value_with_unit(result.value)
        notes.append(f"Le laboratoire écarte : {value}" if value else "")
    elif result.value.null_flavor and result.value.kind is ValueKind.ABSENT:
        notes.append(absence_words(result.value))
    if result.organism and not result.is_head:
        notes.append(f"Germe : {result.organism}")
    notes += [f"{remark.title} : {remark.words}" if remark.title else remark.words for remark in result.remarks]
    notes += map(earlier_words, result.earlier)
    return [note for note in notes if note]
