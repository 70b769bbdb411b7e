"""The body of a synthetic report: results written in the structure of STD §4.2, or a PDF alone.

The opposite of `dossier_bridge.cda.results`: what is written here is read there as the same `LabResult`.
"""

import base64
from collections.abc import Iterator, Sequence
from itertools import groupby

from dossier_bridge.synthetic.markup import element, nested, text
from dossier_bridge.synthetic.values import written_range, written_value
from gateway.domain.document import EarlierValue, LabResult
from gateway.domain.timestamp import Timestamp

_COPY = "55108-5"
_COMMENT = "48767-8"
_Numbered = tuple[int, LabResult]


def unstructured_body(pdf: bytes) -> str:
    """Write a ``nonXMLBody`` that holds a PDF."""
    return nested("nonXMLBody", _embedded("text", pdf))


def structured_body(results: Sequence[LabResult], pdf: bytes | None) -> str:
    """Write a ``structuredBody``: chapters, sub-chapters, results, and a PDF copy in the last section."""
    chapters = [
        _chapter(chapter, list(inside))
        for chapter, inside in groupby(enumerate(results), lambda item: item[1].chapter)
    ]
    return nested("structuredBody", *chapters, _copy_section(pdf) if pdf else "")


def _chapter(chapter: str, inside: list[_Numbered]) -> str:
    sections = ""
    for subchapter, group in groupby(inside, lambda item: item[1].subchapter):
        members = list(group)
        content = nested("text", *(_narrative(*m) for m in members)) + nested("entry", _act(members))
        code = element("code", code=members[0][1].section_code)
        title = nested("title", text(subchapter))
        sections += nested("component/section", code, title, content) if subchapter else content
    code = element("code", code=inside[0][1].section_code)
    return nested("component/section", code, nested("title", text(chapter)), sections)


def _copy_section(pdf: bytes) -> str:
    media = element("observationMedia", _embedded("value", pdf), ID="copie")
    code = element("code", code=_COPY, displayName="Copie du document")
    return nested("component/section", code, nested("entry/organizer/component", media))


def _embedded(tag: str, pdf: bytes) -> str:
    content = base64.b64encode(pdf).decode("ascii")
    return element(tag, content, mediaType="application/pdf", representation="B64")


def _narrative(number: int, result: LabResult) -> str:
    words = element("content", text(result.local_label), ID=f"r{number}") if result.local_label else ""
    comment = element("content", text(result.comment), ID=f"c{number}") if result.comment else ""
    return nested("paragraph", words, text(f" {result.value.display} "), comment)


def _act(members: list[_Numbered]) -> str:
    first = members[0][1]
    sampled = nested("entryRelationship", _procedure(first)) if first.specimen or first.collected else ""
    return element("act", sampled, *_groups(members), classCode="ACT", moodCode="EVN")


def _groups(members: list[_Numbered]) -> Iterator[str]:
    for (organism, group, code), inside in groupby(
        members, lambda m: (m[1].organism, m[1].group, m[1].group_code)
    ):
        written = "".join(nested("component", _observation(*member)) for member in inside)
        if group or code:
            battery = element("code", code=code, displayName=group)
            written = nested("component", element("organizer", battery, written, classCode="BATTERY"))
        if organism:
            named = element("specimenPlayingEntity", element("code", displayName=organism), classCode="MIC")
            specimen = nested("specimen/specimenRole", named)
            written = nested("entryRelationship", element("organizer", specimen, written, classCode="CLUSTER"))
        yield written


def _procedure(result: LabResult) -> str:
    code = element("code", displayName=result.specimen)
    specimen = nested("participant/participantRole/playingEntity", code) if result.specimen else ""
    return nested("procedure", _time(result.collected), specimen)


def _observation(number: int, result: LabResult) -> str:
    original = element("reference", value=f"#r{number}") if result.local_label else ""
    local = element("translation", code=result.local_code, codeSystem=result.local_code_system)
    code = element(
        "code",
        nested("originalText", original) if original else "",
        local if result.local_code else "",
        code=result.code,
        codeSystem=result.code_system,
        displayName=result.label,
    )
    ranges = enumerate(result.ranges)
    return element(
        "observation",
        element("templateId", root="1.2.250.1.213.1.1.3.80"),
        code,
        element("statusCode", code=result.status) if result.status else "",
        _time(result.time),
        written_value(result.value, result.second),
        *(element("interpretationCode", code=mark) for mark in result.interpretation),
        element("methodCode", displayName=result.method) if result.method else "",
        _comment(number) if result.comment else "",
        *(_recalled(result, earlier) for earlier in result.earlier),
        *(written_range(given, None if at else result.second_range) for at, given in ranges),
        classCode="OBS",
        moodCode="EVN",
    )


def _comment(number: int) -> str:
    words = nested("text", element("reference", value=f"#c{number}"))
    return element("entryRelationship", nested("act", element("code", code=_COMMENT), words), typeCode="SUBJ")


def _recalled(result: LabResult, earlier: EarlierValue) -> str:
    code = element("code", code=result.code, codeSystem=result.code_system)
    observation = nested("observation", code, _time(earlier.time), written_value(earlier.value))
    return element("entryRelationship", observation, typeCode="REFR")


def _time(time: Timestamp | None) -> str:
    return element("effectiveTime", value=time.text) if time else ""
