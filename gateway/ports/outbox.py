"""Work that follows a commit."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import Step, Urgency


class Outbox(Protocol):
    """Steps that wait, are leased, are done, or are parked."""

    def add(self, step: Step, *, unless_waiting: bool = False) -> None:
        """Insert; idempotent on its id.

        With `unless_waiting`, change nothing when a step of this kind, of this vault, waits that was never begun:
        one will do for both.
        """
        ...

    def lease(
        self,
        now: datetime,
        until: datetime,
        limit: int,
        leisure: timedelta = timedelta(0),
        urgencies: Sequence[Urgency] = tuple(Urgency),
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

    def recall(self, now: datetime, held: Container[tuple[VaultId, int]] = frozenset()) -> int:
        """Make due now what was begun, not done and is not `held` (vault and number), and give how many.

        For the only worker of a store: as it starts, and when it could not learn what it has leased.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Count steps: ``waiting``, ``parked``."""
        ...

    def next_due(self, urgencies: Sequence[Urgency] = tuple(Urgency)) -> datetime | None:
        """Give the earliest instant at which a lease may succeed."""
        ...
