"""What the pages of « Mes proches » show."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Right, SpacePart
from gateway.domain.mandates import MandateKind


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownRelative:
    """Somebody for whom one acts; `ends` is the first instant at which one may not any more.

    Attributes:
        name: what forms call them.
        full_name: as people read it.
        is_here: one acts for them now.
        rights: what was given by part, as to a carer; None for all that a representative has.
        parts: of which a carer may give up one alone.
        proof: what the address of a carer's proof calls their mandate; empty for no carer.
    """

    name: str
    full_name: str
    kind: MandateKind
    ends: datetime | None
    unread: int
    new_documents: int
    is_here: bool
    rights: frozenset[Right] | None = None
    proof: str = ""
    parts: tuple[SpacePart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownDependant:
    """A minor whom the import attaches to one, and for whom one does not act yet.

    Attributes:
        born: birth date in words.
        is_active: another representative has activated the space.
        is_refused: it was refused; it may be activated all the same.
        is_denied: one said not to be the legal representative.
    """

    name: str
    full_name: str
    first_name: str
    born: str
    is_active: bool
    is_refused: bool
    is_denied: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownRepresentative:
    """Somebody who acts in the space, or was asked to: then `waits`; `can_end` when one may take that back."""

    name: str
    full_name: str
    kind: MandateKind
    since: datetime
    waits: bool
    can_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Family:
    """Everybody of « Mes proches »; `is_represented` when somebody acts for whoever is signed in."""

    relatives: tuple[ShownRelative, ...]
    dependants: tuple[ShownDependant, ...]
    is_represented: bool = False
