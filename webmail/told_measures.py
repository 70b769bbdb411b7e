"""Which measures of a document its text says already: a page says a number once. Pure."""

import re

from gateway.domain.readable import ReadableText
from webmail.shown_documents import Document, Result, ResultGroup

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)


def measures_of(document: Document) -> tuple[tuple[ResultGroup, ...], tuple[ResultGroup, ...]]:
    """Part measures into those whose number stands in the text, in whatever unit, and those that it does not say."""
    said = _numbers_in(document.text) if document.measures else set()
    told, untold = [], []
    for group in document.measures:
        within = [measure for measure in group.results if _is_told(measure, said)]
        beside = [measure for measure in group.results if not _is_told(measure, said)]
        told += [ResultGroup(group.title, tuple(within))] if within else []
        untold += [ResultGroup(group.title, tuple(beside))] if beside else []
    return tuple(told), tuple(untold)


def _is_told(measure: Result, said: set[str]) -> bool:
    numbers = set(map(_significant, _NUMBER.findall(measure.value)))
    return bool(numbers) and numbers <= said


def _numbers_in(text: ReadableText) -> set[str]:
    words = (token for token in text.tokens if isinstance(token, str))
    return {_significant(number) for token in words for number in _NUMBER.findall(token)}


def _significant(number: str) -> str:
    """Give the figures that count: 1,70 m and 170 cm are one height."""
    return number.replace(",", "").replace(".", "").strip("0") or "0"
