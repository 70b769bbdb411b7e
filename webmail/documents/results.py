"""Results of laboratories as the pages show them: the sender's own figures, ranges and words (STD §4.2)."""

from collections.abc import Iterable

from gateway.domain.lab_result import CRITICAL_INTERPRETATIONS, LabResult, ReferenceRange, ResultValue
from webmail.documents.model import Result, ResultGroup

_LOINC = "2.16.840.1.113883.6.1"


def groups_of(results: Iterable[LabResult]) -> tuple[ResultGroup, ...]:
    """Gather results by chapter; chapters and results stay in the order of the report."""
    chapters: dict[str, list[Result]] = {}
    for result in results:
        chapters.setdefault(result.chapter or result.group, []).append(result_of(result))
    return tuple(ResultGroup(title, tuple(members)) for title, members in chapters.items())


def result_of(result: LabResult) -> Result:
    """Translate one result."""
    normal = _comparable_range(result)
    taken = result.collected or result.time
    return Result(
        label=result.local_label or result.label,
        value=_value(result.value),
        loinc=result.code if result.code_system == _LOINC else result.local_code or result.code,
        unit=result.value.unit,
        low=normal.low if normal else None,
        high=normal.high if normal else None,
        reference=_range_words(result),
        interpretation=_interpretation(result.interpretation),
        other_unit=result.second.display if result.second else "",
        method=result.method,
        comment=result.comment,
        at=taken.instant if taken else None,
    )


def _value(value: ResultValue) -> str:
    """Write a value with a decimal point; words stay as they are."""
    text = value.text if value.number is None else value.text.replace(",", ".")
    return f"{value.comparator}{text}"


def _comparable_range(result: LabResult) -> ReferenceRange | None:
    """Give the normal range, if it is in the unit of the value."""
    normal = result.normal_range
    return normal if normal and (not normal.unit or normal.unit == result.value.unit) else None


def _range_words(result: LabResult) -> str:
    normal = result.normal_range
    if normal is None or normal.text or _comparable_range(result):
        return result.range_text
    if normal.low is not None and normal.high is not None:
        return f"{normal.low} – {normal.high} {normal.unit}"
    return f"≤ {normal.high} {normal.unit}" if normal.low is None else f"≥ {normal.low} {normal.unit}"


def _interpretation(codes: tuple[str, ...]) -> str:
    """Give the code that matters most: a critical one hides no other, but is never hidden."""
    return next((code for code in codes if code in CRITICAL_INTERPRETATIONS), codes[0] if codes else "")
