"""Entries of a person's medical profile, as values; which fields each section has is in `profile_sections`.

The person fills it in themself and nothing in it is mandatory (F45). Every version of an entry is kept until the space
is erased; one that was deleted has a last version that says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class ProfileSection(Enum):
    """The sections of the profile; the values are for good, and stand in addresses of pages."""

    ILLNESSES = "maladies"
    TREATMENTS = "traitements"
    STAYS = "hospitalisations"
    ALLERGIES = "allergies"
    VACCINATIONS = "vaccinations"
    HISTORY = "antecedents"
    FAMILY = "antecedents-familiaux"
    DISABILITIES = "handicaps"
    HABITS = "habitudes-de-vie"
    BLOOD_GROUP = "groupe-sanguin"
    CONTACTS = "entourage"
    WISHES = "volontes"
    PROFESSIONALS = "professionnels"
    PROPOSED_MEASURES = "mesures-proposees"
    """No section that is shown: what documents propose among the measures, and what became of it."""
    FIRST_VISIT = "premiere-visite"
    """No section that is shown: its one entry says that the questions of the first visit are over."""
    SYNTHESIS = "synthese"
    """No section that is shown: its one entry says which parts its holder wants in the synthesis (E76)."""


class EntryState(Enum):
    """What an entry is in its newest version."""

    KEPT = "kept"
    DELETED = "deleted"
    PROPOSED = "proposed"
    REFUSED = "refused"
    NOTHING = "nothing"
    """Not an entry: the person says that there is nothing to declare in this section."""


class Writer(Enum):
    """Who wrote a version."""

    PATIENT = "patient"
    DOCUMENT = "document"
    PROFESSIONAL = "professional"


STATEMENT = 1
"""Number of the one entry of a section that is about the section itself; others have random numbers, much larger."""


@dataclass(frozen=True, slots=True, repr=False)
class EntryAuthor:
    """Who wrote a version in the holder's place: as the holder reads them, and the mailbox they signed in by.

    `detail` names their organisation; `address` is empty for whoever has no mailbox of their own, as a relative.
    `responsible` is the professional whose delegate they are, and whose mailbox it is.
    """

    name: str
    detail: str = ""
    address: str = ""
    responsible: str = ""

    @property
    def named(self) -> str:
        """Name them; a delegate with the professional for whom they wrote."""
        return f"{self.name}, pour {self.responsible}" if self.responsible else self.name

    @property
    def answers_for_it(self) -> str:
        """Name whoever is asked about what they wrote: of a delegate, the professional."""
        return self.responsible or self.name


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProfileEntry:
    """One version of one entry.

    Attributes:
        id: names the entry within its section.
        revision: 1 for the first version.
        fields: what was typed, by the names of `profile_sections`; dates are ISO 8601, choices their codes.
        is_locked: a professional confirmed it: the person reads it, and changes it no more (E23).
        place: where it stands among entries that have an order, the smallest first.
        links: other entries and documents, ``maladies:2a`` or ``document:2a`` (E77).
        source: number of the document that proposed it.
        author: who wrote this version, when it was somebody else than the holder; of what is locked, who confirmed it.
    """

    section: ProfileSection
    id: int
    revision: int
    state: EntryState
    fields: Mapping[str, str]
    written_by: Writer
    written_at: datetime
    is_locked: bool = False
    place: int = 0
    links: tuple[str, ...] = ()
    source: int | None = None
    author: EntryAuthor | None = None

    def __repr__(self) -> str:
        """Hide what it says."""
        return f"ProfileEntry({self.section.value}, {self.id:x}, {self.revision}, {self.state.value})"


def may_change(entry: ProfileEntry, by: Writer) -> bool:
    """Say whether somebody may change or delete an entry: what a professional confirmed, only a professional may."""
    return by is Writer.PROFESSIONAL or not entry.is_locked
