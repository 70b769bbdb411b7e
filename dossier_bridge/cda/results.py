"""The structured body of a CDA document to results, each with its place in the report (STD §4.2).

In a laboratory report every observation is a result; in any other document only numbers are (a weight, a
dose): coded facts such as diagnoses are not results. Earlier values that a report recalls stay with the
result that recalls them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from dossier_bridge.cda.elements import (
    CODE,
    MAX_LABEL,
    V3,
    VALUE,
    Coded,
    Narrative,
    child,
    coded,
    flat_text,
    time_of,
)
from dossier_bridge.cda.values import ranges_of, second_of, second_range_of, value_of
from dossier_bridge.faults import FaultReason, fault
from gateway.domain.document import EarlierValue, LabResult, ResultValue
from gateway.domain.timestamp import Timestamp

MAX_DEPTH = 40
MAX_RESULTS = 5_000
MAX_REPEATED = 100
"""How many values, ranges, marks and links one observation may have."""

_ACT, _ORGANIZER, _OBSERVATION, _PROCEDURE = (V3 + t for t in ("act", "organizer", "observation", "procedure"))
_SECTION, _COMPONENT, _ENTRY = (V3 + t for t in ("section", "component", "entry"))
_RELATION, _SPECIMEN, _TITLE = (V3 + t for t in ("entryRelationship", "specimen", "title"))
_OTHER_STATEMENTS = (V3 + t for t in ("substanceAdministration", "supply", "encounter"))
_STATEMENTS = frozenset({_ACT, _ORGANIZER, _OBSERVATION, _PROCEDURE, *_OTHER_STATEMENTS})
_TEMPLATE, _STATUS, _METHOD = (V3 + t for t in ("templateId", "statusCode", "methodCode"))
_INTERPRETATION, _TRANSLATION = (V3 + t for t in ("interpretationCode", "translation"))
_RANGE = V3 + "referenceRange"
_LAB_TEMPLATES = frozenset({"1.3.6.1.4.1.19376.1.3.1.6", "1.2.250.1.213.1.1.3.80"})
_ATTACHED_DOCUMENT = "69764-9"
_COMMENT = "48767-8"
_IN_BRACKETS = re.compile(r"[.\s]*\((.+)\)")


class _Place(NamedTuple):
    """Where in the report the walk is, and what holds for every result below."""

    chapter: str = ""
    subchapter: str = ""
    section_code: str = ""
    group: str = ""
    group_code: str = ""
    specimen: str = ""
    organism: str = ""
    collected: Timestamp | None = None
    time: Timestamp | None = None


class ResultReader:
    """Reads the results of one document; `is_laboratory` says whether every observation is one."""

    def __init__(self, narrative: Narrative, is_laboratory: bool) -> None:
        self._narrative = narrative
        self._is_laboratory = is_laboratory

    def read(self, body: etree._Element) -> tuple[LabResult, ...]:
        """Read a ``structuredBody`` in document order; raise `DocumentFault` past the limits."""
        results = []
        for result in self._components(body, _Place(), 0):
            results.append(result)
            if len(results) > MAX_RESULTS:
                raise fault(FaultReason.TOO_MANY)
        return tuple(results)

    def _components(self, parent: etree._Element, place: _Place, depth: int) -> Iterator[LabResult]:
        for component in parent.iterchildren(_COMPONENT):
            section = child(component, _SECTION)
            if section is not None:
                yield from self._section(section, place, depth)

    def _section(self, section: etree._Element, place: _Place, depth: int) -> Iterator[LabResult]:
        if depth > MAX_DEPTH:
            raise fault(FaultReason.TOO_DEEP)
        code = coded(child(section, CODE), self._narrative)
        title = (flat_text(child(section, _TITLE)) or code.label)[:MAX_LABEL]
        here = place._replace(section_code=code.code or place.section_code)
        here = here._replace(subchapter=title) if place.chapter else here._replace(chapter=title)
        for entry in section.iterchildren(_ENTRY):
            yield from self._below(entry, here, depth + 1)
        yield from self._components(section, here, depth + 1)

    def _below(self, link: etree._Element, place: _Place, depth: int) -> Iterator[LabResult]:
        for statement in link.iterchildren():
            if statement.tag in _STATEMENTS:
                yield from self._statement(statement, place, depth)

    def _statement(self, node: etree._Element, place: _Place, depth: int) -> Iterator[LabResult]:
        if depth > MAX_DEPTH:
            raise fault(FaultReason.TOO_DEEP)
        if node.tag == _OBSERVATION:
            yield from self._results(node, place)
        here = self._narrowed(node, place)
        for link in node.iterchildren(_RELATION, _COMPONENT):
            if not (node.tag == _OBSERVATION and self._is_recalled(node, link)):
                yield from self._below(link, here, depth + 1)

    def _narrowed(self, node: etree._Element, place: _Place) -> _Place:
        """Add what an act or organizer says of all it holds: group, specimen, organism, times."""
        if node.tag == _ORGANIZER:
            code = coded(child(node, CODE), self._narrative)
            place = place._replace(time=time_of(node) or place.time)
            if code.label or code.code:
                place = place._replace(group=code.label[:MAX_LABEL], group_code=code.code)
            entity = child(node, _SPECIMEN, V3 + "specimenRole", V3 + "specimenPlayingEntity")
            if entity is not None:
                label = coded(child(entity, CODE), self._narrative)
                name = (label.original or label.label or flat_text(child(entity, V3 + "name")))[:MAX_LABEL]
                is_organism = entity.get("classCode") == "MIC"
                place = place._replace(organism=name) if is_organism else place._replace(specimen=name)
        for link in node.iterchildren(_RELATION, _COMPONENT):
            procedure = child(link, _PROCEDURE)
            if procedure is not None:
                place = self._collected(procedure, place)
        return place

    def _collected(self, procedure: etree._Element, place: _Place) -> _Place:
        role = child(procedure, V3 + "participant", V3 + "participantRole")
        label = coded(child(role, V3 + "playingEntity", CODE), self._narrative).label[:MAX_LABEL]
        collected = time_of(procedure) or place.collected
        return place._replace(specimen=label or place.specimen, collected=collected)

    def _is_recalled(self, observation: etree._Element, link: etree._Element) -> bool:
        """Say whether a link recalls an earlier value of the same examination."""
        other = child(link, _OBSERVATION)
        if other is None or link.get("typeCode") != "REFR":
            return False
        code = child(other, CODE)
        own = child(observation, CODE)
        return code is None or own is None or code.get("code") in (None, own.get("code"))

    def _results(self, node: etree._Element, place: _Place) -> Iterator[LabResult]:
        code_node = child(node, CODE)
        code = coded(code_node, self._narrative)
        if code.code == _ATTACHED_DOCUMENT:
            return
        all_kinds = self._is_laboratory or any(
            t.get("root") in _LAB_TEMPLATES for t in node.iterchildren(_TEMPLATE)
        )
        for tag in (VALUE, _INTERPRETATION, _RANGE, _RELATION):
            if sum(1 for _ in node.iterchildren(tag)) > MAX_REPEATED:
                raise fault(FaultReason.TOO_MANY)
        for element in node.iterchildren(VALUE):
            value = value_of(element, self._narrative)
            if all_kinds or value.is_numeric:
                yield self._result(node, code, code_node, element, value, place)

    def _result(
        self,
        node: etree._Element,
        code: Coded,
        code_node: etree._Element | None,
        element: etree._Element,
        value: ResultValue,
        place: _Place,
    ) -> LabResult:
        local = coded(child(code_node, _TRANSLATION), self._narrative)
        marks = [coded(mark, self._narrative) for mark in node.iterchildren(_INTERPRETATION)]
        status = child(node, _STATUS)
        return LabResult(
            label=code.label or local.label or code.code or local.code or "Résultat",
            value=value,
            code=code.code,
            code_system=code.system,
            local_code=local.code,
            local_code_system=local.system,
            local_label=code.original or local.label,
            time=time_of(node) or place.time,
            collected=place.collected,
            second=second_of(element),
            ranges=ranges_of(node, self._narrative),
            second_range=second_range_of(node),
            interpretation=tuple(mark.code for mark in marks if mark.code),
            interpretation_text=", ".join(mark.label for mark in marks if mark.label),
            method=self._method(node),
            status=status.get("code", "") if status is not None else "",
            chapter=place.chapter,
            subchapter=place.subchapter,
            section_code=place.section_code,
            group=place.group,
            group_code=place.group_code,
            specimen=place.specimen,
            organism=place.organism,
            comment=self._comment(node),
            earlier=tuple(self._earlier(node)),
        )

    def _method(self, node: etree._Element) -> str:
        # Under the examination reports write « …(Colorimétrie enzymatique) »: the words in brackets.
        text = coded(child(node, _METHOD), self._narrative).label
        bracketed = _IN_BRACKETS.fullmatch(text)
        return bracketed[1] if bracketed else text

    def _comment(self, node: etree._Element) -> str:
        acts = (child(link, _ACT) for link in node.iterchildren(_RELATION))
        texts = [child(act, V3 + "text") for act in acts if act is not None and _code_of(act) == _COMMENT]
        found = (self._words(text) for text in texts if text is not None)
        return "\n".join(words for words in found if words)

    def _words(self, text: etree._Element) -> str:
        reference = child(text, V3 + "reference")
        referred = self._narrative.text(reference.get("value", "")) if reference is not None else ""
        return referred or flat_text(text)

    def _earlier(self, node: etree._Element) -> Iterator[EarlierValue]:
        for link in node.iterchildren(_RELATION):
            if self._is_recalled(node, link):
                recalled = child(link, _OBSERVATION)
                value = child(recalled, VALUE)
                if value is not None:
                    yield EarlierValue(value_of(value, self._narrative), time_of(recalled))


def _code_of(node: etree._Element) -> str:
    code = child(node, CODE)
    return code.get("code", "") if code is not None else ""
