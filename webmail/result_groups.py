"""Results of laboratories as the pages show them: the sender's own figures, ranges and words (STD §4.2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from gateway.domain.interpretation import interpretation_words, is_critical_code
from gateway.domain.lab_result import LabResult, Remark, ResultState, ResultValue, ValueKind
from gateway.domain.result_words import (
    ABSENT,
    STATE_WORDS,
    absence_words,
    bounds_words,
    day_words,
    earlier_words,
    name_of,
    ranges_words,
    value_with_unit,
    value_words,
)
from webmail.shown_documents import Result, ResultGroup

_LOINC = "2.16.840.1.113883.6.1"


def groups_of(
    results: Iterable[LabResult], *, measures: bool = False, examination: Callable[[LabResult], str] = lambda _: ""
) -> tuple[ResultGroup, ...]:
    """Gather a laboratory's results, or else what is none of them, by chapter, in the order of the report.

    `examination` names the page of all results of the same examination.
    """
    chosen = [result for result in results if (result.category != "laboratory") is measures]
    headings = _headings(chosen)
    chapters: dict[str, list[Result]] = {}
    sampled: dict[str, str] = {}
    for result in chosen:
        chapter = result.chapter or result.group
        heading, taken = headings.get(result.family, ""), _sampled(result)
        said = taken if taken != sampled.get(chapter) else ""
        sampled[chapter] = taken
        shown = replace(result_of(result, _part(result, chapter, heading), said), examination=examination(result))
        chapters.setdefault(chapter, []).append(shown)
    return tuple(ResultGroup(title, tuple(members)) for title, members in chapters.items())


def remarks_of(results: Iterable[LabResult]) -> tuple[Remark, ...]:
    """Give what the laboratory says of the whole report."""
    return tuple(remark for result in results for remark in result.remarks if remark.of_report)


def result_of(result: LabResult, part: str = "", sampled: str = "") -> Result:
    """Translate one result."""
    compared = result.compared_range
    taken = result.collected or result.time
    label, system = name_of(result)
    codes = result.interpretation if result.counts else ()
    texts = (result.interpretation_text,) if result.counts else ()
    return Result(
        label=label,
        value=ABSENT if result.negated else _value(result.value),
        shown=_shown(result),
        aside=_aside(result),
        state=STATE_WORDS[result.state],
        loinc=result.code if result.code_system == _LOINC else result.local_code or result.code,
        unit="" if result.negated else result.value.unit,
        low=compared.low if compared else None,
        high=compared.high if compared else None,
        low_excluded=compared is not None and compared.low_excluded,
        high_excluded=compared is not None and compared.high_excluded,
        reference=ranges_words(result) if result.counts else "",
        interpretation=_interpretation(codes),
        signal=interpretation_words(codes, *texts),
        other_unit=_second(result) if result.counts else "",
        method=result.method,
        about=tuple(filter(None, (result.body_site, system))),
        comment=result.comment,
        remarks=tuple(_titled(remark) for remark in result.remarks if not remark.of_report),
        earlier=tuple(map(earlier_words, result.earlier)),
        part=part,
        sampled=sampled,
        stands=result.counts and result.value.kind is not ValueKind.ABSENT,
        is_heading=result.is_head and not result.code and not result.local_code,
        at=taken.instant if taken else None,
    )


def _headings(results: Sequence[LabResult]) -> dict[int, str]:
    """Name each germ once: two strains of one germ are told apart by their number."""
    germs = {result.family: result.organism for result in results if result.family and result.organism}
    names = list(germs.values())
    return {
        family: f"{name} (souche {names[:at].count(name) + 1})" if names.count(name) > 1 else name
        for at, (family, name) in enumerate(germs.items())
    }


def _part(result: LabResult, chapter: str, heading: str) -> str:
    group = result.group if result.group != chapter else ""
    germ = heading or result.organism
    if germ and not group:
        group = "Germe identifié"
    named = " : ".join(filter(None, (group, germ)))
    above = result.subchapter.rstrip(" :")
    return " · ".join(filter(None, (above if above.casefold() != chapter.casefold() else "", named)))


def _sampled(result: LabResult) -> str:
    day = day_words(result.collected)
    when = f"le {day}" if result.collected and result.collected.day else day
    if not result.specimen:
        return f"Prélèvement {when}" if when else ""
    return ", ".join(filter(None, (f"Prélèvement : {result.specimen}", when)))


def _shown(result: LabResult) -> str:
    """Say what stands in the place of the value."""
    if result.state not in (ResultState.FINAL, ResultState.PROVISIONAL):
        return STATE_WORDS[result.state]
    if result.negated:
        return ABSENT
    return absence_words(result.value) if result.value.kind is ValueKind.ABSENT else value_words(result.value)


def _aside(result: LabResult) -> str:
    """Say the value that does not stand, so that nothing of what was sent is lost."""
    value = value_with_unit(result.value)
    if not value or result.counts:
        return ""
    denied = f"le laboratoire écarte : {value}"
    if result.state in (ResultState.FINAL, ResultState.PROVISIONAL):
        return denied
    if result.state is ResultState.AWAITED:
        return ""
    return f"valeur à ne pas retenir : {denied if result.negated else value}"


def _value(value: ResultValue) -> str:
    """Write a value with a decimal point; words stay as they are."""
    text = value.text if value.number is None else value.text.replace(",", ".")
    return f"{value.comparator}{text}"


def _second(result: LabResult) -> str:
    if result.second is None:
        return ""
    bounds = bounds_words(result.second_range, result.second.unit) if result.second_range else ""
    return value_with_unit(result.second) + (f" (intervalle : {bounds})" if bounds else "")


def _titled(remark: Remark) -> str:
    return f"{remark.title} : {remark.words}" if remark.title else remark.words


def _interpretation(codes: tuple[str, ...]) -> str:
    """Give the code that matters most: a critical one hides no other, but is never hidden."""
    return next((code for code in codes if is_critical_code(code)), codes[0] if codes else "")
