"""What the coded entries of a CDA document bring for its patient's record, by the LOINC codes of sections.

Allergies, illnesses, history, treatments and vaccinations come as proposals (volet de synthèse médicale, historique et
note de vaccination, lettre de liaison, prescription). What a pharmacy handed out (CDA dispensation, STD §4.4) and what
a payer reimbursed (REMB) come as acts of care. What is negated, planned by nobody or without a name is left out.
"""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from dossier_bridge.cda.elements import CODE, NAME, V3, VALUE, Coded, Narrative, child, coded, flat_text
from dossier_bridge.cda.place import ACT, OBSERVATION, PROCEDURE, RELATION, is_negated
from dossier_bridge.cda.statements import day_of, statements
from dossier_bridge.cda.vital_signs import measures_of
from gateway.domain.brought import MOST_BROUGHT, Brought, BroughtAct, ProposedEntry
from gateway.domain.care_history import MOST_LINES, CareKind, one_line
from gateway.domain.document import DocumentEntry
from gateway.domain.profile import ProfileSection

_SECTION, _GIVEN, _SUPPLY, _ENCOUNTER = (V3 + t for t in ("section", "substanceAdministration", "supply", "encounter"))
_TIME, _LOW, _HIGH = V3 + "effectiveTime", V3 + "low", V3 + "high"
_PRODUCT, _MATERIAL = V3 + "manufacturedProduct", V3 + "manufacturedMaterial"
_PERFORMER, _WHO, _PERSON = V3 + "performer", V3 + "assignedEntity", V3 + "assignedPerson"
_PLACE = V3 + "representedOrganization"
_FORM = "{urn:ihe:pharm:medication}formCode"
"""What a preparation is named by that bears no other name."""
_DISPENSING, _REIMBURSED, _VITAL_SIGNS = "60593-1", "REMB", "8716-3"
_ICD = "2.16.840.1.113883.6.3"
_PARENTS = {
    "MTH": "mere", "FTH": "pere", "NMTH": "mere", "NFTH": "pere", "SIS": "soeur", "NSIS": "soeur", "BRO": "frere",
    "NBRO": "frere", "DAU": "fille", "DAUC": "fille", "SON": "fils", "SONC": "fils", "GRMTH": "grand-mere",
    "GRFTH": "grand-pere", "AUNT": "tante", "UNCLE": "oncle",
}  # fmt: skip
_Fields = Mapping[str, str]


def brought_of(body: etree._Element, narrative: Narrative, document: DocumentEntry) -> Brought:
    """Read what a structured body brings."""
    entries: list[ProposedEntry] = []
    acts: dict[tuple[str, ...], BroughtAct] = {}
    for section in body.iter(_SECTION):
        code = child(section, CODE)
        name = code.get("code", "") if code is not None else ""
        if document.type_code == _REIMBURSED:
            _gather(acts, _reimbursed(section, name, narrative))
        elif name in _READERS:
            of, reader = _READERS[name]
            for node in statements(section):
                fields = {key: value for key, value in reader(node, narrative).items() if value}
                if fields.get("nom") and len(entries) < MOST_BROUGHT:
                    entries.append(ProposedEntry(of, fields))
        elif name == _VITAL_SIGNS:
            entries += measures_of(section)[: MOST_BROUGHT - len(entries)]
        elif document.type_code == _DISPENSING and name == "60590-7":
            _gather(acts, _dispensed(section, narrative, document))
    return Brought(entries=tuple(entries), acts=tuple(acts.values()))


# ---------------------------------------------------------------- entries of the profile


def _vaccination(node: etree._Element, narrative: Narrative) -> _Fields:
    if node.tag != _GIVEN or node.get("moodCode") != "EVN":
        return {}
    material = child(node, V3 + "consumable", _PRODUCT, _MATERIAL)
    lot = flat_text(child(material, V3 + "lotNumberText"))
    by = _names(child(node, _PERFORMER, _WHO))
    named = {"nom": _product(material, narrative), "date": day_of(child(node, _TIME)), "par": by}
    return named | {"lot": one_line(lot) if len(lot) <= 40 else ""}


def _treatment(node: etree._Element, narrative: Narrative) -> _Fields:
    if node.tag != _GIVEN:
        return {}
    time = child(node, _TIME)
    reason = next((coded(child(link, ACT, CODE), narrative).label for link in _links(node, "RSON")), "")
    return {
        "nom": _product(child(node, V3 + "consumable", _PRODUCT, _MATERIAL), narrative),
        "debut": day_of(child(time, _LOW)),
        "fin": day_of(child(time, _HIGH)),
        "raison": one_line(reason),
    }


def _allergy(node: etree._Element, narrative: Narrative) -> _Fields:
    problem = _problem(node)
    for participant in problem.iterchildren(V3 + "participant") if problem is not None else ():
        entity = child(participant, V3 + "participantRole", V3 + "playingEntity")
        code = coded(child(entity, CODE), narrative)
        if name := code.original or code.display or flat_text(child(entity, NAME)):
            said = {"nom": one_line(name), "debut": day_of(child(problem, _TIME, _LOW))}
            return said | {"remarque": _inactive(problem, narrative)}
    return {}


def _inactive(problem: etree._Element | None, narrative: Narrative) -> str:
    """Say that an allergy is no longer one, where the document does: nobody is to learn less than it says."""
    for link in _links(problem, "REFR"):
        value = child(link, OBSERVATION, VALUE)
        if value is not None and value.get("code") in {"inactive", "resolved"}:
            return one_line(f"Selon le document : {coded(value, narrative).label}")
    return ""


def _illness(node: etree._Element, narrative: Narrative) -> _Fields:
    problem = _problem(node)
    if problem is None:
        return {}
    time = child(problem, _TIME)
    since = day_of(child(time, _LOW)) or day_of(time)
    return _named(coded(child(problem, VALUE), narrative)) | {"debut": since, "fin": day_of(child(time, _HIGH))}


def _history(node: etree._Element, narrative: Narrative) -> _Fields:
    if node.tag == PROCEDURE:
        return {"nom": one_line(coded(child(node, CODE), narrative).label), "date": day_of(child(node, _TIME))}
    found = _illness(node, narrative)
    return {"nom": found.get("nom", ""), "date": found.get("debut", "")}


def _family(node: etree._Element, narrative: Narrative) -> _Fields:
    relation = child(node, V3 + "subject", V3 + "relatedSubject", CODE)
    named = _named(coded(child(node, V3 + "component", OBSERVATION, VALUE), narrative))
    return named | {"parent": _PARENTS.get(relation.get("code", ""), "autre") if relation is not None else ""}


def _problem(node: etree._Element) -> etree._Element | None:
    """Find the observation of a concern (IHE PCC TF-2 §6.3.4.13); one that is negated says that there is none."""
    found = node if node.tag == OBSERVATION else child(node, RELATION, OBSERVATION)
    return None if found is None or is_negated(found) else found


def _named(code: Coded) -> dict[str, str]:
    known = {"nom_code": code.code} if code.system == _ICD and code.code else {}
    return {"nom": one_line(code.original or code.label), **known}


def _product(material: etree._Element | None, narrative: Narrative) -> str:
    named = flat_text(child(material, NAME)) or coded(child(material, CODE), narrative).label
    return one_line(named or coded(child(material, _FORM), narrative).label)


def _links(node: etree._Element | None, kind: str) -> Iterator[etree._Element]:
    for link in node.iterchildren(RELATION) if node is not None else ():
        if link.get("typeCode") == kind:
            yield link


# ---------------------------------------------------------------- acts of care


def _dispensed(section: etree._Element, narrative: Narrative, document: DocumentEntry) -> Iterator[BroughtAct]:
    """Read what a pharmacy handed out: one act, on the day of the document or of the act that it tells of."""
    made = document.act_start or document.effective_time
    day = made.day.isoformat() if made is not None and made.day is not None else ""
    for node in statements(section):
        if node.tag == _SUPPLY:
            material = child(node, V3 + "product", _PRODUCT, _MATERIAL)
            yield _act(CareKind.DISPENSING, day, _product(material, narrative), _quantity(node), document.place)


def _reimbursed(section: etree._Element, name: str, narrative: Narrative) -> Iterator[BroughtAct]:
    """Read one section of a history of reimbursements."""
    kind = _REIMBURSED_KINDS.get(name)
    for node in statements(section) if kind is not None else ():
        assert kind is not None  # noqa: S101 - as the loop says
        supply = node if node.tag == _SUPPLY else child(node, RELATION, _SUPPLY)
        who = child(supply if supply is not None else node, _PERFORMER)
        time = child(node, _TIME)
        day = day_of(child(time, _LOW)) or day_of(time) or day_of(child(who, V3 + "time"))
        label = _reimbursed_label(node, narrative)
        place = one_line(flat_text(child(who, _WHO, _PLACE, NAME)))
        of = _title_kind(section, kind)
        quantity = _quantity(supply) if supply is not None else ""
        yield _act(of, day, label, quantity, place, _names(child(who, _WHO)), day_of(child(time, _HIGH)))


def _reimbursed_label(node: etree._Element, narrative: Narrative) -> str:
    if node.tag == _GIVEN:
        return _product(child(node, V3 + "consumable", _PRODUCT, _MATERIAL), narrative)
    if node.tag == _SUPPLY:
        device = child(node, V3 + "participant", V3 + "participantRole", V3 + "playingDevice", CODE)
        return one_line(coded(device, narrative).label or _label_of(child(device, V3 + "translation"), narrative))
    code = child(node, CODE)
    told = child(code, V3 + "qualifier", VALUE) if node.tag == _ENCOUNTER else None
    return _label_of(told if told is not None else code, narrative)


def _label_of(code: etree._Element | None, narrative: Narrative) -> str:
    return one_line(coded(code, narrative).label)


def _title_kind(section: etree._Element, kind: CareKind) -> CareKind:
    """Tell radiology and biology from care: the three sections bear one code, and differ by their titles."""
    title = flat_text(child(section, V3 + "title")).casefold()
    return {"radiologie": CareKind.IMAGING, "biologie": CareKind.BIOLOGY}.get(title, kind)


def _act(
    kind: CareKind, day: str, label: str, quantity: str, place: str, performer: str = "", until: str = ""
) -> BroughtAct:
    return BroughtAct(
        kind=kind, day=day, lines=((label, quantity),), until=until, performer=performer, place=one_line(place)
    )


def _gather(acts: dict[tuple[str, ...], BroughtAct], told: Iterator[BroughtAct]) -> None:
    """Put together what was done on one day, at one place, by one person; what has no day or no name is left out."""
    for act in told:
        if len(act.day) != len("2026-01-01") or not act.lines[0][0]:
            continue
        key = (act.kind.value, act.day, act.place, act.performer)
        stood = acts.get(key)
        if stood is None and len(acts) < MOST_BROUGHT:
            acts[key] = act
        elif stood is not None and len(stood.lines) < MOST_LINES:
            acts[key] = BroughtAct(
                kind=act.kind, day=act.day, lines=(*stood.lines, *act.lines), until=stood.until,
                performer=act.performer, place=act.place,
            )  # fmt: skip


def _quantity(node: etree._Element) -> str:
    value = child(node, V3 + "quantity")
    return one_line(value.get("value", ""))[:20] if value is not None else ""


def _names(who: etree._Element | None) -> str:
    name = child(who, _PERSON, NAME)
    parts = [flat_text(child(name, V3 + tag)) for tag in ("given", "family")] if name is not None else []
    return one_line(" ".join(filter(None, parts)))


_Reader = Callable[[etree._Element, Narrative], _Fields]
_READERS: Mapping[str, tuple[ProfileSection, _Reader]] = {
    "11369-6": (ProfileSection.VACCINATIONS, _vaccination),
    "48765-2": (ProfileSection.ALLERGIES, _allergy),
    "11450-4": (ProfileSection.ILLNESSES, _illness),
    "11348-0": (ProfileSection.HISTORY, _history),
    "47519-4": (ProfileSection.HISTORY, _history),
    "10157-6": (ProfileSection.FAMILY, _family),
    "10160-0": (ProfileSection.TREATMENTS, _treatment),
    "10183-2": (ProfileSection.TREATMENTS, _treatment),
    "57828-6": (ProfileSection.TREATMENTS, _treatment),
}
_REIMBURSED_KINDS = {
    "10160-0": CareKind.DISPENSING, "11369-6": CareKind.VACCINATION, "46264-8": CareKind.DEVICE,
    "46240-8": CareKind.STAY, "29554-3": CareKind.VISIT,
}  # fmt: skip
