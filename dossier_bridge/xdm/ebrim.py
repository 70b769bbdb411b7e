"""XDM metadata: one METADATA.XML (ebRIM, IHE ITI TF-3 §4.2) to the entries it describes.

Reads names and values; whether the files are there and intact is the business of `xdm`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.hl7_types import (
    birth_date_of,
    component,
    identifier_of,
    names_of,
    organisation_of,
    participant_of,
    sex_of,
)
from dossier_bridge.xml_parts import Parts, parts_of
from dossier_bridge.xml_source import parse_xml
from gateway.domain.document import Participant
from gateway.domain.identity import ClaimedIdentity, folded_name
from gateway.domain.timestamp import Timestamp

_RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
_IDENTIFIER, _SLOT, _CLASSIFICATION = _RIM + "ExternalIdentifier", _RIM + "Slot", _RIM + "Classification"
_NAME = _RIM + "Name"
_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_SET_PATIENT_ID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"

_URI_PART = re.compile(r"\d+\|")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEntry:
    """One DocumentEntry of the metadata; `uri` is relative to the METADATA.XML that holds it."""

    uri: str
    hash: str
    size: int | None
    unique_id: str
    media_type: str
    title: str
    type_code: str
    type_code_system: str
    type_label: str
    class_code: str
    format_code: str
    confidentiality: tuple[str, ...]
    creation_time: Timestamp | None
    act_start: Timestamp | None
    act_end: Timestamp | None
    language: str
    authors: tuple[Participant, ...]
    legal_authenticator: Participant | None
    patient_id: tuple[str, str] | None
    patient: ClaimedIdentity
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """The entries of one METADATA.XML, and every patient it names: on entries and on the submission set."""

    entries: tuple[MetadataEntry, ...]
    patient_ids: frozenset[tuple[str, str]]


def read_metadata(data: bytes, max_bytes: int) -> Metadata:
    """Read METADATA.XML; raise `DocumentFault` when it is not sound XML or describes no document."""
    root = parse_xml(data, max_bytes)
    replaces = dict(_replacements(root))
    entries = tuple([_entry(node, replaces) for node in root.iter(_RIM + "ExtrinsicObject")])
    if not entries:
        raise fault(FaultReason.XDM_METADATA)
    named = {
        node.get("value", "")
        for node in root.iter(_IDENTIFIER)
        if node.get("identificationScheme") in (_PATIENT_ID, _SET_PATIENT_ID)
    }
    return Metadata(entries, frozenset(filter(None, map(identifier_of, named))))


def _replacements(root: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in root.iter(_RIM + "Association"):
        if node.get("associationType") == _REPLACES:
            yield node.get("sourceObject", ""), (node.get("targetObject", ""),)


def _entry(node: etree._Element, replaces: dict[str, tuple[str, ...]]) -> MetadataEntry:
    parts = parts_of(node)
    slots, classes = _slots_among(parts), _classifications(parts)
    external = {e.get("identificationScheme"): e.get("value", "") for e in parts.get(_IDENTIFIER, ())}
    patient_id = identifier_of(external.get(_PATIENT_ID, ""))
    type_code, type_system, type_label = _code(classes, _TYPE)
    size = _first(slots, "size").strip()
    legal = _first(slots, "legalAuthenticator")
    return MetadataEntry(
        uri="".join(_URI_PART.sub("", part, count=1) for part in slots.get("URI", [])).strip(),
        hash=_first(slots, "hash").strip().lower(),
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 16 else None,
        unique_id=external.get(_UNIQUE_ID, "").strip(),
        media_type=node.get("mimeType", "").strip().lower(),
        title=_localized(parts),
        type_code=type_code,
        type_code_system=type_system,
        type_label=type_label,
        class_code=_code(classes, _CLASS)[0],
        format_code=_code(classes, _FORMAT)[0],
        confidentiality=tuple(c.get("nodeRepresentation", "") for c in classes.get(_CONFIDENTIALITY, [])),
        creation_time=_time(slots, "creationTime"),
        act_start=_time(slots, "serviceStartTime"),
        act_end=_time(slots, "serviceStopTime"),
        language=_first(slots, "languageCode"),
        authors=tuple(_author(c) for c in classes.get(_AUTHOR, [])),
        legal_authenticator=participant_of(legal) if legal else None,
        patient_id=patient_id,
        patient=_patient(slots, patient_id),
        replaces=replaces.get(node.get("id", ""), ()),
    )


def _time(slots: dict[str, list[str]], name: str) -> Timestamp | None:
    text = _first(slots, name).strip()
    return Timestamp(text) if text else None


def _slots_among(parts: Parts) -> dict[str, list[str]]:
    return {
        slot.get("name", ""): [value.text or "" for value in slot.iter(_RIM + "Value")]
        for slot in parts.get(_SLOT, ())
    }


def _first(slots: dict[str, list[str]], name: str) -> str:
    values = slots.get(name)
    return values[0] if values else ""


def _classifications(parts: Parts) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for classification in parts.get(_CLASSIFICATION, ()):
        found.setdefault(classification.get("classificationScheme", ""), []).append(classification)
    return found


def _code(classes: dict[str, list[etree._Element]], scheme: str) -> tuple[str, str, str]:
    for node in classes.get(scheme, []):
        parts = parts_of(node)
        return node.get("nodeRepresentation", ""), _first(_slots_among(parts), "codingScheme"), _localized(parts)
    return "", "", ""


def _localized(parts: Parts) -> str:
    """Give the name among the parts of an element."""
    for name in parts.get(_NAME, ()):
        for found in name.iterchildren(_RIM + "LocalizedString"):
            return found.get("value", "").strip()
    return ""


def _author(node: etree._Element) -> Participant:
    slots = _slots_among(parts_of(node))
    person = participant_of(_first(slots, "authorPerson"))
    organisation = organisation_of(_first(slots, "authorInstitution"))
    return replace(
        person,
        profession=component(_first(slots, "authorSpecialty"), 1),
        organisation=organisation.organisation,
        organisation_identifiers=organisation.organisation_identifiers,
    )


def _refuse_two_persons(fields: dict[str, list[str]]) -> None:
    """Raise the fault for birth names or birth dates of two persons in one description (A12b)."""
    legal = [text for text in fields.get("PID-5", []) if component(text, 6).upper() == "L"]
    names = {(folded_name(component(text, 0)), folded_name(component(text, 1))) for text in legal}
    dates = [date for date in map(birth_date_of, fields.get("PID-7", [])) if date is not None]
    if len(names) > 1 or any(not dates[0].agrees_with(date) for date in dates[1:]):
        raise fault(FaultReason.TWO_PATIENTS)


def _patient(slots: dict[str, list[str]], patient_id: tuple[str, str] | None) -> ClaimedIdentity:
    """Read ``sourcePatientInfo`` (PID-3, 5, 7, 8) together with the identifiers of the entry."""
    fields: dict[str, list[str]] = {}
    for value in slots.get("sourcePatientInfo", []):
        name, _, content = value.partition("|")
        # A field may repeat, by slot values or by « ~ » inside one.
        fields.setdefault(name.strip(), []).extend(content.split("~"))
    given_as = [identifier_of(text) for text in (*fields.get("PID-3", []), *slots.get("sourcePatientId", []))]
    identifiers = dict.fromkeys(i for i in (patient_id, *given_as) if i)
    birth_name, given_names, used_name = names_of(fields.get("PID-5", []))
    _refuse_two_persons(fields)
    return ClaimedIdentity(
        identifiers=tuple(identifiers),
        birth_name=birth_name,
        given_names=given_names,
        sex=sex_of(next(iter(fields.get("PID-8", [])), "")),
        birth_date=birth_date_of(next(iter(fields.get("PID-7", [])), "")),
        used_name=used_name,
    )
