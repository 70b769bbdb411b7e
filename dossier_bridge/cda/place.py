"""Where in a report a result stands: chapter, group, germ, specimen, body site, and what holds for all below.

An act or organizer says once what is true of every result inside; this carries it down to them.
"""

from typing import NamedTuple

from lxml import etree

from dossier_bridge.cda.elements import (
    CODE,
    MAX_LABEL,
    NAME,
    TIME,
    V3,
    VALUE,
    Narrative,
    child,
    coded,
    flat_text,
    moment_of,
    time_of,
)
from dossier_bridge.xml_parts import Parts, first_of
from gateway.domain.timestamp import Timestamp

ACT, ORGANIZER, OBSERVATION, PROCEDURE = (V3 + t for t in ("act", "organizer", "observation", "procedure"))
ENTRY, COMPONENT, RELATION = (V3 + t for t in ("entry", "component", "entryRelationship"))
STATUS = V3 + "statusCode"
_MEDICATION, _SUPPLY, _ENCOUNTER = (V3 + t for t in ("substanceAdministration", "supply", "encounter"))
STATEMENTS = frozenset({ACT, ORGANIZER, OBSERVATION, PROCEDURE, _MEDICATION, _SUPPLY, _ENCOUNTER})
_SPECIMEN, _PARTICIPANT = V3 + "specimen", V3 + "participant"
_SITE, _QUALIFIER = V3 + "targetSiteCode", V3 + "qualifier"
_CONSUMABLE, _PRODUCT, _MATERIAL = (V3 + t for t in ("consumable", "manufacturedProduct", "manufacturedMaterial"))
_VOID = frozenset({"aborted", "cancelled", "nullified"})
_SIDES = {"7771000": "gauche", "24028007": "droite", "51440002": "des deux côtés"}
_SNOMED_KINDS = (" (organism)", " (specimen)", " (substance)", " (body structure)")


class Place(NamedTuple):
    """What holds for every result below; `void` is the status of an act that was called off."""

    chapter: str = ""
    subchapter: str = ""
    section_code: str = ""
    group: str = ""
    group_code: str = ""
    specimen: str = ""
    organism: str = ""
    body_site: str = ""
    collected: Timestamp | None = None
    time: Timestamp | None = None
    mood: str = ""
    void: str = ""
    family: int = 0


def narrowed(node: etree._Element, parts: Parts, place: Place, narrative: Narrative) -> Place:
    """Add what a statement, made of `parts`, says of all it holds."""
    if not _PARTS.keys().isdisjoint(parts):
        for part in node.iterchildren(*_PARTS):
            place = _PARTS[part.tag](part, place, narrative)
    tag = node.tag
    if tag == ORGANIZER:
        code = coded(first_of(parts, CODE), narrative)
        place = place._replace(time=moment_of(first_of(parts, TIME)) or place.time)
        if code.label or code.code:
            place = place._replace(group=code.label[:MAX_LABEL], group_code=code.code)
    if tag in (ACT, ORGANIZER):
        status = status_among(parts)
        if is_negated(node) or status in _VOID:
            place = place._replace(void="cancelled" if is_negated(node) else status)
    mood = mood_of(node)
    return place._replace(mood=mood) if mood else place


def mood_of(node: etree._Element) -> str:
    """Give the mood of a statement; empty for what took place (EVN)."""
    mood = node.get("moodCode", "").strip()
    return "" if mood == "EVN" else mood


def status_of(node: etree._Element) -> str:
    """Give the status of a statement."""
    status = child(node, STATUS)
    return status.get("code", "").strip() if status is not None else ""


def status_among(parts: Parts) -> str:
    """Give the status of a statement by its parts."""
    status = first_of(parts, STATUS)
    return status.get("code", "").strip() if status is not None else ""


def is_negated(node: etree._Element) -> bool:
    """Say whether a statement denies what it says."""
    return node.get("negationInd") in ("true", "1")


def _of_link(link: etree._Element, place: Place, narrative: Narrative) -> Place:
    """Read how a sample was taken, which stands beside the results of the same act."""
    procedure = child(link, PROCEDURE)
    if procedure is None:
        return place
    before = place.specimen
    place = place._replace(specimen="", collected=time_of(procedure) or place.collected)
    for part in procedure.iterchildren(_SPECIMEN, _PARTICIPANT, _SITE):
        place = _PARTS[part.tag](part, place, narrative)
    return place._replace(specimen=place.specimen or before)


def _of_specimen(specimen: etree._Element, place: Place, narrative: Narrative) -> Place:
    role = child(specimen, V3 + "specimenRole")
    return _of_entity(child(role, V3 + "specimenPlayingEntity"), place, narrative)


def _of_participant(participant: etree._Element, place: Place, narrative: Narrative) -> Place:
    role = child(participant, V3 + "participantRole")
    # Those who signed and the devices that measured take part as well: only a specimen is one.
    kind, part = (role.get("classCode", "") if role is not None else ""), participant.get("typeCode", "")
    parent = participant.getparent()
    is_sample = parent is not None and parent.tag == PROCEDURE and not part
    is_specimen = kind == "SPEC" or (not kind and (is_sample or part in ("PRD", "SPC")))
    return _of_entity(child(role, V3 + "playingEntity"), place, narrative) if is_specimen else place


def _of_entity(entity: etree._Element | None, place: Place, narrative: Narrative) -> Place:
    """Read a specimen, or the germ that was grown from one."""
    if entity is None:
        return place
    code = coded(child(entity, CODE), narrative)
    name = code.original or code.label or flat_text(child(entity, NAME)) or flat_text(child(entity, V3 + "desc"))
    for kind in _SNOMED_KINDS:
        name = name.removesuffix(kind)
    name = name[:MAX_LABEL]
    if entity.get("classCode") == "MIC":
        return place._replace(organism=name)
    return place._replace(specimen=name) if name else place


def _of_site(site: etree._Element, place: Place, narrative: Narrative) -> Place:
    found = site_words(site, narrative)
    return place._replace(body_site=found) if found else place


def site_words(site: etree._Element, narrative: Narrative) -> str:
    """Name a body site with its side: « Œil, gauche »."""
    code = coded(site, narrative)
    name = code.display or code.original
    values = (child(part, VALUE) for part in site.iterchildren(_QUALIFIER))
    sides = [_side(value) for value in values if value is not None]
    told = [side for side in sides if side and side.casefold() not in name.casefold()]
    return ", ".join(filter(None, (name, *told)))[:MAX_LABEL]


def _side(value: etree._Element) -> str:
    return _SIDES.get(value.get("code", "")) or " ".join(value.get("displayName", "").split())


def _of_consumable(consumable: etree._Element, place: Place, narrative: Narrative) -> Place:
    """Name the product that a dose number or a reaction belongs to."""
    material = child(consumable, _PRODUCT, _MATERIAL)
    name = flat_text(child(material, NAME)) or coded(child(material, CODE), narrative).label
    return place._replace(group=name[:MAX_LABEL]) if name else place


_PARTS = {
    _SPECIMEN: _of_specimen,
    _PARTICIPANT: _of_participant,
    _SITE: _of_site,
    _CONSUMABLE: _of_consumable,
    RELATION: _of_link,
    COMPONENT: _of_link,
}
