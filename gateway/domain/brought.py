"""What a document brings for its patient's record besides itself: entries for the profile, and acts of care (F48).

Entries are as somebody would type them: whoever keeps them checks them as what is typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from gateway.domain.care_history import MOST_LINES, CareKind
from gateway.domain.identity import folded_name
from gateway.domain.profile import ProfileSection

MOST_BROUGHT = 60
"""Entries, and acts, of one document."""
_Text = Annotated[str, msgspec.Meta(max_length=500)]


@dataclass(frozen=True, slots=True, repr=False)
class ProposedEntry:
    """An entry of a section, by the names of its fields."""

    section: ProfileSection
    fields: Annotated[dict[_Text, _Text], msgspec.Meta(max_length=20)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BroughtAct:
    """An act of care: its day as ISO 8601, its lines as pairs of label and quantity."""

    kind: CareKind
    day: _Text
    lines: Annotated[tuple[tuple[_Text, _Text], ...], msgspec.Meta(max_length=MOST_LINES)]
    until: _Text = ""
    performer: _Text = ""
    place: _Text = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Brought:
    """All that one document brings."""

    entries: Annotated[tuple[ProposedEntry, ...], msgspec.Meta(max_length=MOST_BROUGHT)] = field(default=())
    acts: Annotated[tuple[BroughtAct, ...], msgspec.Meta(max_length=MOST_BROUGHT)] = field(default=())

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.entries or self.acts)


NOTHING_BROUGHT = Brought()
_TOLD_APART = {
    ProfileSection.VACCINATIONS: ("date",),
    ProfileSection.TREATMENTS: ("debut",),
    ProfileSection.HISTORY: ("date",),
    ProfileSection.FAMILY: ("parent",),
    ProfileSection.BLOOD_GROUP: ("groupe",),
    ProfileSection.PROPOSED_MEASURES: ("mesure", "valeur", "valeur_2", "jour"),
}
"""What tells entries of one name apart."""


def sameness(section: ProfileSection, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Give what two entries of a section have alike when they say the same thing, whoever says it."""
    return folded_name(fields.get("nom", "")), *(fields.get(name, "") for name in _TOLD_APART.get(section, ()))
