"""The end of what a carer was given: it counts at midnight by itself, and then both are told (E12).

Rights end with the instant (`gateway.services.access.mandate_titles`); the day on which a space is next looked at for
it stands in the space, and the keeper of spaces puts the rows in order then (`gateway.services.space.space_keeper`).
"""

from dataclasses import replace
from datetime import date, datetime

from gateway.domain.account import Space, day_of_end
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.ports.store import Tx
from gateway.services.access.actors import system_in
from gateway.services.access.mandate_titles import end_of
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder


def end_on_its_day(tx: Tx, mandate: KeptMandate) -> None:
    """Have a space looked at when the last day of a carer is over."""
    space = tx.spaces.space(mandate.vault)
    ends = end_of(mandate, space)
    if ends is not None:
        days = [day for day in (space.carers_until, day_of_end(ends)) if day is not None]
        tx.spaces.save(replace(space, carers_until=min(days)))


def end_carers(tx: Tx, space: Space, now: datetime) -> Space:
    """End the mandates of carers whose last day is over, once; give the space, with the day of the next end."""
    if space.carers_until is None:
        return space
    further: list[date] = []
    for mandate in tx.mandates.all_of(space.vault):
        if mandate.kind is not MandateKind.CARER or mandate.state is not MandateState.ACCEPTED:
            continue
        ends = end_of(mandate, space)
        if ends is None or now < ends:
            further += [] if ends is None else [day_of_end(ends)]
            continue
        tx.mandates.save(replace(mandate, state=MandateState.ENDED, changed=now))
        event = system_in(space.vault).event(now, "mandate.over", detail=mandate.kind.value)
        tx.audit.append(space.vault, event)
        tell_both(tx, mandate, NoticeKind.CARER_OVER, now)
    looked = replace(space, carers_until=min(further, default=None))
    if looked != space:
        tx.spaces.save(looked)
    return looked


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
