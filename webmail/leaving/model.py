"""What the pages of leaving show."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True)
class AwaySpace:
    """A closed space, as its holder finds it: kept until a day, to be erased on another, or neither to be reopened."""

    kept_until: date
    erase_on: date | None
    may_reopen: bool


class LeavingRefusal(Enum):
    """Why a step of an erasure at once is refused."""

    WRONG_CODE = "wrong_code"
    CODE_OVER = "code_over"
    TOO_MANY_CODES = "too_many_codes"
    NO_CONTACT = "no_contact"
