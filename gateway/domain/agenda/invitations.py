"""What a message has done to an agenda: kept by message, so that its page can say so."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.mailbox import MessageId


class InvitationOutcome(Enum):
    """What became of a calendar in a message."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    OUTDATED = "outdated"
    """A later change has come already (RFC 5546 §2.1.5)."""
    NOT_THEIRS = "not-theirs"
    """It cancels what somebody else has sent: nothing changed."""
    UNKNOWN = "unknown"
    """It cancels what is not in the agenda."""
    FULL = "full"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"
    """It asks for nothing that an agenda does: an answer, a counter-proposal, free times."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Invitation:
    """What a message with a calendar did; `events` are the entries that it made or changed."""

    message: MessageId
    outcome: InvitationOutcome
    events: tuple[int, ...] = ()
    more: int = 0
    """Entries of the calendar that were left out, because there are too many."""
