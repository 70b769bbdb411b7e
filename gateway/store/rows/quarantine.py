"""Messages whose documents belong to somebody else, kept whole under the operator's key (A12)."""

from datetime import datetime

from sqlalchemy import delete, func, select

from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import OPERATOR, BlobKey, BlobRef, MessageId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.blob_holds import SqlBlobRows
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.seal.records import QUARANTINE
from gateway.store.seal.sealer import Sealer

_Q = schema.quarantine
_INSERT = insert(_Q).on_conflict_do_nothing()
_COUNT = select(func.count()).where(_Q.c.vault == parameter("vault"))

_OF_SPACE = select(_Q.c.mid, _Q.c.blob).where(
    _Q.c.vault == OPERATOR,
    _Q.c.mid.in_(select(schema.outcome.c.mid).where(schema.outcome.c.vault == parameter("vault"))),
)
_DROP = delete(_Q).where(_Q.c.vault == parameter("vault"), _Q.c.mid == parameter("mid"))


class QuarantineRows:
    """Implements `gateway.ports.quarantine.Quarantine`."""

    def __init__(self, runner: Runner, sealer: Sealer, blobs: SqlBlobRows, noted: NotedChanges) -> None:
        self._runner = runner
        self._sealer = sealer
        self._blobs = blobs
        self._noted = noted

    def add(self, mid: MessageId, code: str, blob: BlobKey, outcome: FilingOutcome, at: datetime) -> None:
        """Keep a refused message; idempotent on `mid`."""
        self._blobs.attach(OPERATOR, blob)
        self._runner.run(
            _INSERT,
            vault=OPERATOR,
            mid=mid,
            code=code,
            blob=blob.ref.id,
            record=QUARANTINE.seal(self._sealer, OPERATOR, mid, outcome),
            at=micros_of(at),
        )
        self._noted.set_aside(OPERATOR, mid)

    def drop_of(self, vault: VaultId) -> list[BlobRef]:
        """Take away those that came to one space; gives blobs that no vault holds any more.

        The space knows them by what it noted became of them, so it must still be there.
        """
        unheld = []
        for mid, blob in self._runner.rows(_OF_SPACE, vault=vault):
            self._runner.run(_DROP, vault=OPERATOR, mid=mid)
            self._noted.went(OPERATOR, MessageId(mid))
            if self._blobs.detach(OPERATOR, BlobRef(blob)):
                unheld.append(BlobRef(blob))
        return unheld

    def count(self) -> int:
        """Count them."""
        return int(self._runner.rows(_COUNT, vault=OPERATOR)[0][0])
