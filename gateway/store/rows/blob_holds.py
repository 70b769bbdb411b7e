"""Which vault may open which blob: the blob's data key, sealed for each vault that holds it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Insert, LargeBinary, cast, delete, exists, func, literal, select, tuple_, union_all

from gateway.domain.errors import NotFound
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.seal.records import BLOB_KEY, BlobKeyRecord
from gateway.store.seal.sealer import Sealer, object_of

_B, _K = schema.blob, schema.condemned
_this = (_B.c.vault == parameter("vault"), _B.c.blob == parameter("blob"))
_COLUMNS = ("vault", "blob", "wrapped", "size")


def _holding(count: int) -> Insert:
    """Hold so many blobs that are not condemned, and give those that were not held.

    One statement looks and inserts, and whoever holds or condemns names the blob first: the two never pass each other.
    """
    each = [
        select(*(parameter(f"{name}_{at}").label(name) for name in _COLUMNS)).where(
            ~exists(literal(1)).where(_K.c.blob == parameter(f"blob_{at}"))
        )
        for at in range(count)
    ]
    chosen = each[0] if count == 1 else union_all(*each)
    return insert(_B).from_select(_COLUMNS, chosen).on_conflict_do_nothing().returning(cast(_B.c.blob, LargeBinary))


_MOST_AT_ONCE = 8
_HOLD = [_holding(count) for count in range(1, _MOST_AT_ONCE + 1)]
_SELECT = select(_B.c.wrapped, _B.c.size).where(*_this)
_DELETE = delete(_B).where(*_this)
_CONDEMN = insert(_K).on_conflict_do_nothing()
_FORGET = delete(_K).where(_K.c.at < parameter("before"))
_HOLDS = (
    select(_B.c.blob, _B.c.vault)
    .where(tuple_(_B.c.blob, _B.c.vault) > tuple_(parameter("blob"), parameter("vault")))
    .order_by(_B.c.blob, _B.c.vault)
    .limit(parameter("count"))
)
_OF_VAULT = select(_B.c.blob).where(_B.c.vault == parameter("vault"))
_OCTETS = select(func.coalesce(func.sum(_B.c.size), 0))
_HELD = select(_B.c.vault).where(_B.c.blob == parameter("blob")).limit(1)


class SqlBlobRows:
    """Implements `gateway.ports.blobs.BlobRows`."""

    def __init__(self, runner: Runner, sealer: Sealer, noted: NotedChanges) -> None:
        self._runner = runner
        self._sealer = sealer
        self._noted = noted

    def attach(self, vault: VaultId, *blobs: BlobKey) -> None:
        """Wrap the keys of blobs for `vault`; idempotent. Raises `NotFound` when one was condemned."""
        for start in range(0, len(blobs), _MOST_AT_ONCE):
            self._attach(vault, blobs[start : start + _MOST_AT_ONCE])

    def _attach(self, vault: VaultId, blobs: Sequence[BlobKey]) -> None:
        values: dict[str, object] = {"vault": vault}
        for at, blob in enumerate(blobs):
            name = blob.ref.id
            self._runner.exclusively(_turn_of(name))
            record = BlobKeyRecord(data_key=blob.data_key)
            wrapped = BLOB_KEY.seal(self._sealer, vault, object_of(name), record)
            row = {"vault": vault, "blob": name, "wrapped": wrapped, "size": blob.size}
            values |= {f"{column}_{at}": value for column, value in row.items()}
        added = {bytes(row[0]) for row in self._runner.rows(_HOLD[len(blobs) - 1], **values)}
        for name in (blob.ref.id for blob in blobs):
            if name in added:
                self._noted.held(vault, name, is_held=True)
            elif self._runner.row(_SELECT, vault=vault, blob=name) is None:
                raise NotFound("the blob is being removed")

    def open(self, vault: VaultId, ref: BlobRef) -> BlobKey:
        """Unwrap the key. Raises `NotFound` when this vault does not hold the blob."""
        row = self._runner.row(_SELECT, vault=vault, blob=ref.id)
        if row is None:
            raise NotFound("this vault does not hold the blob")
        return BlobKey(ref, BLOB_KEY.open(self._sealer, vault, object_of(ref.id), row[0]).data_key, row[1])

    def holds(self, after: tuple[BlobRef, VaultId] | None, limit: int) -> list[tuple[BlobRef, VaultId]]:
        """List who holds which blob, by blob, those after one; all holds of a blob stand together."""
        blob, vault = (after[0].id, after[1]) if after else (b"", -1)
        rows = self._runner.rows(_HOLDS, blob=blob, vault=vault, count=limit)
        return [(BlobRef(row[0]), VaultId(row[1])) for row in rows]

    def of(self, vault: VaultId) -> list[BlobRef]:
        """List what one vault holds."""
        return [BlobRef(row[0]) for row in self._runner.rows(_OF_VAULT, vault=vault)]

    def octets(self) -> int:
        """Count the octets of all holds."""
        return int(self._runner.rows(_OCTETS)[0][0])

    def detach(self, vault: VaultId, ref: BlobRef) -> bool:
        """Drop this vault's hold; True when no vault holds the blob any more."""
        if not self._runner.run(_DELETE, vault=vault, blob=ref.id):
            return False
        self._noted.held(vault, ref.id, is_held=False)
        return not self.referenced(ref)

    def referenced(self, ref: BlobRef) -> bool:
        """Say whether any vault holds the blob."""
        return self._runner.row(_HELD, blob=ref.id) is not None

    def condemn(self, ref: BlobRef, at: datetime) -> bool:
        """Forbid new holds; True when no vault holds the blob and its file may go, False and no change otherwise."""
        self._runner.exclusively(_turn_of(ref.id))
        if self.referenced(ref):
            return False
        self._runner.run(_CONDEMN, blob=ref.id, at=micros_of(at))
        return True

    def forget_condemned(self, before: datetime) -> None:
        """Forget the names of blobs that were condemned before an instant."""
        self._runner.run(_FORGET, before=micros_of(before))


def _turn_of(name: bytes) -> int:
    """Give the number by which writers of one blob wait for each other: names begin alike within a segment."""
    return object_of(name[-8:])
