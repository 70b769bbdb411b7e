"""A person tells the operator of a professional or an application (E80): the operator's queue, and what became of it.

What they write is for the operator alone; whoever it is about is not told by this.
"""

from enum import Enum

from gateway.domain.access import Action, Actor
from gateway.domain.rights_requests import RequestKind, RequestState, RightsRequest
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import traces_refusals
from gateway.services.random_numbers import random_number
from gateway.services.requests.own_requests import RequestFault, allow_asking, begun, fault_among, fault_of

MAX_NAME = 120
"""Characters of the name of whom a report is about."""


class Reported(Enum):
    """What a report is about."""

    PROFESSIONAL = "professional"
    APPLICATION = "application"


class Reports:
    """Takes reports of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def tell(self, actor: Actor, what: Reported, name: str, words: str) -> RightsRequest | RequestFault:
        """Tell the operator, or say why not; the same of somebody is told once while it waits."""
        now, number = self._clock.now(), random_number()
        words, name = words.strip(), " ".join(name.split())[:MAX_NAME]
        if (fault := fault_of(words, name)) is not None:
            return fault

        def act(tx: Tx) -> RightsRequest | RequestFault:
            allow_asking(tx, actor, Action.ADD, now)
            kept = tx.rights_requests.all_of(actor.vault)
            fault = fault_among(kept, actor, lambda one: (one.kind, one.to) == (RequestKind.REPORT, name))
            if fault is not None:
                return fault
            report = RightsRequest(
                number=number, kind=RequestKind.REPORT, state=RequestState.WAITING, asked_at=now,
                asked_by=actor.person, asker=actor.home, to=name, to_detail=what.value, words=words,
            )  # fmt: skip
            begun(tx, actor, report, now)
            return report

        return await self._store.write(act)
