"""One observation of a CDA document to one result for each of its values (STD §4.2).

Says nothing of where in the report it stands: that is told.
"""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from dossier_bridge.cda.elements import (
    CODE,
    TIME,
    V3,
    VALUE,
    Coded,
    Narrative,
    child,
    coded,
    moment_of,
    referred_text,
    time_of,
)
from dossier_bridge.cda.kinds import kind_of_result
from dossier_bridge.cda.place import ACT, OBSERVATION, RELATION, Place, is_negated, status_among
from dossier_bridge.cda.ranges import ranges_of
from dossier_bridge.cda.result_names import names_of
from dossier_bridge.cda.values import second_of, value_of
from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.xml_parts import Parts, first_of
from gateway.domain.document import EarlierValue, LabResult, ResultValue
from gateway.domain.identity import ClaimedIdentity

MAX_REPEATED = 100
"""How many values, ranges, marks and links one observation may have."""

COMMENT = "48767-8"
_TEXT, _METHOD = V3 + "text", V3 + "methodCode"
_INTERPRETATION, _TRANSLATION, _RANGE = (V3 + t for t in ("interpretationCode", "translation", "referenceRange"))
_REPEATED = (VALUE, _INTERPRETATION, _RANGE, RELATION)
_IN_BRACKETS = re.compile(r"[.\s]*\((.+)\)")


class ObservationReader:
    """Reads the observations of one document, and its patient's ranges."""

    def __init__(self, narrative: Narrative, patient: ClaimedIdentity) -> None:
        self._narrative = narrative
        self._patient = patient

    def result(
        self,
        node: etree._Element,
        parts: Parts,
        code: Coded,
        given: tuple[etree._Element | None, ResultValue],
        here: Place,
        is_laboratory: bool,
    ) -> LabResult:
        """Read one value of an observation as a result at its place."""
        element, value = given
        local = coded(child(first_of(parts, CODE), _TRANSLATION), self._narrative)
        label, own = names_of(node, code, local, value, self._narrative)
        marks = [coded(mark, self._narrative) for mark in parts.get(_INTERPRETATION, ())]
        time = moment_of(first_of(parts, TIME)) or here.time
        ranges, second_range = ranges_of(parts.get(_RANGE, ()), self._narrative, self._patient, time)
        links = parts.get(RELATION, ())
        return LabResult(
            label=label, value=value, code=code.code, code_system=code.system,
            local_code=local.code, local_code_system=local.system, local_label=own,
            time=time, collected=here.collected,
            second=second_of(element, self._narrative) if element is not None else None,
            ranges=ranges, second_range=second_range,
            interpretation=tuple([mark.code.strip() for mark in marks if mark.code.strip()]),
            interpretation_text=", ".join([mark.original or mark.label for mark in marks if mark.label]),
            method=self._method(parts[_METHOD][0]) if _METHOD in parts else "",
            status=here.void or status_among(parts),
            chapter=here.chapter, subchapter=here.subchapter, section_code=here.section_code,
            group=here.group, group_code=here.group_code, specimen=here.specimen, organism=here.organism,
            comment=self._comment(links) if links else "",
            earlier=tuple(self._earlier(node, links)) if links else (),
            negated=is_negated(node), mood=here.mood, body_site=here.body_site, family=here.family,
            category=kind_of_result(code.code, here.section_code, is_laboratory),
        )  # fmt: skip

    def _method(self, method: etree._Element) -> str:
        # Under the examination reports write « …(Colorimétrie enzymatique) »: the words in brackets.
        text = coded(method, self._narrative).label
        bracketed = _IN_BRACKETS.fullmatch(text)
        return bracketed[1] if bracketed else text

    def _comment(self, links: Sequence[etree._Element]) -> str:
        acts = (child(link, ACT) for link in links)
        texts = [child(act, _TEXT) for act in acts if act is not None and code_of(act) == COMMENT]
        return "\n".join(filter(None, (referred_text(text, self._narrative, "\n") for text in texts)))

    def _earlier(self, node: etree._Element, links: Sequence[etree._Element]) -> Iterator[EarlierValue]:
        for link in links:
            if is_recalled(node, link):
                recalled = child(link, OBSERVATION)
                for value in recalled.iterchildren(VALUE) if recalled is not None else ():
                    yield EarlierValue(value_of(value, self._narrative), time_of(recalled))


def refuse_repeated(parts: Parts) -> None:
    """Raise `DocumentFault` for an observation of which something is repeated without end."""
    for tag in _REPEATED:
        if tag in parts and len(parts[tag]) > MAX_REPEATED:
            raise fault(FaultReason.TOO_MANY)


def is_recalled(observation: etree._Element, link: etree._Element) -> bool:
    """Say whether a link recalls an earlier value of the same examination."""
    if link.get("typeCode") != "REFR":
        return False
    other = child(link, OBSERVATION)
    if other is None:
        return False
    code = child(other, CODE)
    own = child(observation, CODE)
    return code is None or own is None or code.get("code") in (None, own.get("code"))


def code_of(node: etree._Element) -> str:
    """Give the code of a statement."""
    code = child(node, CODE)
    return code.get("code", "") if code is not None else ""
