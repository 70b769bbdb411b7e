"""Values of a mailbox: identifiers, flags, folders, entries and the record made of each message at ingest.

Nothing here parses a message (`gateway.domain.mime` does) nor touches a store.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import NamedTuple, NewType

from gateway.domain.instants import instant_of

VaultId = NewType("VaultId", int)
"""Random positive 62-bit number of what owns keys and data: a space, a mailbox, the operator."""
MessageId = NewType("MessageId", int)
"""Random positive 62-bit number of one stored message in one vault; not the `Message-ID` field."""
FolderId = NewType("FolderId", int)
ThreadId = NewType("ThreadId", int)
"""The `MessageId` of the first message of a conversation."""
Uid = NewType("Uid", int)
UidValidity = NewType("UidValidity", int)
ModSeq = NewType("ModSeq", int)

OPERATOR = VaultId(1)
"""The vault of whoever runs the gateway: quarantine and the log of refusals live in it."""

ERASURES = VaultId(2)
"""No vault: whoever watches it is told that a space was erased, in every process."""

ATTEMPTS = VaultId(3)
"""No vault: whoever watches it is told that guesses or failures were counted by another process."""


class VaultKind(Enum):
    """What a vault belongs to; the mailbox kinds are those of STD §1.9."""

    OPERATOR = "operator"
    SPACE = "space"
    PER = "PER"
    ORG = "ORG"
    APP = "APP"
    CAB = "CAB"


class SpecialUse(Enum):
    """Special-use attribute of a folder (RFC 6154 §2); `ENDED` is our own folder « Terminés » (A8)."""

    NONE = ""
    INBOX = "inbox"
    SENT = r"\Sent"
    DRAFTS = r"\Drafts"
    TRASH = r"\Trash"
    ARCHIVE = r"\Archive"
    JUNK = r"\Junk"
    ENDED = "ended"


SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = r"\Seen", r"\Answered", r"\Flagged", r"\Deleted", r"\Draft"
SYSTEM_FLAGS = (ANSWERED, DELETED, DRAFT, FLAGGED, SEEN)

Flags = frozenset[str]
"""Flags and keywords as they are spelled on the wire; system flags in the spelling of RFC 3501 §2.3.2."""


def flags_text(flags: Flags) -> str:
    """Give flags in the one order they are stored and sent in, separated by a space."""
    return " ".join(sorted(flags))


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Name of one blob: 16 octets that the store of blobs chose and that never return."""

    id: bytes


@dataclass(frozen=True, slots=True)
class BlobKey:
    """A blob with the key that opens it; never stored as is and never logged."""

    ref: BlobRef
    data_key: bytes
    size: int

    def __repr__(self) -> str:
        """Hide the key."""
        return f"BlobKey({self.ref.id.hex()})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What lists, FETCH and the web need of a message, computed once at ingest.

    Attributes:
        envelope: RFC 3501 ENVELOPE as it goes on the wire, parentheses included.
        bodystructure: BODYSTRUCTURE as it goes on the wire.
        body: BODY (without extension data) as it goes on the wire.
        layout: compact tree of parts with their offsets (`gateway.domain.mime`).
        card: JSON object for the web: decoded from, to, subject, date, preview, attachments.
    """

    envelope: bytes
    bodystructure: bytes
    body: bytes
    layout: bytes
    card: bytes


class ContentState(IntEnum):
    """Accepted is not yet seen: a message with clinical documents waits for its identity verdict (A12)."""

    VISIBLE = 0
    HELD = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A message as one vault keeps it, apart from the folders it is shown in.

    Attributes:
        header_block: the header block, final empty line included.
        extract: folded text for SEARCH.
        reverse_path: envelope sender, empty for ``<>``.
        recipient: envelope recipient this copy was accepted for.
    """

    mid: MessageId
    blob: BlobRef
    size: int
    internal_date: datetime
    state: ContentState
    thread: ThreadId
    summary: Summary
    header_block: bytes
    extract: str
    reverse_path: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder and its counters; `name` is decoded Unicode with ``/`` between levels.

    Attributes:
        keywords: those that its messages bear or have borne, in the order in which they came; None when not known.
        recent_from: the first UID that no session has been told of as recent (RFC 3501 §2.3.2).
    """

    id: FolderId
    name: str
    special_use: SpecialUse
    uid_validity: UidValidity
    uid_next: Uid
    highest_modseq: ModSeq
    subscribed: bool = True
    keywords: tuple[str, ...] | None = None
    recent_from: Uid


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """Counts for STATUS and SELECT; `size` is the sum of RFC822.SIZE in octets."""

    messages: int
    unseen: int
    size: int


class Entry(NamedTuple):
    """One message in one folder; `flags` is the canonical text of `flags_text`.

    A tuple and not a dataclass, with its date in microseconds since 1970: lists make ten thousand at a time, and
    this takes a fifth of the time (`docs/store.md`).
    """

    uid: Uid
    mid: MessageId
    modseq: ModSeq
    flags: str
    internal_micros: int
    size: int
    thread: ThreadId

    @property
    def internal_date(self) -> datetime:
        """Give INTERNALDATE as an aware instant, UTC."""
        return instant_of(self.internal_micros)


class ThreadPlace(NamedTuple):
    """Where a conversation stands in a list of them: `at` is the date of its newest message, in microseconds."""

    at: int
    thread: ThreadId


THE_END = ThreadPlace(2**63 - 1, ThreadId(0))
"""Before everything: where a list of conversations begins."""
