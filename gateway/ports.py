"""Every protocol between the services and the adapters.

Services speak to these and to the domain only; `gateway.app` binds them to adapters. Functions that take
a `Tx` are synchronous and run in a store thread: they may be run twice (a group commit that fails is
replayed one by one), so they have no effect but on the transaction.

Values cross these borders in clear; sealing and opening are the store's business.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from dossier_bridge.request import ReadOutcome, ReadRequest
from gateway.domain.account import Account, Code, Session, Space
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.directory import CertificateBinding, DirectoryEntry, DistinguishedName, TrustedDomain
from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import (
    BlobKey,
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
    Uid,
    VaultId,
    VaultKind,
)
from gateway.domain.outbox import Step, Urgency
from gateway.domain.space import SpaceState

T = TypeVar("T")


NO_FOLDER = FolderId(-1)
"""A folder that is none."""


class Priority(IntEnum):
    """Mail goes before imports and sweeps."""

    MAIL = 0
    BULK = 1


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Give the present instant, aware, UTC."""
        ...


class Blobs(Protocol):
    """Append-once encrypted objects. Every method blocks: call it from a worker thread."""

    def put(self, data: bytes | bytearray | memoryview) -> BlobKey:
        """Seal and store; on return it survives a power cut. Attach it in the transaction that needs it.

        Raises:
            StoreUnavailable: it is not durable.
        """
        ...

    def put_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several at the cost of one synchronisation. Raises `StoreUnavailable`."""
        ...

    def write_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several that nobody may be promised before `synchronise` returns. Raises `StoreUnavailable`."""
        ...

    def synchronise(self, keys: Iterable[BlobKey]) -> None:
        """Make blobs that `write_many` wrote survive a power cut. Raises `StoreUnavailable`."""
        ...

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        """Open octets [start, end) of the plaintext. Raises `SealBroken`, `NotFound`."""
        ...

    def delete(self, ref: BlobRef) -> None:
        """Remove for good; absent is no error."""
        ...

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant`, for the sweeper."""
        ...


class BlobRows(Protocol):
    """Which vault may open which blob."""

    def attach(self, vault: VaultId, blob: BlobKey) -> None:
        """Wrap the blob's key for `vault`; idempotent. Raises `NotFound` when the blob was condemned."""
        ...

    def open(self, vault: VaultId, ref: BlobRef) -> BlobKey:
        """Unwrap the key. Raises `NotFound` when this vault does not hold the blob."""
        ...

    def holds(self, after: tuple[BlobRef, VaultId] | None, limit: int) -> list[tuple[BlobRef, VaultId]]:
        """List who holds which blob, by blob, those after one; all holds of a blob stand together."""
        ...

    def detach(self, vault: VaultId, ref: BlobRef) -> bool:
        """Drop this vault's hold; True when no vault holds the blob any more."""
        ...

    def referenced(self, ref: BlobRef) -> bool:
        """Say whether any vault holds the blob."""
        ...

    def condemn(self, ref: BlobRef, at: datetime) -> bool:
        """Forbid new holds; True when no vault holds the blob and its file may go, False and no change otherwise."""
        ...

    def forget_condemned(self, before: datetime) -> None:
        """Forget the names of blobs that were condemned before an instant."""
        ...


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

    def status(self, vault: VaultId, folder: FolderId) -> FolderStatus:
        """Count messages, unseen ones and octets."""
        ...

    def add_content(self, content: Content, vault: VaultId) -> None:
        """Insert a message; it is in no folder yet."""
        ...

    def content(self, vault: VaultId, mid: MessageId) -> Content:
        """Read a message's records. Raises `NotFound`."""
        ...

    def state_of(self, vault: VaultId, mid: MessageId) -> ContentState | None:
        """Read a message's state alone; None when it is gone."""
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

    def uids(self, vault: VaultId, folder: FolderId) -> "array[int]":
        """List all UIDs ascending, four octets each (`array('I')`)."""
        ...

    def entries(self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1) -> list[Entry]:
        """List entries with low ≤ UID ≤ high, ascending."""
        ...

    def wires(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes, bytes]]:
        """As `entries`, with ENVELOPE and BODYSTRUCTURE of each as they go on the wire: the fast path of lists."""
        ...

    def summaries(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
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

    def thread_of(self, vault: VaultId, references: Sequence[str]) -> ThreadId | None:
        """Find the thread of the latest reference that is known in this vault."""
        ...

    def note_message_id(self, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId) -> None:
        """Remember which thread a `Message-ID` belongs to."""
        ...

    def by_message_id(self, vault: VaultId, message_id: str) -> MessageId | None:
        """Find a message of this vault by its `Message-ID` field."""
        ...

    def thread_entries(
        self, vault: VaultId, thread: ThreadId, newest: int = -1, skipped: int = 0, without: FolderId = NO_FOLDER
    ) -> list[tuple[FolderId, Entry, Summary]]:
        """List visible messages of a conversation, oldest first: the newest so many, of those not skipped, or all.

        Those `without` one folder, when it is given.
        """
        ...

    def latest_threads(self, vault: VaultId, limit: int, skipped: int) -> list[ThreadId]:
        """List conversations by their newest message, the newest first, without opening any."""
        ...

    def places_of(self, vault: VaultId, mid: MessageId) -> list[tuple[FolderId, Entry]]:
        """List where a message is shown."""
        ...

    def thread_counts(self, vault: VaultId, thread: ThreadId) -> tuple[int, int]:
        """Count the visible messages of a conversation, and those that are unread."""
        ...

    def latest(
        self, vault: VaultId, limit: int, before: datetime | None = None
    ) -> list[tuple[FolderId, Entry, Summary]]:
        """List the newest visible messages of all folders, newest first."""
        ...

    def first_seen(self, vault: VaultId, dedupe: bytes, mid: MessageId, at: datetime) -> MessageId:
        """Claim a delivery: gives `mid` when it is new, or the message that already stands for it."""
        ...

    def note_outcome(self, vault: VaultId, mid: MessageId, record: bytes) -> None:
        """Remember what became of a message (JSON); outlives its content."""
        ...

    def outcome(self, vault: VaultId, mid: MessageId) -> bytes | None:
        """Read what became of a message."""
        ...


class Spaces(Protocol):
    """Vaults, patients' spaces, local mailboxes, sign-ins."""

    def create_vault(self, vault: VaultId, kind: VaultKind, address: MailAddress | None, name: str) -> None:
        """Insert; its key must exist already (`Store.new_vault`). Raises `Conflict` when the address is taken."""
        ...

    def resolve(self, address: MailAddress) -> tuple[VaultId, VaultKind] | None:
        """Find whose mailbox an address is."""
        ...

    def address_of(self, vault: VaultId) -> tuple[MailAddress | None, VaultKind, str]:
        """Give a vault's address, kind and display name. Raises `NotFound`."""
        ...

    def save(self, space: Space) -> None:
        """Insert or replace a space's record."""
        ...

    def space(self, vault: VaultId) -> Space:
        """Read a space. Raises `NotFound`."""
        ...

    def state(self, vault: VaultId) -> SpaceState | None:
        """Read a space's state without opening its record."""
        ...

    def set_state(self, vault: VaultId, state: SpaceState) -> None:
        """Change a space's state."""
        ...

    def save_account(self, account: Account) -> None:
        """Insert or replace a sign-in. Raises `Conflict` when another vault has this login."""
        ...

    def account(self, login: str) -> Account | None:
        """Find a sign-in by its login, compared in lower case."""
        ...

    def save_code(self, code: Code) -> None:
        """Insert or replace a single-use code; one a vault and purpose."""
        ...

    def code(self, vault: VaultId, purpose: str) -> Code | None:
        """Read a code."""
        ...

    def spend_try(self, vault: VaultId, purpose: str) -> None:
        """Take one try off a code."""
        ...

    def drop_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up."""
        ...

    def codes_since(self, vault: VaultId, since: datetime) -> int:
        """Count codes issued since an instant."""
        ...

    def save_session(self, session: Session) -> None:
        """Insert or replace a session or token."""
        ...

    def session(self, digest: bytes) -> Session | None:
        """Find a session or token by the SHA-256 of its secret."""
        ...

    def drop_session(self, digest: bytes) -> None:
        """End one session."""
        ...

    def drop_expired(self, now: datetime) -> None:
        """Remove what has expired."""
        ...


class Exchanges(Protocol):
    """Exchanges of a patient's space, one row a correspondent (A7)."""

    def get(self, vault: VaultId, correspondent: MailAddress) -> Exchange | None:
        """Read one."""
        ...

    def put(self, vault: VaultId, exchange: Exchange) -> None:
        """Insert or replace."""
        ...

    def all_of(self, vault: VaultId) -> list[Exchange]:
        """List all of a space."""
        ...


class Documents(Protocol):
    """Filed documents and their results, as the patient may read them: no answer and no count has what is withheld."""

    def add(self, vault: VaultId, document: FiledDocument, results: Sequence[LabResult]) -> bool:
        """File; False and no change when the same document (identifier and hash) is filed already."""
        ...

    def withholds(self, vault: VaultId, document: FiledDocument) -> bool:
        """Say whether this document, or the same one filed before, is kept from the patient."""
        ...

    def all_of(self, vault: VaultId, category: str | None = None, limit: int = -1) -> list[FiledDocument]:
        """List, newest first."""
        ...

    def get(self, vault: VaultId, document: int) -> FiledDocument:
        """Read one. Raises `NotFound`."""
        ...

    def results(self, vault: VaultId, document: int) -> list[LabResult]:
        """Read the results of one document, in its order."""
        ...

    def of_message(self, vault: VaultId, mid: MessageId) -> list[FiledDocument]:
        """List the documents that came with a message."""
        ...

    def counts(self, vault: VaultId) -> dict[str, int]:
        """Count documents by category."""
        ...

    def unseen(self, vault: VaultId) -> int:
        """Count documents the patient has not opened yet."""
        ...

    def mark_seen(self, vault: VaultId, document: int) -> None:
        """Note that the patient has opened it."""
        ...


class Quarantine(Protocol):
    """Refused messages, under the operator's key."""

    def add(self, mid: MessageId, code: str, blob: BlobKey, meta: bytes, at: datetime) -> None:
        """Keep a refused message; idempotent on `mid`."""
        ...

    def count(self) -> int:
        """Count them."""
        ...


class Outbox(Protocol):
    """Steps that wait, are leased, are done, or are parked."""

    def add(self, step: Step, *, unless_waiting: bool = False) -> None:
        """Insert; idempotent on its id.

        With `unless_waiting`, change nothing when a step of this kind, of this vault, waits that was never begun:
        one will do for both.
        """
        ...

    def lease(
        self,
        now: datetime,
        until: datetime,
        limit: int,
        leisure: timedelta = timedelta(0),
        urgencies: Sequence[Urgency] = tuple(Urgency),
    ) -> list[Step]:
        """Take due steps of some urgencies that nobody holds, in that order; each counts one attempt more.

        Steps that may be done at leisure, and notices, are taken only when they have been due for `leisure`. A step
        that does not open is parked.
        """
        ...

    def done(self, step: Step) -> bool:
        """Remove; False when it was done before, by another worker."""
        ...

    def retry(self, step: Step, due: datetime) -> None:
        """Give back, due later; no change when the lease has passed to another."""
        ...

    def relay(self, step: Step, due: datetime) -> None:
        """Give back to those that wait for another server; no change when the lease has passed to another."""
        ...

    def park(self, step: Step, reason: str) -> None:
        """Set aside for a human; `reason` is a code, never content. No change when the lease has passed to another."""
        ...

    def recall(self, now: datetime) -> int:
        """Make due now what was begun and not done, and give how many; for the only worker of a store, as it starts."""
        ...

    def counts(self) -> dict[str, int]:
        """Count steps: ``waiting``, ``parked``."""
        ...

    def next_due(self, urgencies: Sequence[Urgency] = tuple(Urgency)) -> datetime | None:
        """Give the earliest instant at which a lease may succeed."""
        ...


class Audit(Protocol):
    """The hash chain of a vault."""

    def append(self, vault: VaultId, event: AuditEvent) -> None:
        """Add an event to the chain, in this transaction."""
        ...

    def events(self, vault: VaultId, limit: int = -1) -> list[AuditEvent]:
        """Read, newest first."""
        ...

    def vaults(self) -> list[VaultId]:
        """List the vaults that have a trace."""
        ...

    def verify(self, vault: VaultId) -> int:
        """Recompute the chain and give its length. Raises `SealBroken` at the first fault."""
        ...


class Tx(Protocol):
    """One transaction; valid only inside the function it was given to."""

    @property
    def mail(self) -> Mail:
        """Messages and folders."""
        ...

    @property
    def blobs(self) -> BlobRows:
        """Holds on blobs."""
        ...

    @property
    def spaces(self) -> Spaces:
        """Vaults, spaces and sign-ins."""
        ...

    @property
    def exchanges(self) -> Exchanges:
        """Exchanges."""
        ...

    @property
    def documents(self) -> Documents:
        """The dossier."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """Refused messages."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Work that follows."""
        ...

    @property
    def audit(self) -> Audit:
        """The trace."""
        ...

    def changed(self, vault: VaultId) -> None:
        """Tell the vault's subscribers after the commit that something changed."""
        ...


class Subscription(Protocol):
    """Coalesced news of one vault."""

    async def wait(self) -> None:
        """Return when something changed since the last return; at once if it already did."""
        ...


@dataclass(frozen=True, slots=True)
class Preparation(Generic[T]):
    """Blocking work that comes before transactions.

    Attributes:
        work: gives the functions to run in transactions.
        durable: makes durable what they will refer to; called after `work`, before the first transaction.
    """

    work: Callable[[], Sequence[Callable[[Tx], T]]]
    durable: Callable[[], None] = lambda: None


class Store(Protocol):
    """The transactional store."""

    async def write(self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL) -> T:
        """Run `fn` in a write transaction; return after it is durable.

        Raises:
            StoreUnavailable: the commit failed; nothing of `fn` holds.
        """
        ...

    async def write_prepared(
        self, preparation: "Preparation[T]", workers: Executor | None = None, *, priority: Priority = Priority.MAIL
    ) -> list[T]:
        """Prepare off the loop, then run what was prepared, each in a write transaction of its own, in order.

        Short work runs in the store's own thread right before the transactions, together with that of others; what
        takes longer than some milliseconds is given to `workers`, who hand over to the store themselves. When one
        of the functions fails, those after it are not run, and those before it stay.

        Raises:
            StoreUnavailable: a commit failed; nothing of its function holds. What the preparation or a function
                raises is raised here.
        """
        ...

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on one consistent snapshot."""
        ...

    async def new_vault(self) -> VaultId:
        """Make a vault number whose key is durable."""
        ...

    async def new_vaults(self, count: int) -> list[VaultId]:
        """Make several at the cost of one commit of the key store."""
        ...

    def subscribe(self, vault: VaultId) -> AbstractContextManager[Subscription]:
        """Subscribe before reading the snapshot that the changes apply to."""
        ...

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Key a digest with the operator's index key, for deduplication and look-ups (32 octets)."""
        ...


@dataclass(frozen=True, slots=True)
class Ages:
    """When the trust data were generated; None when there are none.

    `whitelist_version` is another number for each list that comes into service.
    """

    whitelist: datetime | None
    directory: datetime | None
    whitelist_version: int = 0


class Directory(Protocol):
    """Trust data: the white list and the directory of professionals, with local additions."""

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox."""
        ...

    def domain(self, name: str) -> TrustedDomain | None:
        """Find a white-listed domain."""
        ...

    def domains_of(self, holder: DistinguishedName) -> frozenset[str]:
        """List the domains that the white list binds to a certificate's holder."""
        ...

    def binding(self, spki_sha256: bytes) -> CertificateBinding | None:
        """Find the local laboratory whose certificate has this key."""
        ...

    def ages(self) -> Ages:
        """Say how old the data are."""
        ...


class LocalDirectory(Protocol):
    """The operator's own additions to the directory; each change is durable on return."""

    def add(self, entry: DirectoryEntry) -> None:
        """Add a mailbox, or replace what is said of it."""
        ...

    def bind(self, binding: CertificateBinding) -> None:
        """Let the holder of a key send for a local mailbox."""
        ...


class Readers(Protocol):
    """The readers of clinical documents, in processes of their own."""

    async def read(self, request: ReadRequest) -> ReadOutcome:
        """Read the attachments of a message. Raises `ReaderFailed` when the reader crashed or ran out of limits."""
        ...


class Courier(Protocol):
    """Mail to other operators, by mutual TLS."""

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Hand over; raises `CourierDeferred` or `CourierRefused` of `gateway.domain.errors`."""
        ...


class Notices(Protocol):
    """Notices outside the gateway: they say that something waits, never from whom nor about what."""

    def send(self, notice_id: str, channel: str, to: str, kind: str, text: str, code: str | None = None) -> None:
        """Send once for each `notice_id`; a second call with the same id changes nothing. Blocks."""
        ...
