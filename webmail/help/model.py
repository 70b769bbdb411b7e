"""What somebody asks for, and why it may be refused."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class HelpForm:
    """A request for help as it was written."""

    topic: str
    words: str
    answer_to: str


class HelpProblem(Enum):
    """Why a request was not sent."""

    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    NO_CONTACT = "no_contact"
    LOOKS_LIKE_A_FILE = "looks_like_a_file"
    TOO_MANY = "too_many"
    NOWHERE = "nowhere"
