"""FHIR R4 data types: codings, dates, quantities, ranges. Pure.

Figures keep the sender's digits (FHIR R4 §2.24.0.1: precision is part of a decimal); nothing is converted.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import orjson

from gateway.domain.interpretation import known_interpretation
from gateway.domain.lab_result import ReferenceRange, ResultValue, ValueKind
from gateway.domain.result_words import range_words
from gateway.domain.timestamp import Timestamp
from gateway.domain.units import ucum_of, unit_words

Element: TypeAlias = "dict[str, object]"
"""A FHIR element or resource, ready for `orjson.dumps`."""

_SYSTEMS = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "2.16.840.1.113883.5.83": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "2.16.840.1.113883.5.25": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
}
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INTERPRETATIONS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_UCUM = "http://unitsofmeasure.org"
_REASONS = {
    "ASKU": "asked-unknown", "NAV": "temp-unknown", "NASK": "not-asked", "NA": "not-applicable", "MSK": "masked",
    "OTH": "unsupported", "INV": "error", "NINF": "negative-infinity", "PINF": "positive-infinity",
}  # fmt: skip
_MEANINGS = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
_CODE = re.compile(r"\S+( \S+)*")


def filled(**elements: object) -> Element:
    """Make an element of those members that hold something: FHIR forbids empty ones (R4 §2.6.2.0.1)."""
    return {name: value for name, value in elements.items() if not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def instant_of(at: datetime) -> str:
    """Write an instant."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_time_of(time: Timestamp | None) -> str | None:
    """Write a time as precisely as it was written; without an offset, only its day counts (R4 §2.24.0.1)."""
    if time is None or not time.known:
        return None
    if time.instant is not None:
        return instant_of(time.instant)
    year, *rest = time.known
    return "-".join((f"{year:04}", *(f"{part:02}" for part in rest)))


def system_of(oid: str) -> str:
    """Name a code system by the URI that FHIR knows, else by its OID or UUID."""
    return _SYSTEMS.get(oid) or uri_of(oid)


def uri_of(root: str) -> str:
    """Write an OID or UUID as a URI; empty for anything else."""
    if _OID.fullmatch(root):
        return f"urn:oid:{root}"
    return f"urn:uuid:{root.lower()}" if _UUID.fullmatch(root) else ""


def coding_of(code: str, system: str, display: str = "") -> Element:
    """Make a coding; nothing without a code that FHIR admits."""
    return filled(system=system, code=code, display=display) if _CODE.fullmatch(code) else {}


def concept_of(*codings: Element, text: str = "") -> Element:
    """Make a concept of the codings that say something."""
    return filled(coding=[coding for coding in codings if coding], text=text)


def decimal_of(number: Decimal) -> orjson.Fragment:
    """Write a number with its own digits."""
    return orjson.Fragment(f"{number:f}")


def quantity_of(number: Decimal | None, unit: str, comparator: str = "") -> Element:
    """Make a quantity: the unit as people read it, and its UCUM code where it is certain which one it is."""
    if number is None:
        return {}
    code = ucum_of(unit)
    system = _UCUM if code else ""
    return filled(value=decimal_of(number), comparator=comparator, unit=unit_words(unit), system=system, code=code)


def reason_of(code: str, text: str = "") -> Element:
    """Make a reason for there being no value."""
    return concept_of(coding_of(code, _ABSENT, code.replace("-", " ").capitalize()), text=text)


def value_of(value: ResultValue) -> Element:
    """Give the ``value[x]`` of an observation, or why there is none."""
    if value.kind is ValueKind.ABSENT or not value.text:
        return {"dataAbsentReason": reason_of(_REASONS.get(value.null_flavor, "unknown"))}
    if value.upper is not None and value.number is not None:
        low, high = quantity_of(value.number, value.unit), quantity_of(value.upper, value.unit)
        return {"valueRange": filled(low=low, high=high)}
    if value.number is not None:
        return {"valueQuantity": quantity_of(value.number, value.unit, value.comparator)}
    if value.kind is ValueKind.CODED:
        coding = coding_of(value.code, system_of(value.code_system))
        return {"valueCodeableConcept": concept_of(coding, text=value.text)}
    if value.kind is ValueKind.BOOLEAN and value.text in ("true", "false"):
        return {"valueBoolean": value.text == "true"}
    moment = date_time_of(Timestamp(value.text)) if value.kind is ValueKind.TIME else None
    return {"valueDateTime": moment} if moment else {"valueString": value.display}


def range_of(reference: ReferenceRange, default_unit: str) -> Element:
    """Make a reference range; empty without bound and words (R4 obs-3).

    FHIR's bounds are included: where the sender excludes one, or inverts both, the range is said in words alone.
    """
    said = reference.low_excluded or reference.high_excluded or reference.is_inverted
    unit = reference.unit or default_unit
    low, high = (None, None) if said else (reference.low, reference.high)
    bounds: Mapping[str, Element] = {"low": quantity_of(low, unit), "high": quantity_of(high, unit)}
    about = reference.condition or reference.interpretation not in ("", "N")
    mark = known_interpretation(reference.interpretation)
    return filled(
        **bounds,
        type=concept_of(coding_of("normal", _MEANINGS, "Normal Range")) if mark == "N" else None,
        appliesTo=[concept_of(text=reference.condition)] if reference.condition else None,
        text=range_words(reference, unit) if said or about else reference.text,
    )


def interpretations_of(codes: Sequence[str], text: str = "") -> list[Element]:
    """Make concepts of interpretation codes (N, H, LL…) and of the words beside them; an unknown code is words."""
    concepts = [
        concept_of(coding_of(known, _INTERPRETATIONS), text=text if len(codes) == 1 else "")
        if (known := known_interpretation(code)) else concept_of(text=text or code)
        for code in codes
    ]  # fmt: skip
    return concepts or ([concept_of(text=text)] if text else [])
