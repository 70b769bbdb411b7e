"""What was forgotten, and whose it is."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Forgotten:
    """What was typed: the identifier, or the number and birth date of whoever does not know it."""

    identifier: str = ""
    number: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class LinkHolder:
    """Whose password a link changes; the identifier is empty when there is none yet. `passkeys` says how many."""

    identifier: str
    passkeys: int = 0


class NewPasswordRefusal(Enum):
    """Why a new password is not taken, besides what is wrong with it or with a first identifier."""

    LINK_OVER = "link_over"
