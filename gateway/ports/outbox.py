"""Work that follows a commit."""

from collections.abc import Collection, Container, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import Step, StepKind, Urgency, WorkerId


class Outbox(Protocol):
    """Steps that wait, are leased, are done, or are parked."""

    def add(self, step: Step, *, unless_waiting: bool = False) -> bool:
        """Insert; idempotent on its id; say whether it was inserted.

        With `unless_waiting`, change nothing when a step of this kind, of this vault, waits that was never begun:
        one will do for both.
        """
        ...

    def put_off(self, step: Step) -> None:
        """Insert at the end of the transaction, and wake the worker, unless the step is done by then.

        For what its giver tries to do in the same transaction: until its end nobody else finds the step.
        """
        ...

    def lease(
        self,
        now: datetime,
        until: datetime,
        limit: int,
        leisure: timedelta = timedelta(0),
        urgencies: Sequence[Urgency] = tuple(Urgency),
        *,
        holder: WorkerId,
    ) -> list[Step]:
        """Take due steps of some urgencies that nobody holds, in that order; each counts one attempt more.

        Steps that may be done at leisure, and notices, are taken only when they have been due for `leisure`. A step
        that does not open is parked.
        """
        ...

    def done(self, step: Step) -> bool:
        """Remove; False when it was done before, by another worker."""
        ...

    def retry(self, step: Step, due: datetime) -> None:
        """Give back, due later; no change when the lease has passed to another."""
        ...

    def relay(self, step: Step, due: datetime) -> None:
        """Give back to those that wait for another server; no change when the lease has passed to another."""
        ...

    def put_aside(self, step: Step, due: datetime) -> None:
        """Give back to those that take long; no change when the lease has passed to another."""
        ...

    def park(self, step: Step, reason: str) -> None:
        """Set aside for a human; `reason` is a code, never content. No change when the lease has passed to another."""
        ...

    def revive(self, step: Step) -> bool:
        """Have a parked step begun anew, with what `step` is told; False when no step of its id is parked."""
        ...

    def recall(self, now: datetime, worker: WorkerId, held: Container[tuple[VaultId, int]]) -> int:
        """Make due now what a worker has leased without holding it (vault and number), and give how many.

        For when it could not learn what it has leased.
        """
        ...

    def recall_from_gone(self, now: datetime, worker: WorkerId, known: Collection[WorkerId] | None = None) -> int:
        """Make due now what workers hold that are gone, and give how many.

        Args:
            now: the present.
            worker: who asks; what it holds itself is left alone.
            known: who is there, so that all others are gone. When that is not known, those are gone that have not said
                `stay` for the present.
        """
        ...

    def stay(self, worker: WorkerId, now: datetime, until: datetime) -> None:
        """Say that a worker is there, to be believed until then; those whose time is over are forgotten."""
        ...

    def staying(self, now: datetime) -> list[WorkerId]:
        """Give those that have said `stay` for the present."""
        ...

    def leave(self, worker: WorkerId) -> None:
        """Say that a worker is gone; never was is no error."""
        ...

    def bring_near(self, now: datetime) -> int:
        """Make due now what is due later than any step is, or waits in a place that nobody serves; give how many.

        No program writes such a row.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Count steps: ``waiting``, ``parked``."""
        ...

    def failing(self, kinds: Collection[StepKind]) -> int:
        """Count steps of these kinds that were begun twice or more, and wait to be begun again."""
        ...

    def next_due(self) -> dict[Urgency, datetime]:
        """Give the earliest instant at which a lease may succeed, of each urgency that has steps."""
        ...
