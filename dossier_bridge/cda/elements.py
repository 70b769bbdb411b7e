"""The few ways in which CDA elements are read: children by tag, texts, codes, times and references.

Everything here takes an element and gives a plain value; an absent element gives an empty one.
"""

from collections.abc import Iterator
from typing import NamedTuple, cast

from lxml import etree

from dossier_bridge.cda.spaced_text import spaced_text
from dossier_bridge.faults import FaultReason, fault
from gateway.domain.timestamp import Timestamp

V3 = "{urn:hl7-org:v3}"
"""Namespace of CDA R2, as lxml writes it before a tag."""

MAX_LABEL = 500
MAX_WORDS = 16_000
"""What is repeated in every result is a label and is cut shorter than a text of one result: otherwise a
report of a few megabytes could be read as gigabytes."""
MAX_WALKED = 2_000_000
"""How many elements may be walked for the words that references lead to: parts of parts are walked again."""

CODE, ID, VALUE, NAME = (V3 + tag for tag in ("code", "id", "value", "name"))
TIME = V3 + "effectiveTime"
_ORIGINAL_TEXT, _REFERENCE = V3 + "originalText", V3 + "reference"
_LOW, _HIGH = V3 + "low", V3 + "high"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_IDENTIFIED = etree.XPath("//*[@ID]")


class Coded(NamedTuple):
    """A code with its system and its label: the display name, else the words it refers to; `display` is the former."""

    code: str = ""
    system: str = ""
    label: str = ""
    original: str = ""
    display: str = ""


_NOTHING = Coded()


class Narrative:
    """The parts of a document's human-readable text that coded elements refer to by ``#ID``."""

    def __init__(self, root: etree._Element) -> None:
        # An expression may give many types; this one selects elements and nothing else.
        nodes = cast(list[etree._Element], _IDENTIFIED(root))
        self._by_id = {node.get("ID", ""): node for node in nodes}
        self._words: dict[str, str] = {}
        self._walked = 0

    def element(self, reference: str) -> etree._Element | None:
        """Give what has an identifier."""
        return self._by_id.get(reference.strip().removeprefix("#"))

    def text(self, reference: str) -> str:
        """Give the words under an identifier in one line; empty for a dangling reference."""
        return self._read(reference, "")

    def lines(self, reference: str) -> str:
        """Give the words under an identifier, lines kept apart."""
        return self._read(reference, "\n")

    def _read(self, reference: str, line: str) -> str:
        name = reference + line
        if name not in self._words:
            found = self.element(reference)
            if found is not None and len(found):
                self._walked += sum(1 for _ in found.iter())
                if self._walked > MAX_WALKED:
                    raise fault(FaultReason.TOO_MANY)
            self._words[name] = flat_text(found, line)
        return self._words[name]


def child(element: etree._Element | None, *tags: str) -> etree._Element | None:
    """Follow tags downwards, the first child each time; None as soon as one is missing."""
    for tag in tags:
        if element is None:
            return None
        # A loop that ends at once is cheaper than `next` over a default, and this is called hundreds of times.
        for found in element.iterchildren(tag):
            element = found
            break
        else:
            return None
    return element


def flat_text(element: etree._Element | None, line: str = "") -> str:
    """Give the text below an element in one line, or its lines joined by `line`, no longer than `MAX_WORDS`."""
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())[:MAX_WORDS]
    return spaced_text(element, line)[:MAX_WORDS]


def coded(element: etree._Element | None, narrative: Narrative) -> Coded:
    """Read a coded element (CD, CE, CV…)."""
    if element is None:
        return _NOTHING
    original = original_text(element, narrative) if len(element) else ""
    display = " ".join(element.get("displayName", "").split())[:MAX_LABEL]
    return Coded(
        code=element.get("code", ""),
        system=element.get("codeSystem", ""),
        label=display or original,
        original=original,
        display=display,
    )


def original_text(element: etree._Element, narrative: Narrative) -> str:
    """Read the ``originalText`` of a coded element: its own words, else those it refers to."""
    original = child(element, _ORIGINAL_TEXT)
    return referred_text(original, narrative) if original is not None else ""


def referred_text(element: etree._Element | None, narrative: Narrative, line: str = "") -> str:
    """Read an element's words: those it refers to in the narrative, else its own."""
    if element is None:
        return ""
    referred = ""
    if len(element):
        for reference in element.iter(_REFERENCE):
            value = reference.get("value", "")
            referred = narrative.lines(value) if line else narrative.text(value)
            break
    return referred or flat_text(element, line)


def time_of(element: etree._Element | None, tag: str = TIME) -> Timestamp | None:
    """Read the time of an element: its value, else the end of its interval, else the beginning."""
    return moment_of(child(element, tag))


def moment_of(time: etree._Element | None) -> Timestamp | None:
    """Read a time: its value, else the end of its interval, else the beginning."""
    if time is None:
        return None
    text = time.get("value")
    if not text and len(time):
        text = next((bound.get("value") for bound in _bounds(time) if bound.get("value")), "")
    return Timestamp(text) if text else None


def _bounds(time: etree._Element) -> Iterator[etree._Element]:
    return (bound for bound in (child(time, _HIGH), child(time, _LOW)) if bound is not None)


def identifiers_of(element: etree._Element | None) -> tuple[tuple[str, str], ...]:
    """Read every ``id`` of an element as ``(root, extension)``, null ones left out."""
    if element is None:
        return ()
    found = [(node.get("root", ""), node.get("extension", "")) for node in element.iterchildren(ID)]
    return tuple([pair for pair in found if pair[0]])


def type_of(value: etree._Element) -> str:
    """Give the local name of ``xsi:type``, resolved as a QName; empty when it is of another namespace."""
    declared = value.get(_TYPE, "").strip()
    prefix, colon, name = declared.partition(":")
    if not colon:
        return declared
    return name if value.nsmap.get(prefix) == "urn:hl7-org:v3" else ""
