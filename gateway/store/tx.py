"""One transaction as the services see it: the repositories, bound to one connection."""

from gateway.ports import Clock
from gateway.store.audit import AuditRows
from gateway.store.blob_rows import SqlBlobRows
from gateway.store.documents import DocumentRows
from gateway.store.engine import Transaction
from gateway.store.exchanges import ExchangeRows
from gateway.store.mail import MailRows
from gateway.store.outbox import OutboxRows
from gateway.store.quarantine import QuarantineRows
from gateway.store.sealing import Sealer
from gateway.store.spaces import SpaceRows
from gateway.store.sql import Runner


class SqlTx(Transaction):
    """Implements `gateway.ports.Tx`."""

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

    def begin(self) -> None:
        """Begin with nothing noted."""
        super().begin()
        self.audit.forget()

    def settle(self) -> None:
        """Write the heads of the traces that events were added to."""
        self.audit.settle()
