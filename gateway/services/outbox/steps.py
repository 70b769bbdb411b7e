"""What the handler of an outbox step gives back, and how a step ends: done, to be tried again, or waiting elsewhere."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from gateway.domain.mailbox import OPERATOR
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import Payload
from gateway.ports.store import LITTLE, Cost, Tx

Finish: TypeAlias = Callable[[Tx], None]
"""What a step leaves to write, in the transaction that removes it."""


P = TypeVar("P", bound=Payload)


def payload_of(step: Step, kind: type[P]) -> P:
    """Give what a step is told, which its kind has settled."""
    if not isinstance(step.payload, kind):
        raise TypeError(f"a step {step.kind.value} came to the handler of another kind")
    return step.payload


def nothing(_tx: Tx) -> None:
    """Finish a step that leaves nothing to write."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a step leaves to write.

    Attributes:
        finish: in the transaction that removes the step.
        elsewhere: in transactions of other vaults before it, in order; when one fails, the step stays.
        after: in transactions of other vaults after it, in order, unless somebody else had ended the step; they may
            be lost in a crash, so they only do early what `finish` has left to the outbox.
    """

    finish: Finish = nothing
    elsewhere: Sequence[Callable[[Tx], object]] = ()
    after: Sequence[Callable[[Tx], object]] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Blocking work that is done off the loop right before its effects are written.

    Attributes:
        work: gives the effects.
        durable: makes durable what they will refer to.
        cost: what it takes.
    """

    work: Callable[[], Effects]
    durable: Callable[[], None] = lambda: None
    cost: Cost = LITTLE


Handler: TypeAlias = Callable[[Step], Awaitable[Finish | Prepared]]


def add_step(tx: Tx, step: Step) -> None:
    """Add an outbox row and wake the worker after the commit."""
    tx.outbox.add(step)
    tx.changed(OPERATOR)


def retried(tx: Tx, step: Step, due: datetime) -> None:
    """Give a step back, to be tried again later."""
    tx.outbox.retry(step, due)
    # The worker may rest until the end of the lease that it knew of.
    tx.changed(OPERATOR)


def relayed(tx: Tx, step: Step, due: datetime) -> None:
    """Give a step back to those that wait for another server."""
    tx.outbox.relay(step, due)
    tx.changed(OPERATOR)


def put_aside(tx: Tx, step: Step, due: datetime) -> None:
    """Give a step back to those that take long."""
    tx.outbox.put_aside(step, due)
    tx.changed(OPERATOR)


def finished(tx: Tx, step: Step, finish: Finish) -> bool:
    """End a step once; False when somebody else had ended it."""
    if not tx.outbox.done(step):
        return False
    finish(tx)
    return True


class Ended:
    """Remembers between two transactions of one step whether it was this worker that ended it."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._here = False

    def finish(self, tx: Tx, finish: Finish) -> None:
        """End the step; a replay says anew who has."""
        self._here = finished(tx, self._step, finish)

    def then(self, tx: Tx, work: Callable[[Tx], object]) -> None:
        """Do what comes after the end."""
        if self._here:
            work(tx)
