"""The header of a CDA R2 document to a `DocumentEntry` (STD §4.3).

Nothing here is required but what names the document's format: a document that lacks an identifier, an
author or a patient is read, and judged elsewhere.
"""

import re

from lxml import etree

from dossier_bridge.cda.elements import (
    CODE,
    ID,
    NAME,
    V3,
    Narrative,
    child,
    coded,
    flat_text,
    identifiers_of,
    time_of,
)
from dossier_bridge.document_types import category_of, label_of
from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.hl7_types import birth_date_of, sex_of
from gateway.domain.document import NOBODY, DocumentEntry, Participant
from gateway.domain.identity import ClaimedIdentity, folded_name, same_first_given_name
from gateway.domain.timestamp import Timestamp

_FAMILY, _GIVEN, _ADDRESSEE = V3 + "family", V3 + "given", V3 + "assignedEntity"
_ORGANISATIONS = (V3 + "representedOrganization", V3 + "scopingOrganization")
_PERSONS = (V3 + "assignedPerson", V3 + "associatedPerson")


def entry_of(document: etree._Element, narrative: Narrative) -> DocumentEntry:
    """Read the header; raise `DocumentFault` for several patients or another CDA release."""
    kind = child(document, V3 + "typeId")
    if kind is not None and kind.get("extension", "POCD_HD000040") != "POCD_HD000040":
        raise fault(FaultReason.CDA_VERSION)
    code = coded(child(document, CODE), narrative)
    version = _attribute(document, "versionNumber", "value")
    start, end = _act_times(document)
    marks = document.iterchildren(V3 + "confidentialityCode")
    return DocumentEntry(
        unique_id=_joined(child(document, ID)),
        type_code=code.code,
        type_code_system=code.system,
        type_label=label_of(code.code, code.label),
        title=flat_text(child(document, V3 + "title")),
        effective_time=time_of(document),
        act_start=start,
        act_end=end,
        language=_attribute(document, "languageCode", "code"),
        set_id=_joined(child(document, V3 + "setId")),
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,
        replaces=_replaced(document),
        confidentiality=tuple(mark.get("code", "") for mark in marks if mark.get("code")),
        authors=tuple(
            _participant(child(author, V3 + "assignedAuthor"), narrative)
            for author in document.iterchildren(V3 + "author")
        ),
        legal_authenticator=_optional(child(document, V3 + "legalAuthenticator", _ADDRESSEE), narrative),
        custodian=_custodian(document),
        prescriber=_prescriber(document, narrative),
        patient=_patient(document),
        category=category_of(code.code, label=code.label),
    )


def _act_times(document: etree._Element) -> tuple[Timestamp | None, Timestamp | None]:
    """Give beginning and end of the first act that says when it was."""
    for event in document.iterchildren(V3 + "documentationOf"):
        time = child(event, V3 + "serviceEvent", V3 + "effectiveTime")
        low, high = (_known(child(time, V3 + bound)) for bound in ("low", "high"))
        if start := low or _known(time):
            return start, high
    return None, None


def _known(time: etree._Element | None) -> Timestamp | None:
    moment = Timestamp(time.get("value", "")) if time is not None else None
    return moment if moment and moment.known else None


def _attribute(element: etree._Element, tag: str, name: str) -> str:
    node = child(element, V3 + tag)
    return node.get(name, "").strip() if node is not None else ""


def _joined(identifier: etree._Element | None) -> str:
    """Write an instance identifier as XDS does: ``root`` or ``root^extension``."""
    if identifier is None:
        return ""
    root, extension = identifier.get("root", "").strip(), identifier.get("extension", "").strip()
    return f"{root}^{extension}" if extension else root


def _replaced(document: etree._Element) -> tuple[str, ...]:
    links = (d for d in document.iterchildren(V3 + "relatedDocument") if d.get("typeCode") == "RPLC")
    parents = (child(link, V3 + "parentDocument") for link in links)
    found = (_joined(node) for parent in parents if parent is not None for node in parent.iterchildren(ID))
    return tuple(identifier for identifier in found if identifier)


def _patient(document: etree._Element) -> ClaimedIdentity:
    targets = list(document.iterchildren(V3 + "recordTarget"))
    if len(targets) > 1:
        raise fault(FaultReason.TWO_PATIENTS)
    role = _only(targets[0], "patientRole") if targets else None
    if role is None:
        return NOBODY
    person = _only(role, "patient")
    names = list(person.iterchildren(NAME)) if person is not None else []
    families = [part for name in names for part in name.iterchildren(_FAMILY)]
    if person is not None:
        _refuse_two_persons(person, names)
    # Without a qualifier the family name is taken for the birth name: comparison decides (A12b).
    birth = _qualified(families, "BR") or [flat_text(f) for f in families if not f.get("qualifier")]
    birth_time = child(person, V3 + "birthTime")
    return ClaimedIdentity(
        identifiers=tuple(pair for pair in identifiers_of(role) if pair[1]),
        birth_name=next(iter(birth), None) or None,
        given_names=_given_names([part for name in names for part in name.iterchildren(_GIVEN)]),
        sex=sex_of(_attribute(person, "administrativeGenderCode", "code")) if person is not None else None,
        birth_date=birth_date_of(birth_time.get("value", "")) if birth_time is not None else None,
        used_name=next(iter(_qualified(families, "CL")), None) or None,
    )


def _refuse_two_persons(person: etree._Element, names: list[etree._Element]) -> None:
    """Raise the fault for birth names, first given names, birth dates or sexes of two persons (A12b)."""
    claims = [_birth_claim(name) for name in names]
    # A name in use stands beside the birth name without a mark of its own: it counts only where none has one.
    families = {family for family, _, is_marked in claims if is_marked} or {family for family, _, _ in claims if family}
    given = [first for _, first, _ in claims if first]
    born = [birth_date_of(time.get("value", "")) for time in person.iterchildren(V3 + "birthTime")]
    dates = [date for date in born if date is not None]
    sexes = {sex_of(code.get("code", "")) for code in person.iterchildren(V3 + "administrativeGenderCode")} - {None}
    if (
        len(families) > 1
        or len(sexes) > 1
        or any(not same_first_given_name((one,), (given[0],)) for one in given[1:])
        or any(not dates[0].agrees_with(one) for one in dates[1:])
    ):
        raise fault(FaultReason.TWO_PATIENTS)


def _birth_claim(name: etree._Element) -> tuple[str, str, bool]:
    """Give birth name and first given name that one `name` claims, and whether the birth name is marked as one."""
    families, given = list(name.iterchildren(_FAMILY)), list(name.iterchildren(_GIVEN))
    marked = {folded_name(text) for text in _qualified(families, "BR")} - {""}
    if len(marked) > 1:
        raise fault(FaultReason.TWO_PATIENTS)
    family = next(iter(marked), "") or next(
        (folded_name(flat_text(part)) for part in families if not part.get("qualifier")), ""
    )
    first = next(iter(_qualified(given, "BR")), "") or next(
        (flat_text(part) for part in given if not part.get("qualifier")), ""
    )
    return family, first, bool(marked)


def _only(parent: etree._Element, name: str) -> etree._Element | None:
    """Give the one child of a name that the schema allows; two are two persons, and nobody's to choose from."""
    found = list(parent.iterchildren(V3 + name))
    if len(found) > 1:
        raise fault(FaultReason.TWO_PATIENTS)
    return found[0] if found else None


def _qualified(parts: list[etree._Element], qualifier: str) -> list[str]:
    return [flat_text(part) for part in parts if qualifier in part.get("qualifier", "").split()]


def _given_names(parts: list[etree._Element]) -> tuple[str, ...]:
    """Give the given names, the birth one (BR) first; the used one (CL) is left out."""
    first = [name for name in _qualified(parts, "BR") if name]
    others = [flat_text(part) for part in parts if not part.get("qualifier")]
    if first and others and folded_name(others[0]).startswith(folded_name(first[0]) + " "):
        # « DOMINIQUE MARIE-LOUISE » beside the birth one « DOMINIQUE »: the list repeats the first.
        others[0] = re.sub(r"^\S+\s+", "", others[0]) if " " not in first[0] else others[0]
    return tuple(name for name in dict.fromkeys([*first, *others]) if name)


def _optional(entity: etree._Element | None, narrative: Narrative) -> Participant | None:
    return _participant(entity, narrative) if entity is not None else None


def _participant(entity: etree._Element | None, narrative: Narrative) -> Participant:
    if entity is None:
        return Participant()
    organisation = next(entity.iterchildren(*_ORGANISATIONS), None)
    return Participant(
        name=_person_name(entity),
        identifiers=identifiers_of(entity),
        profession=coded(child(entity, CODE), narrative).label,
        organisation=flat_text(child(organisation, NAME)),
        organisation_identifiers=identifiers_of(organisation),
    )


def _person_name(entity: etree._Element) -> str:
    person = next(entity.iterchildren(*_PERSONS), None)
    if person is None:
        return flat_text(child(entity, V3 + "assignedAuthoringDevice", V3 + "softwareName"))
    name = child(person, NAME)
    if name is None:
        return ""
    parts = [*name.iterchildren(_GIVEN), *name.iterchildren(_FAMILY)]
    # « . » stands for a part that a sender must give and does not have.
    texts = [text for text in (flat_text(part) for part in parts) if text and text != "."]
    return " ".join(texts) if parts else flat_text(name)


def _custodian(document: etree._Element) -> Participant | None:
    organisation = child(
        document, V3 + "custodian", V3 + "assignedCustodian", V3 + "representedCustodianOrganization"
    )
    if organisation is None:
        return None
    return Participant(
        organisation=flat_text(child(organisation, NAME)), organisation_identifiers=identifiers_of(organisation)
    )


def _prescriber(document: etree._Element, narrative: Narrative) -> Participant | None:
    for participant in document.iterchildren(V3 + "participant"):
        if participant.get("typeCode") == "REF":
            return _optional(child(participant, V3 + "associatedEntity"), narrative)
    return None
