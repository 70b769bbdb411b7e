"""What activating or refusing a space says to the person, as values (F4 to F19, A26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from gateway.domain.space import SpaceState


class ActivationFault(Enum):
    """Why a step is refused; before the code is right, none depends on whether anybody is there."""

    OVER = "over"
    """This attempt has ended, or never began: begin again."""
    WRONG_CODE = "wrong_code"
    TOO_MANY_TRIES = "too_many_tries"
    TOO_SOON = "too_soon"
    TOO_MANY_CODES = "too_many_codes"
    NOT_NOW = "not_now"
    """The space is in a state in which this does not happen; look at it again."""
    TERMS = "terms"
    CONTACT = "contact"
    NO_CONTACT = "no_contact"
    PASSKEY = "passkey"
    """What the device said of its new passkey is not right: ask it again."""
    CODE_OVER = "code_over"
    """The code of this step is too old or was used: ask for another."""


class ActivationStep(Enum):
    """What comes next for somebody who has chosen to activate."""

    TERMS = "terms"
    CONTACT = "contact"
    IDENTIFIER = "identifier"
    LAST_CODE = "last_code"


@dataclass(frozen=True, slots=True, repr=False)
class MaskedContacts:
    """Where a code would go; the same form whether anybody is there or not. Empty for a way that there is not."""

    email: str
    phone: str


@dataclass(frozen=True, slots=True, repr=False)
class CodeOnItsWay:
    """A code was asked for; `contact` is where it goes, masked."""

    contact: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PersonFound:
    """Somebody whose space the code opens."""

    first_name: str
    name: str
    state: SpaceState


@dataclass(frozen=True, slots=True, repr=False)
class Identified:
    """The code was right: what names the rest of the attempt, and who it is."""

    token: str
    persons: Sequence[PersonFound]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SpaceToActivate:
    """A space as the person who activates it sees it.

    Attributes:
        next: what comes next on the way to an active space.
        erase_on: the day on which it is to be erased, which activating takes back (E81).
    """

    person: PersonFound
    next: ActivationStep
    email: str
    phone: str
    erase_on: date | None = None
