"""The sentences of a page of documents, without what is no prose: code, tables, quotations, names of things."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NOT_PROSE = re.compile(r"^(?:\||#|\s*$)")
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+")
_END = re.compile(r"(?<=[.!?])[»)”*_]*\s+(?=[«(“*_]*[A-ZÀ-Ý0-9`c])")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|cf|etc|vs|p|no|St|Dr)\.", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][\w'’-]*")


def sentences(page: str) -> Iterator[str]:
    """Give the sentences of a page in Markdown, each on one line; what stands in parentheses counts."""
    for paragraph in _paragraphs(_FENCE.sub("", page)):
        plain = _ABBREVIATION.sub(r"\1", _LINK.sub(r"\1", _CODE.sub("c", paragraph)))
        yield from (sentence for sentence in _END.split(plain) if sentence)


def words(sentence: str) -> int:
    """Count the words of a sentence."""
    return len(_WORD.findall(sentence))


def _paragraphs(page: str) -> Iterator[str]:
    lines: list[str] = []
    for line in page.splitlines():
        if _NOT_PROSE.match(line) or _ITEM.match(line):
            if lines:
                yield " ".join(lines)
            lines = []
        if not _NOT_PROSE.match(line):
            lines.append(_ITEM.sub("", line).strip())
    if lines:
        yield " ".join(lines)
