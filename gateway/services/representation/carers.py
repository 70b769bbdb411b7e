"""Carers: asked by whoever may let others in, with rights by part and a last day; changed, and proved on paper (E12).

Invitations are answered as every offer is (`gateway.services.representation.offers`), ended as every mandate
(`gateway.services.representation.endings`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.account import Space
from gateway.domain.carers import CarerTerms
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.local_days import zone_of
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.domain.notices import NoticeKind
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.mandate_titles import counts, end_of
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.representation.offers import LASTS, MadeOffer, new_code, save_offer, waits
from gateway.services.space.carer_ends import end_on_its_day, tell_both

_MAY_ASK = frozenset({Role.PATIENT, Role.GUARDIAN})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Carer:
    """Somebody who acts as a carer, or was asked to; `ends` is the first instant at which they may not any more."""

    mandate: KeptMandate
    ends: datetime

    @property
    def waits(self) -> bool:
        """Say whether they have not answered."""
        return self.mandate.state is MandateState.OFFERED


class Carers:
    """Asks carers, lists them, and changes what they may do."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def all_of(self, actor: Actor) -> Sequence[Carer]:
        """List the carers of a space, and who was asked to be one; the oldest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[Carer]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            return carers_in(tx, tx.spaces.space(actor.vault), now)

        return await self._store.read(look)

    @traces_refusals
    async def invite(self, actor: Actor, asked: NamedPerson, terms: CarerTerms) -> MadeOffer:
        """Ask somebody to be a carer; the code to hand over is in the answer alone.

        Raises:
            InvalidValue: the terms give nothing, too much, or last too long.
            Conflict: there are as many carers, or offers, as may be.
        """
        now, code = self._clock.now(), new_code()

        def make(tx: Tx) -> datetime:
            allow(tx, actor, Action.ADD, SpacePart.RIGHTS, now)
            until = _end(tx, actor, terms, now)
            save_offer(tx, actor, asked, MandateKind.CARER, code, now, rights=terms.rights, until=until)
            tx.audit.append(actor.vault, actor.event(now, "mandate.offered", detail=MandateKind.CARER.value))
            return min(until, now + LASTS)

        return MadeOffer(code=code, until=await self._store.write(make))

    @traces_refusals
    async def change(self, actor: Actor, number: int, terms: CarerTerms) -> None:
        """Give a carer more, less, or another last day, at once; both are told.

        Raises:
            InvalidValue: as `invite`.
            NotFound: there is no such carer.
        """
        now = self._clock.now()

        def change(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            found = _carer(tx, tx.spaces.space(actor.vault), number, now)
            changed = replace(found.mandate, rights=terms.rights, until=_end(tx, actor, terms, now), changed=now)
            tx.mandates.save(changed)
            tx.audit.append(actor.vault, actor.event(now, "mandate.changed", detail=MandateKind.CARER.value))
            if not found.waits:
                end_on_its_day(tx, changed)
                tell_both(tx, changed, NoticeKind.CARER_CHANGED, now)

        await self._store.write(change)


def carers_in(tx: Tx, space: Space, now: datetime) -> list[Carer]:
    """List the carers of a space, and who was asked to be one."""
    every = [one for one in tx.mandates.all_of(space.vault) if one.kind is MandateKind.CARER]
    found = ((one, end_of(one, space)) for one in every if counts(one, space, now) or waits(one, now))
    return [Carer(mandate=one, ends=ends) for one, ends in found if ends is not None]


def _carer(tx: Tx, space: Space, number: int, now: datetime) -> Carer:
    found = next((one for one in carers_in(tx, space, now) if one.mandate.number == number), None)
    if found is None:
        raise NotFound("there is no such carer")
    return found


def _end(tx: Tx, actor: Actor, terms: CarerTerms, now: datetime) -> datetime:
    if actor.role not in _MAY_ASK:
        raise Conflict("carers are chosen by the person, or by who stands in their place")
    return terms.end(now, zone_of(tx.spaces.space(actor.vault).postal.postal_code))
