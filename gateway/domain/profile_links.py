"""Names of what may be linked in a record (E77): an entry of the profile, a document, a kind of measure."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.errors import NotFound
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection

MOST_LINKS = 50
"""Links that one entry holds."""
_NAME = re.compile(r"([a-z-]{1,40}):([0-9a-z-]{1,40})")
_HEXADECIMAL = re.compile(r"[1-9a-f][0-9a-f]{0,15}")
_SECTIONS = {section.value: section for section in ProfileSection}


@dataclass(frozen=True, slots=True)
class EntryName:
    """An entry of the profile; written ``maladies:2a``."""

    section: ProfileSection
    id: int

    def __str__(self) -> str:
        return f"{self.section.value}:{self.id:x}"


@dataclass(frozen=True, slots=True)
class DocumentName:
    """A document of the record; written ``document:2a``."""

    id: int

    def __str__(self) -> str:
        return f"document:{self.id:x}"


@dataclass(frozen=True, slots=True)
class MeasureName:
    """The curve of a kind of measure; written ``mesure:tension``."""

    kind: MeasureKind

    def __str__(self) -> str:
        return f"mesure:{self.kind.value}"


LinkedName: TypeAlias = EntryName | DocumentName | MeasureName


def linked_name(text: str) -> LinkedName:
    """Read a name; raise `NotFound` for anything but the one way it is written."""
    found = _NAME.fullmatch(text)
    first, last = found.groups() if found else ("", "")
    number = int(last, 16) if _HEXADECIMAL.fullmatch(last) else 0
    if first == "mesure" and last in {kind.value for kind in MeasureKind}:
        return MeasureName(MeasureKind(last))
    if first == "document" and 0 < number < 2**62:
        return DocumentName(number)
    if first in _SECTIONS and 0 < number < 2**62:
        return EntryName(_SECTIONS[first], number)
    raise NotFound("this names nothing that is linked")
