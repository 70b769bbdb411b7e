"""Look whether every octet that the store promises is there and opens: disks lose and change what nobody reads."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from gateway.domain.errors import KeyUnavailable, NotFound, PliError, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobRef, VaultId
from gateway.ports.blobs import Blobs
from gateway.ports.store import Store
from gateway.services.stored_octets import stored

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """One blob that one vault holds, its size in octets, and the fault that was found, if any."""

    blob: BlobRef
    vault: VaultId
    size: int
    fault: PliError | None = None


async def every_blob(store: Store, blobs: Blobs) -> AsyncIterator[Looked]:
    """Open every blob with the key of every vault that holds it, piece by piece, in a worker thread."""
    last: tuple[BlobRef, VaultId] | None = None
    while page := await _holds(store, last, _AT_ONCE):
        for last in page:
            if (found := await _looked_at(store, blobs, *last)) is not None:
                yield found


async def _holds(store: Store, after: tuple[BlobRef, VaultId] | None, limit: int) -> list[tuple[BlobRef, VaultId]]:
    return await store.read(lambda tx: tx.blobs.holds(after, limit))


async def _looked_at(store: Store, blobs: Blobs, blob: BlobRef, vault: VaultId) -> Looked | None:
    """Look at one; None when its vault let go of it meanwhile."""
    try:
        key = await store.read(lambda tx: tx.blobs.open(vault, blob))
    except NotFound:
        return None
    except (SealBroken, KeyUnavailable) as error:
        return Looked(blob, vault, 0, error)

    def read() -> int:
        return sum(map(len, stored(blobs, key)))

    try:
        return Looked(blob, vault, await store.aside(read))
    except (NotFound, SealBroken, StoreUnavailable) as error:
        fault = error
    # Deleted between the two looks: nobody was promised these octets any more.
    held = await _holds(store, (blob, VaultId(vault - 1)), 1)
    return Looked(blob, vault, key.size, fault) if held == [(blob, vault)] else None
