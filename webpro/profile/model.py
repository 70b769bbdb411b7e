"""The profile as whoever keeps it at the console sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.domain.profile_checks import FieldFault
from gateway.domain.profile_fields import SectionRules


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptEntry:
    """One entry in a list: what it is called, what it says, and who wrote it last where that was not the patient.

    `is_locked` says that it is confirmed, and changes no more.
    """

    reference: str
    name: str
    facts: Sequence[str]
    written_by: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptSection:
    """One section, with its entries; `says_nothing` is the patient's « rien à déclarer »."""

    rules: SectionRules
    entries: Sequence[KeptEntry]
    says_nothing: bool

    @property
    def takes_more(self) -> bool:
        """Say whether one may be added."""
        return not (self.rules.is_single and self.entries)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FilledEntry:
    """An entry in its form: `version` is what the form is filled from, 0 for a new one; `typed` by names of fields."""

    reference: str
    version: int
    typed: Mapping[str, str]
    name: str = ""
    faults: Mapping[str, FieldFault] | None = None
