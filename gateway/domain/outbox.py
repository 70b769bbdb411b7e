"""The work that follows an acknowledgement: rows of the same commit, each safe to do twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NewType, get_args

from gateway.domain.mailbox import VaultId
from gateway.domain.step_payloads import FileDocuments, Payload, StepKind

__all__ = [
    "MAX_ATTEMPTS", "MAX_MAIL_ATTEMPTS", "NOTICES", "NeedsAnotherServer", "Step", "StepKind", "TakesLong", "Urgency",
    "WorkerId", "max_attempts", "retry_delay", "urgency_of",
]  # fmt: skip


WorkerId = NewType("WorkerId", int)
"""Names one life of one process that takes steps: a random number above zero, never used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of work, owned by the vault whose transaction caused it.

    Attributes:
        id: 62-bit random number; a retried transaction that inserts it again changes nothing.
        payload: what it is told, and thereby what it does; sealed at rest.
        due: not before this instant.
        attempts: how often it was begun.
        relays: whether it is known to wait for another server, and has a place among those that do.
        slow: whether it is known to take long, and has its place among those that do.
    """

    vault: VaultId
    id: int
    payload: Payload
    due: datetime
    attempts: int = 0
    relays: bool = False
    slow: bool = False

    @property
    def kind(self) -> StepKind:
        """Say what it does."""
        return _KINDS[type(self.payload)]

    @property
    def octets(self) -> int:
        """Say how many octets it will hold in memory, when they are many."""
        return self.payload.octets if isinstance(self.payload, FileDocuments) else 0


_KINDS: dict[type, StepKind] = {payload: StepKind(payload.__struct_config__.tag) for payload in get_args(Payload)}


class NeedsAnotherServer(Exception):
    """Raised by a handler of mail when only another server can take its step further, and `Step.relays` is false."""


class TakesLong(Exception):
    """Raised by a handler of filing when others must not wait for its step: it is tried again where only such wait."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__("a step takes long")
        self.pause = pause


NOTICES = frozenset({
    StepKind.NOTIFY, StepKind.NOTIFY_DOCUMENT, StepKind.NOTIFY_APART, StepKind.TELL, StepKind.OPENING,
})  # fmt: skip
"""What tells people something outside the gateway, and may wait for days."""
_MAIL = frozenset({
    StepKind.DELIVER, StepKind.RECEIPT, StepKind.REPORT, StepKind.DISPLAYED, StepKind.TELL_SENDER, StepKind.ASK,
})  # fmt: skip


class Urgency(IntEnum):
    """In which order steps are begun, and which never wait for each other; numbers are stored."""

    SOON = 1
    """Somebody may be waiting for it, and it is quick."""
    POST = 3
    """Mail to a mailbox here, or whose recipient was not looked up yet."""
    RELAY = 5
    """Mail to another server: it may take minutes to answer, and only other mail like it waits meanwhile."""
    NOTICE = 4
    """A notice waits a moment for messages that come together with its own."""
    AT_LEISURE = 2
    """Filing: it gives way to intake for a while, and to all that others wait for."""
    SLOW = 6
    """Filing that takes long, and archives, one step after another: only steps like them wait for it."""
    CAMPAIGN = 7
    """Notices that are sent by the thousand: no other notice waits behind them."""


def urgency_of(step: Step) -> Urgency:
    """Give how urgent a step is."""
    if step.kind in _MAIL:
        return Urgency.RELAY if step.relays else Urgency.POST
    if step.kind is StepKind.FILE:
        return Urgency.SLOW if step.slow else Urgency.AT_LEISURE
    if step.kind is StepKind.OPENING:
        return Urgency.CAMPAIGN
    if step.kind is StepKind.EXPORT:
        return Urgency.SLOW
    return Urgency.NOTICE if step.kind in NOTICES else Urgency.SOON


_FIRST_RETRY = timedelta(seconds=1)
_LAST_RETRY = timedelta(hours=1)
MAX_ATTEMPTS = 20
"""With the delays below, about eight hours; then the step is given up, or parked for ``pli doctor`` to show."""
MAX_MAIL_ATTEMPTS = 130
"""The same for mail to another server, and for notices: about five days (RFC 5321 §4.5.4.1)."""


def max_attempts(kind: StepKind) -> int:
    """Give how often a step is begun."""
    return MAX_MAIL_ATTEMPTS if kind in _MAIL | NOTICES else MAX_ATTEMPTS


def retry_delay(attempts: int) -> timedelta:
    """Give the pause before the next try: doubled each time, one hour at most."""
    return min(_FIRST_RETRY * (1 << max(0, min(attempts, 20) - 1)), _LAST_RETRY)
