"""The words of a narrative, never glued: cells, lines and blocks stay apart (CDA R2 §4.3.5).

A value « 140 » above « 10 fois » is not « 14010 fois », and a raised figure stays raised: « 10⁹ » is not « 109 ».
"""

import re

from lxml import etree

CELL_SEPARATOR = " · "

_V3 = "{urn:hl7-org:v3}"
_CELLS = frozenset({_V3 + "td", _V3 + "th"})
_LINES = frozenset(_V3 + tag for tag in (
    "tr", "br", "paragraph", "list", "item", "caption", "table", "thead", "tbody", "tfoot", "title", "text", "section",
    "component", "footnote", "renderMultiMedia",
))  # fmt: skip
_SCRIPTS = {
    _V3 + "sup": str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ"),
    _V3 + "sub": str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋"),
}
_INLINE = frozenset({_V3 + "content", _V3 + "linkHtml"})
# XML 1.0 allows none of these octets, so no text holds them.
_CELL, _LINE, _OPENED, _CLOSED = "\x1e", "\x1f", "\x1c", "\x1d"
_NEIGHBOURS = re.compile(r"(?<!\x1d)\x1d+\x1c+")
_FIGURES = re.compile(r"(?<=\d)[\x1c\x1d]+(?=\d)")
_FIGURE_AND_WORD = re.compile(r"(?<=\d)[\x1c\x1d]+(?=[^\W\d])|(?<=[^\W\d])[\x1c\x1d]+(?=\d)")
_BOUNDARY = re.compile(r"[\x1c\x1d]+")


def spaced_text(element: etree._Element, line: str = "") -> str:
    """Give the words below an element: lines joined by `line`, or in one line, figures never beside figures."""
    marked = _apart(_marked(element))
    lines = [words for part in marked.split(_LINE) if (words := _cells(part))]
    return line.join(lines) if line else _one_line(lines)


def _marked(element: etree._Element) -> str:
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag = node.tag
        mark = _LINE if tag in _LINES else _CELL if tag in _CELLS else ""
        if tag in _INLINE and node is not element:
            mark = _OPENED if event == "start" else _CLOSED
        if event == "start":
            text = node.text or ""
            if tag in _SCRIPTS and not text.strip().isalpha():
                text = text.translate(_SCRIPTS[tag])
            pieces.append(mark + text)
        else:
            pieces.append(mark)
            if node is not element:
                pieces.append(node.tail or "")
    return "".join(pieces)


def _apart(text: str) -> str:
    """Part inline pieces that are neighbours, and figures from figures or words; a word in two pieces stays one."""
    text = _NEIGHBOURS.sub(lambda found: CELL_SEPARATOR if _is_between_figures(found) else " ", text)
    text = _FIGURE_AND_WORD.sub(" ", _FIGURES.sub(CELL_SEPARATOR, text))
    return _BOUNDARY.sub("", text)


def _is_between_figures(found: re.Match[str]) -> bool:
    text = found.string
    return text[found.start() - 1 : found.start()].isdigit() and text[found.end() : found.end() + 1].isdigit()


def _cells(part: str) -> str:
    return CELL_SEPARATOR.join(words for cell in part.split(_CELL) if (words := " ".join(cell.split())))


def _one_line(lines: list[str]) -> str:
    """Join lines by a blank, or by more where a number would seem to go on: « 136 » and « 145 » are no 136 145."""
    text = ""
    for words in lines:
        is_number_beside_number = text[-1:].isdigit() and words[:1].isdigit()
        text += (CELL_SEPARATOR if is_number_beside_number else " " if text else "") + words
    return text
