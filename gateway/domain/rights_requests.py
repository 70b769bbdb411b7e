"""What somebody asks for about a person's health data, and by when it is to be answered (F89, F90, F94, E52, E80).

A request is kept in the space of whoever asks. Its clocks are those of article L1111-7 of the public health code
(FACTS a18): a floor of 48 hours, and a ceiling of 8 days, or of 2 months for what is older than five years.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.access import Actor, Role
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import ThreadId, VaultId
from gateway.domain.mandates import NamedPerson

FLOOR = timedelta(hours=48)
"""How long whoever asks may think it over before documents come."""
CEILING = timedelta(days=8)
CEILING_MONTHS = 2
"""By when the answer is due, in calendar months, for what is older than five years."""
CORRECTION_MONTHS = 1
"""By when a correction is to be answered, in calendar months (GDPR art. 12 §3)."""
WARNED_BEFORE = timedelta(days=1)
"""How long before the last day whoever is asked is reminded."""
MOST_OPEN = 20
"""Requests of one space that may wait for an answer at once; as many may be received."""
MOST_KEPT = 500
"""Requests of one space that are kept, answered ones included: a space asks for no more, and receives no more."""
MAX_WORDS = 1_000
"""Characters of what somebody writes in a request, or answers."""


class RequestKind(Enum):
    """What is asked for."""

    DOCTOR = "doctor"
    """A doctor of the person's choice is asked for documents (F90)."""
    CORRECTION = "correction"
    """Whoever sent a document, or confirmed an entry, is asked to put it right (F94, E52).

    It is answered beside it, and nothing is deleted.
    """
    REPORT = "report"
    """The operator is told of a professional or an application (E80)."""
    ACCESS = "access"
    """Access to the data of another person is asked for (F89)."""
    ACCESS_OF = "access-of"
    """The same, in the space of that person, who decides."""


class Relation(Enum):
    """By what somebody asks for access to another person's data (F89)."""

    NONE = ""
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"
    TRUSTED = "trusted"
    HEIR = "heir"

    @classmethod
    def stored(cls, value: str) -> "Relation":
        """Read one that was stored; one that a later version added says nothing."""
        return next((one for one in cls if one.value == value), cls.NONE)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AskedPerson:
    """Whose data are asked for: as they were named, and their number (INS)."""

    named: NamedPerson
    number: str


class RequestState(Enum):
    """How far a request is; only one that waits has clocks that run."""

    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @classmethod
    def stored(cls, value: str) -> "RequestState":
        """Read a state that was stored; one that a later version added counts as waiting."""
        return _STATES.get(value, cls.WAITING)


class RequestNews(Enum):
    """What is written to whoever is asked."""

    ASKED = "asked"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


_STATES = {state.value: state for state in RequestState}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClocks:
    """Not before, and not after: aware instants."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RightsRequest:
    """One request.

    Attributes:
        asked_by: name of whoever asked, as the owner of the space reads it; `asker` is their own space.
        to: name of whoever is asked, with `to_detail` and the mail address `to_address`.
        words: what is asked for, in the words of whoever asks.
        older: whether it is about what is older than five years.
        clocks: None for what has none.
        next: when something is due by itself: a reminder, or the end of the ceiling; None for nothing more.
        reminded: whoever is asked was reminded; `overdue` says that the ceiling passed without an answer.
        ended_at: when it was answered, refused or withdrawn.
        answer: the words of the answer; `answered_by` names whoever gave it.
        taken_back: it was answered by taking back what was confirmed.
        shown_from: when what the answer brought may be read: not before the floor.
        undelivered: no message reached whoever is asked.
        document: the number of the document that is to be put right, with its `title` and the `unique_id` that its
            author gave it; 0 for none.
        entry: the entry of the profile that is to be put right, ``vaccinations:2a``; empty for none.
        thread: the conversation in which it was answered.
        relation: by what access is asked for; `about` whom, in the space of whoever asks.
        other: the space on the other side, once a request has been put before the person who decides.
    """

    number: int
    kind: RequestKind
    state: RequestState
    asked_at: datetime
    asked_by: str
    to: str
    to_detail: str = ""
    to_address: str = ""
    asker: VaultId | None = None
    words: str = ""
    older: bool = False
    clocks: RequestClocks | None = None
    next: datetime | None = None
    reminded: bool = False
    overdue: bool = False
    ended_at: datetime | None = None
    answer: str = ""
    answered_by: str = ""
    taken_back: bool = False
    shown_from: datetime | None = None
    undelivered: bool = False
    document: int = 0
    title: str = ""
    unique_id: str = ""
    thread: ThreadId | None = None
    relation: Relation = Relation.NONE
    about: AskedPerson | None = None
    other: VaultId | None = None
    entry: str = ""

    @property
    def waits(self) -> bool:
        """Say whether an answer is waited for."""
        return self.state is RequestState.WAITING

    @property
    def is_for_operator(self) -> bool:
        """Say whether the operator may answer: not what a person decides about their own data."""
        return self.kind is not RequestKind.ACCESS_OF and not (self.kind is RequestKind.ACCESS and self.other)

    @property
    def name(self) -> str:
        """Name it in the trace."""
        return f"request:{self.number:x}"

    def is_known_to(self, actor: Actor) -> bool:
        """Say whether somebody may know of it: its space's holder of all, whoever acts for them of their own."""
        return actor.role is Role.PATIENT or (actor.home is not None and actor.home == self.asker)

    def __repr__(self) -> str:
        """Hide the persons."""
        return f"RightsRequest({self.number:x}, {self.kind.value}, {self.state.value})"


def request_clocks(asked_at: datetime, *, older: bool) -> RequestClocks:
    """Give the clocks of a request that is made at an aware instant; two months are counted where patients live."""
    return RequestClocks(
        earliest=asked_at + FLOOR,
        latest=_months_after(asked_at, CEILING_MONTHS) if older else asked_at + CEILING,
    )


def correction_clocks(asked_at: datetime) -> RequestClocks:
    """Give the clock of a correction that is asked for at an aware instant: it may be answered at once."""
    return RequestClocks(earliest=asked_at, latest=_months_after(asked_at, CORRECTION_MONTHS))


def _months_after(instant: datetime, months: int) -> datetime:
    """Give the same day and hour some months later, in France; the last day of a month that has no such day."""
    local = instant.astimezone(PLACE)
    year, month = local.year + (local.month - 1 + months) // 12, (local.month - 1 + months) % 12 + 1
    moved = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    return moved.astimezone(instant.tzinfo)


_MESSAGE_ID = re.compile(r"<([0-9a-f]{1,16})\.[a-z]{1,16}\.request@[^<>@\s]{1,255}>")


def request_message_id(number: int, news: RequestNews, mail_domain: str) -> str:
    """Give the Message-ID of a message about a request: an answer names it (RFC 5322 §3.6.4)."""
    return f"<{number:x}.{news.value}.request@{mail_domain}>"


def request_of_message_id(message_id: str) -> int | None:
    """Give the number of the request that a Message-ID names; None for any other."""
    found = _MESSAGE_ID.fullmatch(message_id)
    return int(found[1], 16) if found else None
