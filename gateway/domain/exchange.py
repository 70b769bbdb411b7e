"""The exchange of a patient's space with one correspondent: who may write to whom, and until when (A7, A8, A10).

An exchange belongs to a pair, not to a thread. This module says how it moves and whose it is; whether a
given reply is allowed is `gateway.policy.initiation`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import Conflict

ANSWERABLE_KINDS = frozenset({MailboxKind.PERSON, MailboxKind.ORGANISATION, MailboxKind.PRACTICE})
"""Mailboxes that someone reads: an application's cannot be answered (A7)."""

END_MARK = "[FIN]"
END_HEADER_VALUE = "FIN"


class ExchangeState(Enum):
    """Where a pair stands; `NONE` is also what a pair without a record is in."""

    NONE = "none"
    OPEN = "open"
    ENDED = "ended"


class ExchangeEvent(Enum):
    """What happens between a patient's space and a correspondent."""

    PROFESSIONAL_WROTE = "professional_wrote"
    APPLICATION_WROTE = "application_wrote"
    NAMED_BY_REPLY_TO = "named_by_reply_to"
    PROFESSIONAL_ENDED = "professional_ended"
    PATIENT_WROTE = "patient_wrote"


_S, _E = ExchangeState, ExchangeEvent
TRANSITIONS = MappingProxyType({
    (_S.NONE, _E.PROFESSIONAL_WROTE): _S.OPEN,
    (_S.NONE, _E.APPLICATION_WROTE): _S.NONE,
    (_S.NONE, _E.NAMED_BY_REPLY_TO): _S.OPEN,
    (_S.NONE, _E.PROFESSIONAL_ENDED): _S.ENDED,
    (_S.OPEN, _E.PROFESSIONAL_WROTE): _S.OPEN,
    (_S.OPEN, _E.APPLICATION_WROTE): _S.OPEN,
    (_S.OPEN, _E.NAMED_BY_REPLY_TO): _S.OPEN,
    (_S.OPEN, _E.PROFESSIONAL_ENDED): _S.ENDED,
    (_S.OPEN, _E.PATIENT_WROTE): _S.OPEN,
    (_S.ENDED, _E.PROFESSIONAL_WROTE): _S.OPEN,
    (_S.ENDED, _E.APPLICATION_WROTE): _S.ENDED,
    (_S.ENDED, _E.NAMED_BY_REPLY_TO): _S.ENDED,
    (_S.ENDED, _E.PROFESSIONAL_ENDED): _S.ENDED,
})  # fmt: skip
"""Every move there is: a patient writes in an open exchange or not at all (F66)."""


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """The exchange of one space with one correspondent.

    Attributes:
        name: the correspondent as the directory names them, for « X a mis fin à vos échanges. » (A8).
        changed_at: when `state` last changed.
    """

    correspondent: MailAddress
    state: ExchangeState = ExchangeState.NONE
    name: str = ""
    changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the patient may write in it."""
        return self.state is ExchangeState.OPEN

    def after(self, event: ExchangeEvent, at: datetime) -> "Exchange":
        """Give the exchange after `event`, itself when nothing changes; raise `Conflict` when it cannot happen."""
        state = next_state(self.state, event)
        return self if state is self.state else replace(self, state=state, changed_at=at)

    def __repr__(self) -> str:
        """Hide the pair: representations end up in logs."""
        return f"Exchange({self.state.value})"


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a professional's message does: whose exchange it concerns, and how it moves it.

    Attributes:
        name: the correspondent as the directory named them when the message came.
    """

    correspondent: MailAddress
    event: ExchangeEvent
    name: str = ""


def next_state(state: ExchangeState, event: ExchangeEvent) -> ExchangeState:
    """Give the state after `event`; raise `Conflict` when the patient may not write."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Conflict(f"an exchange in state {state.value} does not admit {event.value}") from None


def ending_requested(subject: str, x_mss_mes: str | None = None) -> bool:
    """Say whether a message ends the exchange: its whole decoded subject, or its `X-MSS-MES` field (A8)."""
    return subject.strip() == END_MARK or (x_mss_mes is not None and x_mss_mes.strip() == END_HEADER_VALUE)


def correspondent_of(
    sender: DirectoryEntry | None, trusted_reply_to: Iterable[DirectoryEntry] = ()
) -> DirectoryEntry | None:
    """Give the mailbox that the patient answers: who wrote, unless `Reply-To` names another rightly (A7, A10).

    An application may name any answerable mailbox, anybody else one of their own: of the same RPPS or FINESS.

    Args:
        sender: the directory's entry of `From`; None when it is trusted without being listed.
        trusted_reply_to: entries of those `Reply-To` mailboxes that the directory knows; others are left out.

    Returns:
        None when nobody reads the answer: an application without a trusted `Reply-To`, an unlisted sender.
    """
    for entry in trusted_reply_to:
        if entry.kind in ANSWERABLE_KINDS and entry.valid and _may_name(sender, entry):
            return entry
    return sender if sender is not None and sender.kind in ANSWERABLE_KINDS and sender.valid else None


def _may_name(sender: DirectoryEntry | None, named: DirectoryEntry) -> bool:
    if sender is None:
        return False
    is_program = sender.kind is MailboxKind.APPLICATION
    return is_program or (bool(sender.identifier) and sender.identifier == named.identifier)


def correspondence_of(
    sender: DirectoryEntry | None,
    trusted_reply_to: Iterable[DirectoryEntry] = (),
    *,
    ending: bool = False,
    automatic_reply: bool = False,
) -> Correspondence | None:
    """Give the exchange that a message to a patient concerns and what it does to it, if anything.

    Not for null senders, which open nothing. `Reply-To` says whom the patient answers (A10): it may open an
    exchange that never was, not reopen nor end one in somebody else's name (A8).

    Args:
        sender: as in `correspondent_of`.
        trusted_reply_to: as in `correspondent_of`.
        ending: what `ending_requested` said.
        automatic_reply: `Auto-Submitted: auto-replied` (RFC 3834 §5.2): nobody wrote, nothing reopens.
    """
    correspondent = correspondent_of(sender, trusted_reply_to)
    if ending:
        # Nobody ends in another's name: the pair is the sender's own, whatever `Reply-To` says.
        own = correspondent_of(sender)
        return Correspondence(own.address, ExchangeEvent.PROFESSIONAL_ENDED, own.name) if own else None
    if correspondent is None or automatic_reply:
        return None
    if sender is None or correspondent.address != sender.address:
        # Named by `Reply-To`: may be answered, but what they themselves have ended stays ended.
        return Correspondence(correspondent.address, ExchangeEvent.NAMED_BY_REPLY_TO, correspondent.name)
    return Correspondence(correspondent.address, ExchangeEvent.PROFESSIONAL_WROTE, correspondent.name)
