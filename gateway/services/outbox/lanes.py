"""Lanes of the outbox: the places of each urgency, and what is known of when its next step is due.

That is looked up for all lanes at once, after news and now and then. A lane is woken only when there is something for
it, so what is committed elsewhere costs one read, however many lanes there are.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from gateway.domain.outbox import Step, Urgency
from gateway.ports.clock import Clock
from gateway.ports.store import Store


class Lane:
    """The places of one urgency; those that take long one after another have a single one, which is not given on.

    Attributes:
        due: when its next step is due, as far as `is_sure`; None when there is none.
        told: set when there may be something to do.
    """

    def __init__(self, urgency: Urgency, max_given: int) -> None:
        self.urgency = urgency
        self.is_single = urgency is Urgency.SLOW
        self.under_way = 0
        self.room = asyncio.Event()
        self.due: datetime | None = None
        self.is_sure = False
        self.told = asyncio.Event()
        self._max_given = 0 if self.is_single else max_given
        self._given: set[int] = set()

    def tell(self, due: datetime | None, now: datetime) -> None:
        """Learn when the next step is due; woken when that is another instant, or has come."""
        if due is not None and (due != self.due or due <= now):
            self.told.set()
        self.due, self.is_sure = due, True

    def give_place(self, step: Step) -> None:
        """Give the place of a step that takes long to another, unless as many were given as may be."""
        if len(self._given) < self._max_given:
            self._given.add(step.id)
            self._leave()

    def end(self, step: Step) -> None:
        """Leave the place of a step that has ended."""
        if step.id in self._given:
            self._given.remove(step.id)
        else:
            self._leave()

    def _leave(self) -> None:
        self.under_way -= 1
        self.room.set()


class Lanes:
    """All lanes of one worker."""

    def __init__(self, store: Store, clock: Clock, max_given: int) -> None:
        self._store = store
        self._clock = clock
        self.all: Mapping[Urgency, Lane] = {urgency: Lane(urgency, max_given) for urgency in Urgency}
        self._begun = self._learned = 0

    async def look(self) -> None:
        """Look when the next step of each urgency is due, and tell the lanes."""
        self._begun += 1
        number = self._begun
        due = await self._store.read(lambda tx: tx.outbox.next_due())
        if number < self._learned:
            return  # what was asked later has been answered before
        self._learned, now = number, self._clock.now()
        for urgency, lane in self.all.items():
            lane.tell(due.get(urgency), now)

    def doubt(self) -> None:
        """Note that nothing is known any more."""
        for lane in self.all.values():
            lane.is_sure = False
