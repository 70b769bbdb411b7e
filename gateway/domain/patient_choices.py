"""What a patient chose about who may see their space: whom they authorise or block, and what for whom.

A choice knows a professional or an organisation by its names (`gateway.domain.care_party`) and counts for whoever bears
any of them. What a choice means for one access is for `gateway.policy.access`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.care_party import person_names

MAX_PARTIES = 1_000
"""Professionals and organisations of whom one patient may choose something."""
MAX_EXCEPTIONS = 500
"""Documents of which one patient may choose something for one of them."""


class PartyStanding(Enum):
    """What a patient chose for somebody; `NEUTRAL` is also what somebody without a choice has."""

    NEUTRAL = "neutral"
    ALLOWED = "allowed"
    BLOCKED = "blocked"

    @classmethod
    def stored(cls, value: str) -> "PartyStanding":
        """Read a stored one; what a later version wrote lets nobody in."""
        return cls(value) if value in {one.value for one in cls} else cls.BLOCKED


class EmergencyConsent(Enum):
    """The three consents for emergencies, each given and withdrawn alone (A5)."""

    SERVICES = "services"
    BREAK_GLASS = "break-glass"
    HIDDEN_TOO = "hidden-too"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PartyChoice:
    """What a patient chose for one professional or one organisation.

    Attributes:
        number: of it in this space.
        names: under which it is known.
        label: how the patient's pages call it.
        detail: profession and place, as far as they are known.
        since: when `standing` was chosen.
        shown: documents that they are shown although others are not.
        hidden: documents that are hidden from them alone.
        administers: since when this person, who is authorised, keeps the patient's profile too (E15); None for not.
    """

    number: int
    names: frozenset[str]
    label: str
    detail: str = ""
    standing: PartyStanding = PartyStanding.NEUTRAL
    since: datetime | None = None
    shown: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    administers: datetime | None = None

    @property
    def is_person(self) -> bool:
        """Say whether it is of one person for sure, who alone can be entrusted with a profile."""
        return bool(person_names(self.names))

    @property
    def says_something(self) -> bool:
        """Say whether anything is left to keep."""
        return self.standing is not PartyStanding.NEUTRAL or bool(self.shown or self.hidden)

    def __repr__(self) -> str:
        """Hide the pair: representations end up in logs."""
        return f"PartyChoice({self.standing.value})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChoices:
    """All that a patient chose about who may see their space."""

    parties: tuple[PartyChoice, ...] = ()
    emergency: frozenset[EmergencyConsent] = frozenset()

    def of(self, names: frozenset[str]) -> tuple[PartyChoice, ...]:
        """Give the choices that count for whoever bears these names."""
        return tuple(one for one in self.parties if not names.isdisjoint(one.names))

    def blocks(self, names: frozenset[str]) -> bool:
        """Say whether any choice that counts for them is a block: it stands above every other."""
        return any(one.standing is PartyStanding.BLOCKED for one in self.of(names))

    def allows(self, names: frozenset[str]) -> datetime | None:
        """Say since when the patient authorises them, by the oldest choice; None when they do not."""
        since = [one.since for one in self.of(names) if one.standing is PartyStanding.ALLOWED and one.since]
        return min(since) if since and not self.blocks(names) else None

    def administered_by(self, names: frozenset[str]) -> tuple[PartyChoice, ...]:
        """Give the choices that entrust the profile to whoever bears these names: to a person, never to colleagues."""
        if self.blocks(names):
            return ()
        them = person_names(names)
        entrusted = (one for one in self.parties if one.administers and one.standing is PartyStanding.ALLOWED)
        return tuple(one for one in entrusted if not them.isdisjoint(person_names(one.names)))


NO_CHOICES = PatientChoices()
"""Of a patient who never chose anything."""
