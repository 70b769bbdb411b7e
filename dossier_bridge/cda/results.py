"""The structured body of a CDA document to results, each with its place in the report (STD §4.2).

In a laboratory report every observation is a result, awaited and cancelled ones too; in any other document only
numbers are kept, and are called no results of a laboratory. Earlier values that a report recalls stay with the result
that recalls them, comments with the results they stand beside.
"""


from lxml import etree
from msgspec.structs import replace

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
    referred_text,
)
from dossier_bridge.cda.kinds import is_conclusion, is_to_be_shown
from dossier_bridge.cda.observation import (
    COMMENT,
    MAX_REPEATED,
    ObservationReader,
    code_of,
    is_recalled,
    refuse_repeated,
)
from dossier_bridge.cda.place import (
    ACT,
    COMPONENT,
    ENTRY,
    OBSERVATION,
    ORGANIZER,
    RELATION,
    STATEMENTS,
    Place,
    mood_of,
    narrowed,
    status_of,
)
from dossier_bridge.cda.result_names import names_of
from dossier_bridge.cda.values import value_of
from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.xml_parts import Parts, first_of, parts_of
from gateway.domain.document import NOBODY, LabResult, Remark, ResultValue, ValueKind
from gateway.domain.identity import ClaimedIdentity

MAX_DEPTH = 40
MAX_RESULTS = 5_000

_SECTION, _TITLE, _TEXT = (V3 + t for t in ("section", "title", "text"))
_TEMPLATE = V3 + "templateId"
_LAB_TEMPLATES = frozenset({"1.3.6.1.4.1.19376.1.3.1.6", "1.2.250.1.213.1.1.3.80"})
_ATTACHED_DOCUMENT = "69764-9"
_UNFINISHED = frozenset({"active", "new", "held", "suspended", "aborted", "cancelled", "nullified"})
_ABSENT = ResultValue(kind=ValueKind.ABSENT)


class ResultReader:
    """Reads the results of one document; `is_laboratory` says whether every observation is one."""

    def __init__(self, narrative: Narrative, is_laboratory: bool, patient: ClaimedIdentity = NOBODY) -> None:
        self._narrative = narrative
        self._is_laboratory = is_laboratory
        self._observations = ObservationReader(narrative, patient)
        self._found: list[LabResult] = []
        self._waiting: list[Remark] = []
        self._families = 0

    def read(self, body: etree._Element) -> tuple[LabResult, ...]:
        """Read a ``structuredBody`` in document order; raise `DocumentFault` past the limits."""
        self._components(body, Place(), 0)
        self._settle(0)
        return tuple(self._found)

    def _add(self, result: LabResult) -> None:
        if len(self._found) >= MAX_RESULTS:
            raise fault(FaultReason.TOO_MANY)
        self._found.append(result)

    # ------------------------------------------------------------ walking

    def _components(self, parent: etree._Element, place: Place, depth: int) -> None:
        for component in parent.iterchildren(COMPONENT):
            section = child(component, _SECTION)
            if section is not None:
                self._section(section, place, depth)

    def _section(self, section: etree._Element, place: Place, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise fault(FaultReason.TOO_DEEP)
        parts = parts_of(section)
        code = coded(first_of(parts, CODE), self._narrative)
        title = (flat_text(first_of(parts, _TITLE)) or code.label)[:MAX_LABEL]
        number = code.code or place.section_code
        here = (
            place._replace(section_code=number, subchapter=title) if place.chapter
            else place._replace(section_code=number, chapter=title)
        )  # fmt: skip
        start, waiting = len(self._found), len(self._waiting)
        for entry in parts.get(ENTRY, ()):
            self._below(entry, here, depth + 1)
        words = referred_text(first_of(parts, _TEXT), self._narrative, "\n") if len(self._found) == start else ""
        if words and is_conclusion(code.code, title):
            # What its entries say stands in its words as well.
            del self._waiting[waiting:]
            self._remark(words, title, of_report=True)
        self._settle(start)
        self._components(section, here, depth + 1)
        self._settle(start)
        # Comments in a section that has no result are of the report.
        alone = [replace(remark, title=remark.title or title, of_report=True) for remark in self._waiting[waiting:]]
        self._waiting[waiting:] = alone

    def _below(self, link: etree._Element, place: Place, depth: int) -> None:
        for statement in link.iterchildren():
            if statement.tag in STATEMENTS:
                self._statement(statement, place, depth)

    def _statement(self, node: etree._Element, place: Place, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise fault(FaultReason.TOO_DEEP)
        tag = node.tag
        if tag == ACT and code_of(node) == COMMENT:
            self._remark(referred_text(child(node, _TEXT), self._narrative, "\n"))
            return
        start, parts = len(self._found), parts_of(node)
        here = narrowed(node, parts, place, self._narrative)
        if tag == OBSERVATION:
            here = self._observation(node, parts, here)
        elif tag == ORGANIZER and here.organism and (here.organism != place.organism or not here.family):
            here = self._germ(node, here)
        if RELATION in parts or COMPONENT in parts:
            for link in node.iterchildren(RELATION, COMPONENT):
                if not (tag == OBSERVATION and (is_recalled(node, link) or _is_comment(link))):
                    self._below(link, here, depth + 1)
        if len(self._found) == start and self._is_laboratory and tag in (ACT, ORGANIZER):
            self._unfinished(node, place, here)
        self._settle(start)

    # ------------------------------------------------------------ remarks

    def _remark(self, words: str, title: str = "", *, of_report: bool = False) -> None:
        if words and self._is_laboratory:
            if len(self._waiting) >= MAX_REPEATED:
                raise fault(FaultReason.TOO_MANY)
            self._waiting.append(Remark(words, title, of_report))

    def _settle(self, start: int) -> None:
        """Leave what waits with the last result since `start`; where there is none yet, it waits for the next."""
        if self._waiting and len(self._found) > start:
            last = self._found[-1]
            if len(last.remarks) + len(self._waiting) > MAX_REPEATED:
                raise fault(FaultReason.TOO_MANY)
            self._found[-1] = replace(last, remarks=(*last.remarks, *self._waiting))
            self._waiting = []

    # ------------------------------------------------------------ results

    def _germ(self, node: etree._Element, here: Place) -> Place:
        """Let the germ that an organizer is about stand over its count and its antibiotics."""
        if not self._is_laboratory:
            return here
        self._families += 1
        entity = child(node, V3 + "specimen", V3 + "specimenRole", V3 + "specimenPlayingEntity", CODE)
        code = coded(entity, self._narrative)
        value = ResultValue(kind=ValueKind.CODED, text=here.organism, code=code.code, code_system=code.system)
        here = here._replace(family=self._families)
        self._add(replace(self._at(here, value, "Germe identifié"), is_head=True, status=here.void or status_of(node)))
        return here

    def _unfinished(self, node: etree._Element, place: Place, here: Place) -> None:
        """Keep what was asked for or called off, and has no result yet."""
        code = coded(child(node, CODE), self._narrative)
        status = here.void or status_of(node)
        is_asked_for = mood_of(node) and is_to_be_shown(here.mood)
        if (code.label or code.code) and (is_asked_for or status.casefold() in _UNFINISHED):
            label, own = names_of(node, code, Coded(), _ABSENT, self._narrative)
            result = self._at(here._replace(group=place.group, group_code=place.group_code), _ABSENT, label)
            self._add(replace(result, code=code.code, code_system=code.system, local_label=own, status=status))

    def _at(self, here: Place, value: ResultValue, label: str) -> LabResult:
        return LabResult(
            label=label,
            value=value,
            time=here.time,
            collected=here.collected,
            chapter=here.chapter,
            subchapter=here.subchapter,
            section_code=here.section_code,
            group=here.group,
            group_code=here.group_code,
            specimen=here.specimen,
            organism=here.organism,
            body_site=here.body_site,
            mood=here.mood,
            family=here.family,
        )

    def _observation(self, node: etree._Element, parts: Parts, here: Place) -> Place:
        """Read an observation; give the place of those that stand below it."""
        code = coded(first_of(parts, CODE), self._narrative)
        if code.code == _ATTACHED_DOCUMENT or not is_to_be_shown(here.mood):
            return here
        refuse_repeated(parts)
        is_laboratory = self._is_laboratory or any(
            part.get("root") in _LAB_TEMPLATES for part in parts.get(_TEMPLATE, ())
        )
        read: list[tuple[etree._Element | None, ResultValue]] = [
            (element, value_of(element, self._narrative)) for element in parts.get(VALUE, ())
        ]
        if not is_laboratory:
            read = [] if here.mood else [(element, value) for element, value in read if value.is_numeric]
        has_parts = self._holds_observations(node, parts)
        if is_laboratory and not read and not has_parts:
            read = [(None, _ABSENT)]
        start = len(self._found)
        for given in read:
            self._add(self._observations.result(node, parts, code, given, here, is_laboratory))
        return self._head(start, code, here) if has_parts else here

    def _holds_observations(self, node: etree._Element, parts: Parts) -> bool:
        links = [link for link in parts.get(RELATION, ()) if not is_recalled(node, link)]
        return any(child(link, tag) is not None for link in links for tag in (OBSERVATION, ORGANIZER))

    def _head(self, start: int, code: Coded, here: Place) -> Place:
        """Let an observation stand over those inside it."""
        if len(self._found) == start:
            return here._replace(group=code.label[:MAX_LABEL] or here.group)
        self._families += 1
        head = self._found[start]
        self._found[start] = replace(head, family=self._families, is_head=True)
        says = head.value.kind in (ValueKind.CODED, ValueKind.TEXT) and not head.negated
        name = head.local_label or head.label
        group = f"{name} : {head.value.text}" if says else name
        return here._replace(group=group[:MAX_LABEL], group_code=code.code, family=self._families)


def _is_comment(link: etree._Element) -> bool:
    act = child(link, ACT)
    return act is not None and code_of(act) == COMMENT
