"""Quarantine: a message whose documents are refused leaves the patient's reach at once, and then their vault (A12)."""

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import OPERATOR, BlobKey, ContentState
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import MoveToQuarantine, SendReceipt
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.delivery.acceptance import Arrival
from gateway.services.outbox.steps import Effects, Prepared, add_step, payload_of
from gateway.services.random_numbers import random_number


def refuse(tx: Tx, arrival: Arrival, outcome: FilingOutcome, following: int) -> None:
    """Take a held message out of the patient's reach; `following` is the number of the step that moves it."""
    tx.mail.set_state(arrival.vault, arrival.mid, ContentState.REFUSED)
    tx.audit.append(arrival.vault, arrival.event("message.quarantined", outcome.code))
    told = MoveToQuarantine(mid=arrival.mid)
    add_step(tx, Step(vault=arrival.vault, id=following, payload=told, due=arrival.at))


class QuarantineStep:
    """Handles `StepKind.QUARANTINE`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def move(self, step: Step) -> Prepared:
        """Move a refused message under the operator's key, then out of the patient's vault."""
        mid, following, now = payload_of(step, MoveToQuarantine).mid, random_number(), self._clock.now()

        def refused(tx: Tx) -> tuple[BlobKey, FilingOutcome]:
            content = tx.mail.content(step.vault, mid)
            outcome = tx.mail.outcome(step.vault, mid)
            if not isinstance(outcome, FilingOutcome):
                raise NotFound("no outcome was noted of the refused message")
            return tx.blobs.open(step.vault, content.blob), outcome

        blob, outcome = await self._store.read(refused)

        def keep(tx: Tx) -> None:
            tx.quarantine.add(mid, outcome.code, blob, outcome, now)
            event = AuditEvent(
                at=now, actor="pli", action="message.quarantined", outcome=outcome.code, objects=(f"message:{mid:x}",)
            )
            tx.audit.append(OPERATOR, event)

        def leave(tx: Tx) -> None:
            tx.mail.drop_content(step.vault, mid)
            add_step(tx, Step(vault=step.vault, id=following, payload=SendReceipt(mid=mid), due=now))

        return Prepared(lambda: Effects(leave, elsewhere=(keep,)))
