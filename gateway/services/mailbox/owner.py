"""What every change of a mailbox by its owner needs: who acts, how much at once, and what becomes of octets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import BlobRef, MessageId, VaultId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import UnlinkBlob
from gateway.ports.store import Tx
from gateway.services.outbox.steps import add_step

CHUNK = 500
"""Messages of one transaction: under 50 ms, so that a large folder never starves mail."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever acts in their own mailbox."""

    actor: Actor

    @property
    def vault(self) -> VaultId:
        """Give the mailbox."""
        return self.actor.vault

    def event(self, at: datetime, action: str, messages: Iterable[MessageId] = (), outcome: str = "ok") -> AuditEvent:
        """Make a line of the trace about messages of this mailbox."""
        return self.actor.event(at, action, outcome, tuple(f"message:{mid:x}" for mid in messages))


def unlink(tx: Tx, vault: VaultId, orphans: Iterable[BlobRef], steps: Iterable[int], now: datetime) -> None:
    """Have the outbox remove blobs that no vault holds any more; what has no step is left to the sweeper.

    Args:
        tx: the transaction that removed the messages.
        vault: whose they were.
        orphans: as `Mail.expunge` gave them.
        steps: random numbers drawn before the transaction, one a message.
        now: when the work is due.
    """
    for number, ref in zip(steps, orphans, strict=False):
        add_step(tx, Step(vault=vault, id=number, payload=UnlinkBlob(blob=ref.id), due=now))
