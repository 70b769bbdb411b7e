"""One transaction as the services see it: the repositories, bound to one connection."""

from gateway.ports.clock import Clock
from gateway.store.backend.sql import Runner
from gateway.store.backend.transaction import Transaction
from gateway.store.rows.audit import AuditRows
from gateway.store.rows.blob_holds import SqlBlobRows
from gateway.store.rows.documents import DocumentRows
from gateway.store.rows.entries import MailRows
from gateway.store.rows.exchanges import ExchangeRows
from gateway.store.rows.inspection import InspectionRows
from gateway.store.rows.outbox import OutboxRows
from gateway.store.rows.quarantine import QuarantineRows
from gateway.store.rows.spaces import SpaceRows
from gateway.store.seal.sealer import Sealer


class SqlTx(Transaction):
    """Implements `gateway.ports.store.Tx`."""

    def __init__(self, runner: Runner, sealer: Sealer, clock: Clock) -> None:
        super().__init__(runner)
        self.blobs = SqlBlobRows(runner, sealer)
        self.mail = MailRows(runner, sealer, clock, self.blobs, self.touched)
        self.spaces = SpaceRows(runner, sealer, clock)
        self.exchanges = ExchangeRows(runner, sealer)
        self.documents = DocumentRows(runner, sealer)
        self.quarantine = QuarantineRows(runner, sealer, self.blobs)
        self.outbox = OutboxRows(runner, sealer)
        self.audit = AuditRows(runner, sealer)
        self.inspection = InspectionRows(runner, sealer, self.audit)

    def begin(self) -> None:
        """Begin with nothing noted."""
        super().begin()
        self.audit.forget()

    def settle(self) -> None:
        """Write the heads of the traces that events were added to."""
        self.audit.settle()
