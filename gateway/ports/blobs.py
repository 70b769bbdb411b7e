"""Octets outside the database, and which vault may open which."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.domain.mailbox import BlobKey, BlobRef, VaultId


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

    def held(self, key: BlobKey) -> AbstractContextManager[None]:
        """Keep the octets of a blob from being removed meanwhile, by any process, for who reads it piece by piece.

        Raises:
            NotFound: it is gone already; that is known for certain from a `read` within.
            StoreUnavailable: it cannot be held now.
        """
        ...

    def delete(self, ref: BlobRef) -> None:
        """Remove for good; absent is no error. Raises `StoreUnavailable`, also while somebody holds it."""
        ...

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant`, for the sweeper."""
        ...


class BlobRows(Protocol):
    """Which vault may open which blob."""

    def attach(self, vault: VaultId, *blobs: BlobKey) -> None:
        """Wrap the keys of blobs for `vault`; idempotent. Raises `NotFound` when one was condemned."""
        ...

    def open(self, vault: VaultId, ref: BlobRef) -> BlobKey:
        """Unwrap the key. Raises `NotFound` when this vault does not hold the blob."""
        ...

    def holds(self, after: tuple[BlobRef, VaultId] | None, limit: int) -> list[tuple[BlobRef, VaultId]]:
        """List who holds which blob, by blob, those after one; all holds of a blob stand together."""
        ...

    def of(self, vault: VaultId) -> list[BlobRef]:
        """List what one vault holds."""
        ...

    def octets(self) -> int:
        """Count the octets of all holds."""
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
