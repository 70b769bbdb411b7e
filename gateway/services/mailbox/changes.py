"""What changing a mailbox gives back, and how its messages are named: by spans of UIDs."""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import ModSeq, Uid, UidValidity

Span: TypeAlias = tuple[int, int]
"""Lowest and highest UID, both included."""
MAX_UID = 2**32 - 1
EVERY: Span = (1, MAX_UID)


@dataclass(frozen=True, slots=True)
class Flagged:
    """One message after its flags were changed; `changed_before` when somebody else had changed them before."""

    uid: Uid
    flags: str
    changed_before: bool


@dataclass(frozen=True, slots=True)
class FlagChange:
    """What changing flags did; `modseq` is the change's own, or None when nothing changed."""

    modseq: ModSeq | None
    messages: list[Flagged]


@dataclass(frozen=True, slots=True)
class Opened:
    r"""Messages whose reading is traced: the UIDs that \Seen was new to, and the modification sequence of that."""

    modseq: ModSeq | None
    seen: frozenset[Uid]


@dataclass(frozen=True, slots=True)
class Copied:
    """Where copies went: pairs of UIDs, ascending, for COPYUID (RFC 4315 §3)."""

    validity: UidValidity
    pairs: list[tuple[Uid, Uid]]


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an appended message stands (APPENDUID, RFC 4315 §3)."""

    validity: UidValidity
    uid: Uid


class MessagesGone(NotFound):
    """Some of the messages named were expunged by somebody else."""
