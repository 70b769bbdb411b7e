"""Messages, folders and their entries."""

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.access import Audience
from gateway.domain.filing_outcome import MessageOutcome
from gateway.domain.header_page import HeaderPage
from gateway.domain.line_tests import EVERY_LINE, LineTest
from gateway.domain.listed_lines import ListedLines
from gateway.domain.mailbox import (
    THE_END,
    BlobRef,
    Content,
    ContentState,
    Entry,
    Flags,
    Folder,
    FolderId,
    FolderStatus,
    MessageId,
    ModSeq,
    SpecialUse,
    Summary,
    ThreadId,
    ThreadPlace,
    Uid,
    VaultId,
)

NO_FOLDER = FolderId(-1)
"""A folder that is none."""


class Mail(Protocol):
    """Messages, folders and their entries of one vault at a time."""

    def create_folder(self, vault: VaultId, name: str, special_use: SpecialUse = SpecialUse.NONE) -> Folder:
        """Create; raises `Conflict` when the name exists."""
        ...

    def folders(self, vault: VaultId) -> list[Folder]:
        """List folders, ordered by name, INBOX first."""
        ...

    def folder(self, vault: VaultId, name: str) -> Folder | None:
        """Find by exact name; INBOX in any case."""
        ...

    def highest_modseq(self, vault: VaultId, folder: FolderId) -> ModSeq | None:
        """Give a folder's modification sequence, without opening anything; None when it is gone."""
        ...

    def folder_by_use(self, vault: VaultId, use: SpecialUse) -> Folder:
        """Find the folder of a special use. Raises `NotFound`."""
        ...

    def rename_folder(self, vault: VaultId, folder: FolderId, name: str) -> None:
        """Rename this folder alone. Raises `Conflict` when the name exists."""
        ...

    def delete_folder(self, vault: VaultId, folder: FolderId) -> list[BlobRef]:
        """Delete with its entries; gives blobs that no vault holds any more."""
        ...

    def subscribe(self, vault: VaultId, folder: FolderId, subscribed: bool) -> None:
        """Set the subscription."""
        ...

    def absent_subscriptions(self, vault: VaultId) -> tuple[str, ...]:
        """List names that are subscribed to though their folders are gone, the latest last."""
        ...

    def keep_absent_subscriptions(self, vault: VaultId, names: Iterable[str]) -> None:
        """Set that list."""
        ...

    def learn_keywords(self, vault: VaultId, folder: FolderId, names: Iterable[str]) -> None:
        """Note keywords of a folder that it had not. Raises `LimitExceeded` when there are too many."""
        ...

    def keywords_borne(self, vault: VaultId, folder: FolderId) -> tuple[str, ...]:
        """Look through the messages of a folder for their keywords."""
        ...

    def note_recent(self, vault: VaultId, folder: FolderId, recent_from: Uid) -> None:
        """Note that messages below a UID have been told of as recent."""
        ...

    def renew_validity(self, vault: VaultId) -> int:
        """Give every folder of a vault a UIDVALIDITY that none has had (a store put back from a backup); count them."""
        ...

    def status(self, vault: VaultId, folder: FolderId) -> FolderStatus:
        """Count messages, unseen ones and octets."""
        ...

    def add_content(self, content: Content, vault: VaultId) -> None:
        """Insert a message; it is in no folder yet."""
        ...

    def content(self, vault: VaultId, mid: MessageId) -> Content:
        """Read a message's records. Raises `NotFound`, and `SealBroken` for one that was damaged or bent.

        One that was held is visible only by the outcome of its filing, whatever its row says.
        """
        ...

    def state_of(self, vault: VaultId, mid: MessageId) -> ContentState | None:
        """Read a message's state alone; None when it is gone. Raises `SealBroken` when it does not open."""
        ...

    def judged(self, vault: VaultId, mid: MessageId) -> tuple[ContentState | None, MessageOutcome | None]:
        """Read a message's state, None when it is gone, with what became of it. Raises `SealBroken`."""
        ...

    def set_state(self, vault: VaultId, mid: MessageId, state: ContentState) -> None:
        """Change the state of a message."""
        ...

    def drop_content(self, vault: VaultId, mid: MessageId) -> list[BlobRef]:
        """Delete a message that is in no folder; gives blobs that no vault holds any more."""
        ...

    def add_entry(self, vault: VaultId, folder: FolderId, mid: MessageId, flags: Flags, at: datetime) -> Entry:
        """Show a message in a folder: allocates UID and MODSEQ under the folder's row lock; `at` is INTERNALDATE."""
        ...

    def add_entry_by_use(self, vault: VaultId, use: SpecialUse, mid: MessageId, flags: Flags, at: datetime) -> Entry:
        """As `add_entry`, in the folder of a special use. Raises `NotFound`."""
        ...

    def uids(self, vault: VaultId, folder: FolderId, test: LineTest = EVERY_LINE) -> "array[int]":
        """List the UIDs of lines that are as asked, ascending, four octets each (`array('I')`)."""
        ...

    def first_unseen(self, vault: VaultId, folder: FolderId) -> Uid | None:
        r"""Give the lowest UID without \Seen, at the cost of that alone."""
        ...

    def entries(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1, who: Audience = Audience.NOBODY
    ) -> list[Entry]:
        """List entries with low ≤ UID ≤ high, ascending.

        Here and below, `who` leaves out what is not there for some readers: messages that brought a document which is
        not for representatives. Of what is withheld from others, the message stays, without its files.
        """
        ...

    def wires(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes, bytes]]:
        """As `entries`, with ENVELOPE and BODYSTRUCTURE of each as they go on the wire: the fast path of lists."""
        ...

    def listed(self, vault: VaultId, folder: FolderId, low: int, high: int, *, wires: bool) -> ListedLines:
        """As `entries`, or `wires`, by column and with flags only: what long lists read."""
        ...

    def summaries(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1, who: Audience = Audience.NOBODY
    ) -> list[tuple[Entry, Summary]]:
        """As `entries`, with the opened summary of each."""
        ...

    def header_blocks(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes]]:
        """As `entries`, with the header block of each."""
        ...

    def extracts(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, str]]:
        """As `entries`, with the folded text of each."""
        ...

    def header_pages(self, vault: VaultId, folder: FolderId, low: int, high: int) -> list[HeaderPage]:
        """List the pages of headers with low ≤ number ≤ high that there are; one that does not open is passed over."""
        ...

    def make_line_page(self, vault: VaultId, folder: FolderId, number: int) -> None:
        """Put the lines of neighbouring messages together, for `listed` to read as one; its number as there."""
        ...

    def keep_header_page(self, vault: VaultId, folder: FolderId, page: HeaderPage) -> None:
        """Keep a page of headers; it goes with the first of its messages that goes."""
        ...

    def changed_since(self, vault: VaultId, folder: FolderId, modseq: ModSeq) -> list[Entry]:
        """List entries with a greater MODSEQ, ascending by UID."""
        ...

    def vanished_since(self, vault: VaultId, folder: FolderId, modseq: ModSeq) -> list[Uid]:
        """List UIDs expunged since, ascending (tombstones, RFC 7162 §3.2.10)."""
        ...

    def set_flags(self, vault: VaultId, folder: FolderId, changes: Sequence[tuple[Uid, Flags]]) -> ModSeq:
        """Replace the flags of entries; all get one new MODSEQ, which is given back."""
        ...

    def expunge(self, vault: VaultId, folder: FolderId, uids: Iterable[Uid]) -> list[BlobRef]:
        """Remove entries, leave tombstones; gives blobs that no vault holds any more."""
        ...

    def copy(self, vault: VaultId, source: FolderId, uids: Sequence[Uid], target: FolderId) -> list[tuple[Uid, Uid]]:
        """Copy entries with their flags and dates; gives (source, target) pairs for COPYUID."""
        ...

    def thread_of(self, vault: VaultId, references: Sequence[str], party: str = "") -> ThreadId | None:
        """Find the thread of the latest reference that is known in this vault, among those of `party` when given."""
        ...

    def note_message_id(
        self, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId, party: str = ""
    ) -> None:
        """Remember which thread a `Message-ID` belongs to; with a `party`, for threads with that correspondent too."""
        ...

    def note_sent(self, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId) -> None:
        """Remember that the vault's owner sent a message."""
        ...

    def was_sent(self, vault: VaultId, message_id: str) -> bool:
        """Say whether the vault's owner sent a message with this `Message-ID`."""
        ...

    def by_message_id(self, vault: VaultId, message_id: str) -> MessageId | None:
        """Find a message of this vault by its `Message-ID` field."""
        ...

    def thread_entries(
        self, vault: VaultId, thread: ThreadId, newest: int = -1, skipped: int = 0, without: FolderId = NO_FOLDER,
        who: Audience = Audience.NOBODY,
    ) -> list[tuple[FolderId, Entry, Summary]]:  # fmt: skip
        """List visible messages of a conversation, oldest first: the newest so many, of those not skipped, or all.

        Those `without` one folder, when it is given.
        """
        ...

    def latest_threads(
        self, vault: VaultId, limit: int, before: ThreadPlace = THE_END, who: Audience = Audience.NOBODY
    ) -> list[ThreadPlace]:
        """List conversations by their newest message, the newest first, without opening any: those before a place."""
        ...

    def later_threads(
        self, vault: VaultId, limit: int, after: ThreadPlace, who: Audience = Audience.NOBODY
    ) -> list[ThreadPlace]:
        """List those right after a place of that list, the newest first."""
        ...

    def withheld(self, vault: VaultId, who: Audience) -> frozenset[MessageId]:
        """Give the messages that are not there for `who`."""
        ...

    def unseen(self, vault: VaultId, folder: FolderId, who: Audience = Audience.NOBODY) -> int:
        """Count the unread messages of a folder, at the cost of these alone; every page asks."""
        ...

    def places_of(self, vault: VaultId, mid: MessageId) -> list[tuple[FolderId, Entry]]:
        """List where a message is shown."""
        ...

    def thread_counts(
        self, vault: VaultId, thread: ThreadId, who: Audience = Audience.NOBODY
    ) -> tuple[int, int]:
        """Count the visible messages of a conversation, and those that are unread."""
        ...

    def first_seen(
        self, vault: VaultId, dedupe: bytes, mid: MessageId, at: datetime, since: datetime | None = None
    ) -> MessageId:
        """Claim a delivery: gives `mid` when it is new, or the message that already stands for it.

        A claim of before `since` no longer stands.
        """
        ...

    def note_outcome(self, vault: VaultId, mid: MessageId, outcome: MessageOutcome) -> None:
        """Remember what became of a message; outlives its content."""
        ...

    def outcome(self, vault: VaultId, mid: MessageId) -> MessageOutcome | None:
        """Read what became of a message."""
        ...
