"""Records that professionals open: by which access, until when, and how many on one day (A1, A5, A23, F80).

An access code is the patient's, said by word of mouth, and opens once. What was opened is kept on both sides: the
patient's vault has the access with its end, the professional's the count of the day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mailbox import VaultId

CODE_TRIES = 5
"""Wrong tries in the life of a code, whoever makes them."""
MOST_CODES = 5
"""Codes of one space that may be used at a time."""
CODE_DIGITS = 8
LONGEST_REASON = 500
LONGEST_EMERGENCY = timedelta(hours=24)


class CodeLife(Enum):
    """Until when a code may be used, from when it is made; the values stand in forms."""

    HOUR = "heure"
    DAY = "jour"
    WEEK = "semaine"

    @property
    def lasts(self) -> timedelta:
        """Give it as a duration."""
        return {
            CodeLife.HOUR: timedelta(hours=1),
            CodeLife.DAY: timedelta(days=1),
            CodeLife.WEEK: timedelta(days=7),
        }[self]


class OpenFor(Enum):
    """How long a record stays open to whoever used a code; the values stand in forms."""

    HOUR = "heure"
    DAY = "jour"
    MONTH = "mois"

    @property
    def lasts(self) -> timedelta:
        """Give it as a duration."""
        return {
            OpenFor.HOUR: timedelta(hours=1),
            OpenFor.DAY: timedelta(days=1),
            OpenFor.MONTH: timedelta(days=30),
        }[self]


class OpenedBy(Enum):
    """By which access a record is open; the values are kept in records."""

    CONSENT = "consent"
    CODE = "code"
    SERVICES = "services"
    BREAK_GLASS = "break-glass"

    @property
    def is_emergency(self) -> bool:
        """Say whether nobody was asked, and the patient is told at once (A5)."""
        return self in {OpenedBy.SERVICES, OpenedBy.BREAK_GLASS}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccessCode:
    """A code that a patient may give to one professional.

    Attributes:
        number: names it within its space, and opens nothing.
        until: the first instant at which it can no longer be used.
        opens: how long the record is open to whoever uses it.
        salt: random octets, digested with the code.
        digest: of salt and code.
    """

    vault: VaultId
    number: int
    made: datetime
    until: datetime
    opens: OpenFor
    salt: bytes
    digest: bytes
    tries_left: int = CODE_TRIES


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecordOpening:
    """A record that stands open to one professional.

    Attributes:
        number: names it within its space, and opens nothing.
        by: names of the professional alone (`care_party.own_names`); one shared name suffices.
        who: the professional as the patient reads it.
        ends: the first instant at which it no longer counts.
        reason: what the professional wrote; empty where nothing was asked.
    """

    vault: VaultId
    number: int
    how: OpenedBy
    by: frozenset[str]
    who: str
    organisation: str
    made: datetime
    ends: datetime
    reason: str = ""

    def is_in_force(self, now: datetime) -> bool:
        """Say whether it still counts."""
        return now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecordReading:
    """One person's record, opened by one professional on one day.

    Attributes:
        person: whose record.
        at: when it was first opened that day.
        place: which of the day it was, among those that count; 0 when it does not count.
        in_own_exchange: whether professional and patient write to each other.
        factor: whether a second factor was given for it.
        reason: what the professional wrote.
    """

    person: VaultId
    day: date
    at: datetime
    place: int
    in_own_exchange: bool
    how: OpenedBy
    factor: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderState:
    """How far a professional's reading budget is used, and what was said of it.

    Attributes:
        day: the day that is counted, in France.
        opened: persons opened on it that count.
        stopped: when it was stopped on that day; None when it was not.
        factor_at: when the second factor was given that was last used: each serves one opening.
        lifted_until: until when the operator has lifted stops.
        lifted_why: what the operator wrote.
    """

    day: date
    opened: int = 0
    stopped: datetime | None = None
    factor_at: datetime | None = None
    lifted_until: datetime | None = None
    lifted_why: str = ""


def end_of_day(now: datetime) -> datetime:
    """Give the midnight in France that ends the day of an instant, as an instant of UTC."""
    after = local_day(now) + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=PLACE).astimezone(UTC)


def code_as_typed(text: str) -> str:
    """Give the digits of a code as somebody typed it, with blanks or dashes; empty when it can be none."""
    digits = "".join(text[:40].split()).replace("-", "").replace("\N{NO-BREAK SPACE}", "")
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else ""
