"""The composite data types of HL7 v2 that XDM metadata and HL7 v2 messages share (CX, XCN, XON, XPN, SEX).

One value in, one value of the domain out; a missing or odd component gives an empty one, never an error.
"""

import re

from gateway.domain.document import Participant
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import BirthDate, Sex


def component(text: str, index: int, separator: str = "^") -> str:
    """Give one component by its position from zero, trimmed; empty when there are fewer."""
    parts = text.split(separator)
    return parts[index].strip() if index < len(parts) else ""


def identifier_of(text: str) -> tuple[str, str] | None:
    """Read a CX ``id^^^&oid&ISO^…`` as ``(root, extension)``; None when either is missing."""
    root, extension = component(component(text, 3), 1, "&"), component(text, 0)
    return (root, extension) if root and extension else None


def participant_of(text: str) -> Participant:
    """Read an XCN ``id^family^given^^^^^^&oid&ISO^…`` into a participant."""
    name = " ".join(part for part in (component(text, 2), component(text, 1)) if part)
    return Participant(name=name, identifiers=_identified(component(text, 8), component(text, 0)))


def organisation_of(text: str) -> Participant:
    """Read an XON ``name^^^^^&oid&ISO^^^^id`` into a participant that has an organisation only."""
    identifiers = _identified(component(text, 5), component(text, 9))
    return Participant(organisation=component(text, 0), organisation_identifiers=identifiers)


def _identified(authority: str, extension: str) -> tuple[tuple[str, str], ...]:
    return ((component(authority, 1, "&"), extension),) if extension else ()


def names_of(texts: list[str]) -> tuple[str | None, tuple[str, ...], str | None]:
    """Read XPN values: birth name and given names from the legal one (L), used name from the display one (D)."""
    named = [text for text in texts if text.strip("^ ")]
    by_kind = {component(text, 6).upper(): text for text in reversed(named)}
    legal = by_kind.get("L", by_kind.get("", ""))
    given = (component(legal, 1), *re.split(r"[ ,]+", component(legal, 2)))
    used = component(by_kind.get("D", ""), 0)
    return component(legal, 0) or None, tuple(name for name in given if name), used or None


def sex_of(text: str) -> Sex | None:
    """Read an administrative sex, or None when it is absent or not one."""
    return {"M": Sex.MALE, "F": Sex.FEMALE, "U": Sex.UNKNOWN, "UN": Sex.UNKNOWN}.get(text.strip().upper())


def birth_date_of(text: str) -> BirthDate | None:
    """Read a birth date, or None when it is absent or not a date."""
    try:
        return BirthDate.parse(text)
    except InvalidValue:
        return None
