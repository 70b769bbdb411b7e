"""What the rules of access judge by: services fill these in, rules look nothing up.

As in `gateway.policy.facts`, `None` is known to be absent and `UNKNOWN` could not be established. Facts default to
`UNKNOWN`: what a service forgets puts an access off, it never lets anybody in.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from gateway.domain.access import Audience, Right, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState
from gateway.policy.facts import UNKNOWN, Unknown


@dataclass(frozen=True, slots=True)
class Own:
    """The patient's own space, or the professional's own mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The right to act for somebody.

    Attributes:
        accepted: whether whoever had to accept it has done so, and nobody has ended it.
        ends: the first instant it no longer counts; None for no end, which a carer's may not be.
        rights: what it gives; None for all that the role can have.
    """

    kind: MandateKind
    accepted: bool
    ends: datetime | None
    rights: frozenset[Right] | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A patient's standing consent to a professional, or to whoever acts for one organisation.

    `administers` says that this person was entrusted with the profile too (E15).
    """

    ends: datetime | None = None
    organisation_id: str = ""
    administers: bool = False


@dataclass(frozen=True, slots=True)
class CodeAccess:
    """A single-use code that the patient gave and the professional has used (A1); it opens until `ends`."""

    ends: datetime


class EmergencyKind(Enum):
    """Who asks in an emergency: emergency services, or another professional (« bris de glace », A5)."""

    SERVICES = "services"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """An emergency access (A5).

    Attributes:
        consented: whether the patient allows emergency accesses of this kind.
        hidden_too: whether the patient shows hidden documents in an emergency: the third consent.
        reason: what the professional wrote; required.
    """

    kind: EmergencyKind
    ends: datetime
    reason: str
    consented: bool | Unknown = UNKNOWN
    hidden_too: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a patient lets an application do (F74); `categories` None for documents of every kind."""

    ends: datetime
    scopes: frozenset[Right]
    categories: frozenset[DocumentCategory] | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """An act of service: agents and operators say why, the system need not."""

    reason: str = ""


Title: TypeAlias = Own | Mandate | Consent | CodeAccess | Emergency | Grant | Office
"""By what somebody may act at all; the rule of their role says which of them counts."""


class PersonChoice(Enum):
    """What the patient chose for one document and one professional (F55)."""

    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """One document.

    Attributes:
        hidden_from: readers from whom its flags withhold it.
        held_until: the instant at which a hold on the patient's reading ends (A27); None for no end.
        is_author: whether the actor deposited it (F54).
        choice: the patient's exception for this professional.
    """

    category: DocumentCategory
    hidden_from: Audience | Unknown = UNKNOWN
    held_until: datetime | None = None
    is_author: bool | Unknown = UNKNOWN
    choice: PersonChoice | Unknown | None = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationFacts:
    """A confirmation that would be taken back.

    Attributes:
        is_theirs: whether the actor gave it, or somebody whose delegate they are.
        is_contested: whether the patient asks for a correction of what was confirmed, and waits.
    """

    is_theirs: bool
    is_contested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """How far a professional's reading budget is used (A23).

    Attributes:
        opened: persons opened today outside one's own exchanges, this one counted and reserved; 0 once that was
            permitted: what follows in a record opened today is not counted again.
        in_own_exchange: whether this person is one of them; an emergency counts all the same.
        fresh_factor: whether a second factor was given for this very opening.
        reason: what the professional wrote.
        lifted_until: until when the operator has lifted a stop.
        stopped: whether too many were opened today: what is open counts no more either, own exchanges apart.
    """

    opened: int
    in_own_exchange: bool
    fresh_factor: bool = False
    reason: str = ""
    lifted_until: datetime | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """All that is known of one access.

    Attributes:
        part: of the space.
        now: aware UTC instant of the question.
        in_force: whether the account, token or certificate still counts: a leaver's does not (A24).
        state: of the space; None when there is none. A professional's own mailbox has none and needs none.
        title: by what the actor may act; None for nothing.
        blocked: whether the patient has blocked this professional or their organisation (A3).
        document: None when no single one is asked for, as in a list, which the store filters.
        readings: for a professional's opening of a record; None when they have not opened it today.
        care_hidden: whether the patient hides the history of care (E78); asked for that part alone.
        too_young: whether the holder is below the age from which they consent themself (E40); asked of rights alone.
        confirmation: None where none would be taken back; asked when somebody adds to a profile.
    """

    part: SpacePart
    now: datetime
    in_force: bool | Unknown = UNKNOWN
    state: SpaceState | Unknown | None = UNKNOWN
    title: Title | Unknown | None = UNKNOWN
    blocked: bool | Unknown = UNKNOWN
    document: DocumentFacts | Unknown | None = UNKNOWN
    readings: Readings | Unknown | None = UNKNOWN
    care_hidden: bool | Unknown = UNKNOWN
    too_young: bool | Unknown = UNKNOWN
    confirmation: ConfirmationFacts | Unknown | None = UNKNOWN
