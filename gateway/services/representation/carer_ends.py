"""The end of what a carer was given: it counts at midnight by itself, and then both are told (E12).

Rights end with the instant (`gateway.services.access.mandate_titles`); the step that was left for it puts the row in
order. Of a mandate that was prolonged, or ended before, the step does nothing: a change leaves a step of its own.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import EndCarer
from gateway.ports.clock import Clock
from gateway.ports.store import Tx
from gateway.services.access.actors import system_in
from gateway.services.access.mandate_titles import end_of
from gateway.services.outbox.steps import Finish, add_step, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder


class CarerEnds:
    """Handles `StepKind.END_CARER`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def end(self, step: Step) -> Finish:
        """End the mandate whose last day is over, once."""
        number = payload_of(step, EndCarer).mandate

        def end(tx: Tx) -> None:
            mandate, now = tx.mandates.get(step.vault, number), self._clock.now()
            if mandate is None or mandate.kind is not MandateKind.CARER or mandate.state is not MandateState.ACCEPTED:
                return
            ends = end_of(mandate, tx.spaces.space(step.vault))
            if ends is None or now < ends:
                return
            tx.mandates.save(replace(mandate, state=MandateState.ENDED, changed=now))
            tx.audit.append(step.vault, system_in(step.vault).event(now, "mandate.over", detail=mandate.kind.value))
            tell_both(tx, mandate, NoticeKind.CARER_OVER, now)

        return end


def end_on_its_day(tx: Tx, mandate: KeptMandate) -> None:
    """Leave the step that ends a carer's mandate when its last day is over."""
    ends = end_of(mandate, tx.spaces.space(mandate.vault))
    if ends is not None:
        payload = EndCarer(mandate=mandate.number)
        add_step(tx, Step(vault=mandate.vault, id=random_number(), payload=payload, due=ends))


def tell_both(tx: Tx, mandate: KeptMandate, kind: NoticeKind, now: datetime) -> None:
    """Tell the person and their carer of the same."""
    tell_holder(tx, mandate.vault, kind, now)
    tx.changed(mandate.vault)
    try:
        contact = contact_of(tx.spaces.space(mandate.home))
    except (NotFound, SealBroken):  # it is gone, and nobody is there to be told
        return
    tell_contact(tx, mandate.vault, contact, kind, now)
    tx.changed(mandate.home)
