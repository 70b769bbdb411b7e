"""What a client may search for: the keys of SEARCH as a small tree of values.

Many keys of RFC 3501 §6.4.4 are combinations of others (UNSEEN is not SEEN, NEW is RECENT and not SEEN), so
nine kinds of leaves and three of nodes cover them all. Matching a message against the tree is the session's work.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TypeAlias

from gateway.imap.wire.sequence import SequenceSet


class When(Enum):
    """Compare a day: strictly before it, on it, or on it and after."""

    BEFORE = "before"
    ON = "on"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class Everything:
    """Match every message (ALL)."""


@dataclass(frozen=True, slots=True)
class HasFlag:
    r"""Match messages with this flag: a system flag such as ``\Seen``, or a keyword as the client wrote it."""

    flag: str


@dataclass(frozen=True, slots=True)
class HeaderContains:
    """Match a header field (name in capitals) that contains the text; an empty text asks only for the field."""

    field_name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BodyContains:
    """Match text in the body only (BODY)."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextContains:
    """Match text in header or body (TEXT)."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReceivedDay:
    """Match the day of the internal date (BEFORE, ON, SINCE)."""

    when: When
    day: date


@dataclass(frozen=True, slots=True)
class SentDay:
    """Match the day of the Date field (SENTBEFORE, SENTON, SENTSINCE)."""

    when: When
    day: date


@dataclass(frozen=True, slots=True)
class SizeAbove:
    """Match messages strictly larger than so many octets (LARGER)."""

    size: int


@dataclass(frozen=True, slots=True)
class SizeBelow:
    """Match messages strictly smaller than so many octets (SMALLER)."""

    size: int


@dataclass(frozen=True, slots=True)
class InMessages:
    """Match message numbers."""

    numbers: SequenceSet


@dataclass(frozen=True, slots=True)
class InUids:
    """Match UIDs (UID)."""

    uids: SequenceSet


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """Match messages whose mod-sequence is at least this (MODSEQ, RFC 7162 §3.1.5); needs CONDSTORE."""

    modseq: int


@dataclass(frozen=True, slots=True)
class Not:
    """Match what the key does not."""

    key: "SearchKey"


@dataclass(frozen=True, slots=True)
class Or:
    """Match what any of the keys does; chains of OR are flattened, so that they do not nest."""

    keys: tuple["SearchKey", ...]


@dataclass(frozen=True, slots=True)
class And:
    """Match what all the keys do."""

    keys: tuple["SearchKey", ...]


SearchKey: TypeAlias = (
    Everything | HasFlag | HeaderContains | BodyContains | TextContains | ReceivedDay | SentDay
    | SizeAbove | SizeBelow | InMessages | InUids | ChangedSince | Not | Or | And
)


class Return(Enum):
    """Ask for one result of an extended SEARCH (RFC 4731 §3.1; SAVE is RFC 5182)."""

    MIN = b"MIN"
    MAX = b"MAX"
    ALL = b"ALL"
    COUNT = b"COUNT"
    SAVE = b"SAVE"
