"""Transactions: everything that must be true together."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from gateway.domain.access_settings import AccessSettings
from gateway.domain.mailbox import VaultId
from gateway.ports.access_tables import AccessTables
from gateway.ports.agenda import Agendas
from gateway.ports.attempts import AttemptRows
from gateway.ports.audit import Audit
from gateway.ports.blobs import BlobRows
from gateway.ports.care_acts import CareActs
from gateway.ports.document_lists import DocumentLists
from gateway.ports.erasures import Erasures
from gateway.ports.exchanges import Exchanges
from gateway.ports.goals import Goals
from gateway.ports.happenings import Happenings
from gateway.ports.head_log import HeadLog
from gateway.ports.health_links import HealthLinkStore
from gateway.ports.inspection import Inspection
from gateway.ports.integrity import Integrity
from gateway.ports.mail import Mail
from gateway.ports.measures import Measures
from gateway.ports.news import Subscription
from gateway.ports.observed import ObservedLines
from gateway.ports.outbox import Outbox
from gateway.ports.own_exports import KeptExports
from gateway.ports.passkeys import Passkeys
from gateway.ports.profile import Profile
from gateway.ports.quarantine import Quarantine
from gateway.ports.record import Documents
from gateway.ports.spaces import Spaces
from gateway.ports.work_cost import LITTLE, Cost

__all__ = ["LITTLE", "Cost", "Preparation", "Priority", "Store", "Tx"]

T = TypeVar("T")
U = TypeVar("U")


class Priority(IntEnum):
    """Mail goes before imports and sweeps."""

    MAIL = 0
    BULK = 1


class Tx(AccessTables, Protocol):
    """One transaction; valid only inside the function it was given to."""

    @property
    def access_settings(self) -> AccessSettings:
        """What the operator chose about access."""
        ...

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
    def passkeys(self) -> Passkeys:
        """Passkeys of patients."""
        ...

    @property
    def erasures(self) -> Erasures:
        """What is left of erased spaces."""
        ...

    @property
    def exchanges(self) -> Exchanges:
        """Exchanges."""
        ...

    @property
    def document_lists(self) -> DocumentLists:
        """What patients chose for documents, and those that they look for."""
        ...

    @property
    def documents(self) -> Documents:
        """The dossier."""
        ...

    @property
    def goals(self) -> Goals:
        """Goals of examinations."""
        ...

    @property
    def observed(self) -> ObservedLines:
        """Results in short, for pages of examinations."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """Refused messages."""
        ...

    @property
    def care_acts(self) -> CareActs:
        """Acts of care that payers and documents tell of."""
        ...

    @property
    def measures(self) -> Measures:
        """What patients measure of themselves."""
        ...

    @property
    def profile(self) -> Profile:
        """What patients write in their profile."""
        ...

    @property
    def health_links(self) -> HealthLinkStore:
        """Links by which patients share on the spot."""
        ...

    @property
    def own_exports(self) -> KeptExports:
        """Archives of all the data of spaces."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Work that follows."""
        ...

    @property
    def attempts(self) -> AttemptRows:
        """Guesses and failures that processes tell each other."""
        ...

    @property
    def audit(self) -> Audit:
        """The trace."""
        ...

    @property
    def agendas(self) -> Agendas:
        """Agendas of patients."""
        ...

    @property
    def head_log(self) -> HeadLog:
        """The log of where traces stood."""
        ...

    @property
    def happenings(self) -> Happenings:
        """What is told of the trace, and marks of reading."""
        ...

    @property
    def inspection(self) -> Inspection:
        """What looks for damage."""
        ...

    @property
    def integrity(self) -> Integrity:
        """Rows that were changed behind the program's back."""
        ...

    def changed(self, vault: VaultId) -> None:
        """Tell the vault's subscribers after the commit that something changed."""
        ...


@dataclass(frozen=True, slots=True)
class Preparation(Generic[T]):
    """Blocking work that comes before transactions.

    Attributes:
        work: gives the functions to run in transactions.
        durable: makes durable what they will refer to; called after `work`, before the first transaction.
        cost: what `work` and `durable` take.
    """

    work: Callable[[], Sequence[Callable[[Tx], T]]]
    durable: Callable[[], None] = lambda: None
    cost: Cost = LITTLE


class Store(Protocol):
    """The transactional store."""

    @property
    def is_shared(self) -> bool:
        """Say whether other processes that serve may write to it as well."""
        ...

    @property
    def is_on_server(self) -> bool:
        """Say whether other gateways may serve from it; a file is one gateway's alone."""
        ...

    async def write(
        self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL, waits_for_disk: bool = True
    ) -> T:
        """Run `fn` in a write transaction; return after it is durable.

        Without `waits_for_disk` it is committed and seen by all, but a power cut may undo it, with all such writes
        after it. Only for what a client would set again. What waits and changes something makes it durable as well.

        Raises:
            StoreUnavailable: the commit failed; nothing of `fn` holds.
        """
        ...

    async def write_prepared(self, preparation: "Preparation[T]", *, priority: Priority = Priority.MAIL) -> list[T]:
        """Prepare off the loop, then run what was prepared, each in a write transaction of its own, in order.

        Short work runs in the store's own thread right before the transactions, together with that of others; what
        takes longer than some milliseconds is done by worker threads, which hand over to the store themselves. When
        one of the functions fails, those after it are not run, and those before it stay.

        Raises:
            StoreUnavailable: a commit failed; nothing of its function holds. What the preparation or a function
                raises is raised here.
        """
        ...

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on one consistent snapshot."""
        ...

    async def read_then(
        self, fn: Callable[[Tx], T], work: Callable[[T], U], cost: Callable[[T], Cost]
    ) -> tuple[T, U]:
        """Read as `read` does, then do blocking work on what was read; give both.

        Short work is done in the same trip to another thread; what is long does not keep a reader from all others.
        """
        ...

    async def aside(self, work: Callable[[], T]) -> T:
        """Do blocking work that belongs to no transaction, off the loop."""
        ...

    async def new_vault(self) -> VaultId:
        """Make a vault number whose key is durable."""
        ...

    async def new_vaults(self, count: int) -> list[VaultId]:
        """Make several at the cost of one commit of the key store; none where `count` is zero or less."""
        ...

    def forget(self, vault: VaultId) -> None:
        """Drop what this process has cached of a vault: it was destroyed, elsewhere perhaps, or is done with."""
        ...

    async def destroy_vault(self, vault: VaultId) -> None:
        """End a vault for good: its key, what is cached of it, and its rows; of its trace the hashes stay (A13).

        Nothing that it sealed opens from the first moment on, and whoever watches `ERASURES` is told. Done twice, or
        again after a kill midway, it ends the same. Octets that no other vault holds are left to the sweeper.

        Raises:
            ValueError: the vault is the operator's.
            StoreUnavailable: the key store or the database cannot be written now, or the log of keys not be cut off
                because somebody reads it for long; ask again.
        """
        ...

    def subscribe(self, vault: VaultId) -> AbstractContextManager[Subscription]:
        """Subscribe before reading the snapshot that the changes apply to."""
        ...

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Key a digest with the operator's index key, for deduplication and look-ups (32 octets)."""
        ...
