"""The few ways in which CDA elements are read: children by tag, texts, codes, times and references.

Everything here takes an element and gives a plain value; an absent element gives an empty one.
"""

from dataclasses import dataclass
from typing import cast

from lxml import etree

from gateway.domain.timestamp import Timestamp

V3 = "{urn:hl7-org:v3}"
"""Namespace of CDA R2, as lxml writes it before a tag."""

MAX_LABEL = 500
MAX_WORDS = 16_000
"""What is repeated in every result is a label and is cut shorter than a text of one result: otherwise a
report of a few megabytes could be read as gigabytes."""

CODE, ID, VALUE, NAME = (V3 + tag for tag in ("code", "id", "value", "name"))
_ORIGINAL_TEXT, _REFERENCE, _TIME = (V3 + tag for tag in ("originalText", "reference", "effectiveTime"))
_LOW, _HIGH = V3 + "low", V3 + "high"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_IDENTIFIED = etree.XPath("//*[@ID]")


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its system and its label: the display name, else the words it refers to."""

    code: str = ""
    system: str = ""
    label: str = ""
    original: str = ""


class Narrative:
    """The parts of a document's human-readable text that coded elements refer to by ``#ID``."""

    def __init__(self, root: etree._Element) -> None:
        # An expression may give many types; this one selects elements and nothing else.
        nodes = cast(list[etree._Element], _IDENTIFIED(root))
        self._by_id = {node.get("ID", ""): node for node in nodes}
        self._words: dict[str, str] = {}

    def text(self, reference: str) -> str:
        """Give the words under an identifier, white space folded; empty for a dangling reference."""
        name = reference.removeprefix("#")
        if name not in self._words:
            self._words[name] = flat_text(self._by_id.get(name))
        return self._words[name]


def child(element: etree._Element | None, *tags: str) -> etree._Element | None:
    """Follow tags downwards, the first child each time; None as soon as one is missing."""
    for tag in tags:
        if element is None:
            return None
        element = next(element.iterchildren(tag), None)
    return element


def flat_text(element: etree._Element | None) -> str:
    """Give the text below an element, white space folded, no longer than `MAX_WORDS`."""
    if element is None:
        return ""
    words = etree.tostring(element, encoding="unicode", method="text", with_tail=False).split()
    return " ".join(words)[:MAX_WORDS]


def coded(element: etree._Element | None, narrative: Narrative) -> Coded:
    """Read a coded element (CD, CE, CV…)."""
    if element is None:
        return Coded()
    original = original_text(element, narrative)
    label = " ".join(element.get("displayName", "").split())[:MAX_LABEL]
    return Coded(element.get("code", ""), element.get("codeSystem", ""), label or original, original)


def original_text(element: etree._Element, narrative: Narrative) -> str:
    """Read the ``originalText`` of a coded element: its own words, else those it refers to."""
    original = child(element, _ORIGINAL_TEXT)
    if original is None:
        return ""
    reference = child(original, _REFERENCE)
    referred = narrative.text(reference.get("value", "")) if reference is not None else ""
    return referred or flat_text(original)


def time_of(element: etree._Element | None, tag: str = _TIME) -> Timestamp | None:
    """Read a time: its value, else the end of its interval, else the beginning."""
    time = child(element, tag)
    if time is None:
        return None
    bounds = (time, child(time, _HIGH), child(time, _LOW))
    return next((Timestamp(b.get("value", "")) for b in bounds if b is not None and b.get("value")), None)


def identifiers_of(element: etree._Element | None) -> tuple[tuple[str, str], ...]:
    """Read every ``id`` of an element as ``(root, extension)``, null ones left out."""
    if element is None:
        return ()
    found = ((node.get("root", ""), node.get("extension", "")) for node in element.iterchildren(ID))
    return tuple(pair for pair in found if pair[0])


def type_of(value: etree._Element) -> str:
    """Give the local name of ``xsi:type``, resolved as a QName; empty when it is of another namespace."""
    declared = value.get(_TYPE, "").strip()
    prefix, colon, name = declared.partition(":")
    if not colon:
        return declared
    return name if value.nsmap.get(prefix) == "urn:hl7-org:v3" else ""
