"""Which vault may open which blob: the blob's data key, sealed for each vault that holds it."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.store import schema
from gateway.store.sealing import Kind, Sealer, object_of
from gateway.store.sql import Runner, parameter

_B = schema.blob
_this = (_B.c.vault == parameter("vault"), _B.c.blob == parameter("blob"))
_INSERT = insert(_B).on_conflict_do_nothing()
_SELECT = select(_B.c.wrapped, _B.c.size).where(*_this)
_DELETE = delete(_B).where(*_this)
_HELD = select(_B.c.vault).where(_B.c.blob == parameter("blob")).limit(1)


class SqlBlobRows:
    """Implements `gateway.ports.BlobRows`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def attach(self, vault: VaultId, blob: BlobKey) -> None:
        """Wrap the blob's key for `vault`; idempotent."""
        wrapped = self._sealer.seal(vault, Kind.BLOB_KEY, object_of(blob.ref.id), blob.data_key)
        self._runner.run(_INSERT, vault=vault, blob=blob.ref.id, wrapped=wrapped, size=blob.size)

    def open(self, vault: VaultId, ref: BlobRef) -> BlobKey:
        """Unwrap the key. Raises `NotFound` when this vault does not hold the blob."""
        row = self._runner.row(_SELECT, vault=vault, blob=ref.id)
        if row is None:
            raise NotFound("this vault does not hold the blob")
        return BlobKey(ref, self._sealer.open(vault, Kind.BLOB_KEY, object_of(ref.id), row[0]), row[1])

    def detach(self, vault: VaultId, ref: BlobRef) -> bool:
        """Drop this vault's hold; True when no vault holds the blob any more."""
        return self._runner.run(_DELETE, vault=vault, blob=ref.id) > 0 and not self.referenced(ref)

    def referenced(self, ref: BlobRef) -> bool:
        """Say whether any vault holds the blob."""
        return self._runner.row(_HELD, blob=ref.id) is not None
