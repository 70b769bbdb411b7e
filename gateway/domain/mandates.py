"""Who acts for whom, as it is kept in the space of whoever is acted for; what it gives is for `gateway.policy.access`.

A mandate of a minor ends by itself on the day of coming of age, at midnight where the person lives, whatever is kept.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from zoneinfo import ZoneInfo

from gateway.domain.access import Right
from gateway.domain.identity import BirthDate, Traits, folded_name
from gateway.domain.mailbox import VaultId

MAJORITY = 18


class MandateKind(Enum):
    """By what a representative acts: parental authority, a measure of protection (A22), or a carer's mandate (E12)."""

    MINOR = "minor"
    TUTELLE = "tutelle"
    CURATELLE = "curatelle"
    SAUVEGARDE = "sauvegarde"
    CARER = "carer"


@dataclass(frozen=True, slots=True, repr=False)
class NamedPerson:
    """Whom an offer is for, as whoever makes it names them (FACTS a11)."""

    birth_name: str
    first_name: str
    born: BirthDate

    def is_named(self, traits: Traits) -> bool:
        """Say whether somebody is the person who was named."""
        given = traits.given_names[0] if traits.given_names else ""
        return (
            traits.birth_date == self.born
            and folded_name(traits.birth_name) == folded_name(self.birth_name)
            and folded_name(given) == folded_name(self.first_name)
        )


NOBODY = VaultId(0)
"""Stands for the space of whoever is asked and has not answered."""


class MandateState(Enum):
    """How far a mandate is; `OFFERED` waits for an answer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptMandate:
    """A mandate as it is kept.

    Attributes:
        vault: the space of whoever is acted for.
        home: the own space of whoever acts; `NOBODY` while an offer waits.
        asked: whom an offer is for.
        name: of whoever acts, as the represented person reads it.
        begun: when it was offered, or began without an offer; `changed` when it became what it is.
        until: the first instant it no longer counts; None for no end of its own.
        rights: what it gives; None for all that the role can have.
        offered_by: the name of whoever offered it; empty when nobody did.
    """

    vault: VaultId
    number: int
    kind: MandateKind
    state: MandateState
    home: VaultId
    name: str
    begun: datetime
    changed: datetime
    until: datetime | None = None
    rights: frozenset[Right] | None = None
    offered_by: str = ""
    asked: NamedPerson | None = None

    def __repr__(self) -> str:
        """Hide the persons."""
        return f"KeptMandate({self.vault:x}, {self.kind.value}, {self.state.value})"


def comes_of_age(birth: BirthDate | None, zone: ZoneInfo, years: int = MAJORITY) -> datetime | None:
    """Give the instant at which a person is 18, or so many years, old: midnight in `zone`; None for an unknown birth.

    Of an unknown day, the last of its month or year counts; whoever was born on 29 February is 18 on 1 March.
    """
    if birth is None:
        return None
    year, month = birth.year + years, birth.month or 12
    try:
        day = date(year, month, birth.day or _last_day(year, month))
    except ValueError:
        day = date(year, 3, 1)
    return datetime.combine(day, time(), zone)


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1).day
