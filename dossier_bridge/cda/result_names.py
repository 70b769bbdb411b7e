"""What an examination is called: words with a letter that are not its own value (STD §4.2).

Reports link names into their narrative, sometimes to a whole line or to the cell of the value.
"""

import re

from lxml import etree

from dossier_bridge.cda.elements import (
    CODE,
    MAX_LABEL,
    MAX_WORDS,
    V3,
    Coded,
    Narrative,
    child,
    flat_text,
    referred_text,
)
from gateway.domain.document import ResultValue
from gateway.domain.units import same_unit

_TEXT, _ORIGINAL, _REFERENCE = V3 + "text", V3 + "originalText", V3 + "reference"
_CELLS = (V3 + "td", V3 + "th")
_VALUE = re.compile(r"[<>=≤≥]*\s*([+-]?\d[\d\s.,]*)\s*([^\s\d][^\s]*)?(?:\s+\S{1,3})?")


def names_of(
    node: etree._Element, code: Coded, local: Coded, value: ResultValue, narrative: Narrative
) -> tuple[str, str]:
    """Give the name of an examination and what the laboratory itself calls it; the first is never empty."""
    own = code.original
    if own and not _is_name(own, value):
        own = ""
    if own:
        own = _first_cell(node, value, narrative) or own
    candidates = (code.display, own, local.label)
    label = next((name for name in candidates if name and _is_name(name, value)), "")
    label = label or next((name for name in candidates if name and not any(c.isdigit() for c in name)), "")
    if not label:
        words = referred_text(child(node, _TEXT), narrative)[:MAX_LABEL]
        number = code.code or local.code
        named = f"Examen {number}" if number and not _has_letter(number) else number
        label = words if _is_name(words, value) else named or "Résultat"
    return label[:MAX_WORDS], own or (local.label if _is_name(local.label, value) else "")


def _has_letter(text: str) -> bool:
    return text[:1].isalpha() or any(letter.isalpha() for letter in text)


def _is_name(text: str, value: ResultValue) -> bool:
    """Say whether words may name an examination: they have a letter, and do not merely repeat the value."""
    if not _has_letter(text) or text == value.text:
        return False
    if len(text) > MAX_LABEL:
        return True
    if not text[:1].isdigit() and text[:1] not in "<>=≤≥+-":
        return text.casefold() != value.text.casefold()
    repeated = _VALUE.fullmatch(text)
    if repeated is None:
        return True
    is_same_figure = repeated[1].strip().replace(",", ".") == value.text.replace(",", ".")
    return not (is_same_figure or (value.unit and same_unit(repeated[2] or "", value.unit)))


def _first_cell(node: etree._Element, value: ResultValue, narrative: Narrative) -> str:
    """Give the first cell that is a name, where the reference leads to a whole line of a table."""
    reference = child(node, CODE, _ORIGINAL, _REFERENCE)
    row = narrative.element(reference.get("value", "")) if reference is not None else None
    if row is None or row.tag != V3 + "tr":
        return ""
    return next((words for words in map(flat_text, row.iterchildren(*_CELLS)) if _is_name(words, value)), "")
