"""What the pages of a record show."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Actor
from webpro.coming_back import record_path


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EnteredRecord:
    """A record that is open to a professional.

    Attributes:
        actor: the professional, in the patient's space, with what they wrote to open it.
        born: birth date in words; empty when it is not known.
        opened: by what it is open, in words.
        ends: when that is over at the latest; None at midnight.
        administers: the patient entrusted them with the profile (E15).
        hides: the patient hides documents from them, and they may be told so.
    """

    actor: Actor
    reference: str
    name: str
    born: str
    opened: str
    ends: datetime | None
    is_emergency: bool = False
    administers: bool = False
    hides: bool = False

    @property
    def path(self) -> str:
        """Give the address of its first page."""
        return record_path(self.reference)
