"""Why a document is withheld for a while: its author presents it first (A27), its patient doubts it or puts it off.

What withholds is a field of the document's own row; these say until when, and how it ends (A27, E37, E80).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.document import DocumentCategory
from gateway.domain.mailbox import MessageId

HOLD = timedelta(days=7)
"""How long a document may be withheld that its author presents first, unless a setting says otherwise."""
WARNED_BEFORE = timedelta(days=1)
"""How long before its end the sender is warned."""
DELAYS = (1, 3, 7, 14)
"""By how many days a patient may put off what they see of a kind of documents (E37)."""
MAX_DOUBTS = 5
"""How often a patient may say so of one document: each time its sender is told."""
MOST_MESSAGES = 100
"""Further messages with one document that are remembered, the last ones."""


class SenderNews(Enum):
    """What a sender is told of a document after it was filed."""

    HOLD_ENDS = "hold-ends"
    DOUBTED = "doubted"
    DOUBT_LIFTED = "doubt-lifted"
    DOUBT_CONFIRMED = "doubt-confirmed"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DocumentHold:
    """A document that a professional presents first.

    Attributes:
        until: when it shows by itself.
        next: what is done next is due then: the warning of its sender, or its end.
        warned: its sender was told that the day comes.
        sender: mail address of whoever sent it, `recipient` that which it was sent to.
        subject, message_id: of the message that brought it; empty for a deposit.
        messages: those that brought it, whose files are withheld as long.
    """

    document: int
    until: datetime
    next: datetime
    warned: bool = False
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    messages: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DocumentDelay:
    """A document that its patient asked to see later.

    Attributes:
        until: when it shows by itself.
        kind: by the choice of which kind it is put off (`gateway.domain.document.DocumentCategory`); empty for a floor.
        messages: those that brought it, whose files are withheld as long.
        floor: until when no choice of theirs shows it (F90); None for what they end themself.
    """

    document: int
    until: datetime
    kind: str = ""
    messages: tuple[MessageId, ...] = ()
    floor: datetime | None = None


class DoubtState(Enum):
    """How far a doubt is: the operator looks into it, or it has ended."""

    NONE = "none"
    """Nobody doubts the document: it is only noted that it came in several messages."""
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    GIVEN_BACK = "given-back"

    @property
    def sets_aside(self) -> bool:
        """Whether a document of which it is said is withheld from everybody."""
        return self in {DoubtState.OPEN, DoubtState.CONFIRMED}

    @classmethod
    def stored(cls, value: str) -> "DoubtState":
        """Read a state that was stored; one that a later version added counts as open."""
        return _STATES.get(value, cls.OPEN)


_STATES = {state.value: state for state in DoubtState}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DocumentDoubt:
    """What a patient said of a document that is not theirs; nothing in it says whose it may be.

    Attributes:
        said_at: when they said so last.
        ended_at: when they took it back, or the operator decided; None while it is open.
        reason: the operator's words, for the patient.
        times: how often they have said so of this document.
        place: the laboratory or practice that it is from, or the address that sent it.
        received_at: when the document came.
        messages: those that brought it once more, whose files are withheld with it.
    """

    document: int
    said_at: datetime
    received_at: datetime
    state: DoubtState = DoubtState.OPEN
    ended_at: datetime | None = None
    reason: str = ""
    times: int = 1
    place: str = ""
    category: DocumentCategory = DocumentCategory.OTHER
    messages: tuple[MessageId, ...] = ()
