"""An attempt that is counted: a recipient tried, a sign-in that failed. Who and what are keyed digests, never told."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class AttemptOutcome(IntEnum):
    """How it ended; numbers are stored."""

    FAILED = 1
    SUCCEEDED = 2
    HIT = 3
    MISS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAttempt:
    """One attempt, as processes tell each other.

    Attributes:
        number: random, names it.
        origin: names the life of the process that counted it.
        face: where it was made.
        subject: digest of who made it.
        aim: digest of what was tried; empty where only the subject counts.
    """

    number: int
    at: datetime
    origin: int
    face: str
    subject: bytes
    aim: bytes
    outcome: AttemptOutcome
