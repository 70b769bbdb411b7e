"""Mandates that are ended by hand: at once, for every page that is open elsewhere, both told, and traced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.carers import parts_to_give_up
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.policy.access.mandate_ends import may_take_back
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import counts
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.space.carer_ends import tell_both
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

_FACE = "web"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StandingMandate:
    """A mandate that counts now, and whether whoever looks may take it back."""

    mandate: KeptMandate
    can_end: bool


class MandateEndings:
    """Ends mandates."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def standing(self, actor: Actor) -> Sequence[StandingMandate]:
        """List who acts in a space now."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[StandingMandate]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            found = _counting(tx, actor.vault, now)
            return [StandingMandate(mandate=one, can_end=_can_end(actor, found, one)) for one in found]

        return await self._store.read(look)

    async def is_represented(self, home: VaultId) -> bool:
        """Say whether anybody else acts in a space now."""
        now = self._clock.now()
        return await self._store.read(lambda tx: bool(_counting(tx, home, now)))

    async def renounce(self, home: VaultId, vault: VaultId) -> None:
        """Act for somebody no more, as the holder of `home` says. Raises `NotFound` when they do not act for them."""
        now = self._clock.now()

        def renounce(tx: Tx) -> None:
            found = [one for one in _counting(tx, vault, now) if one.home == home]
            if not found:
                raise NotFound("they do not act for this person")
            for mandate in found:
                ended(tx, mandate, NoticeKind.REPRESENTATION_RENOUNCED, now)
            actor = representative_of(tx.spaces.space(home), found[0].kind, vault, _FACE)
            tx.audit.append(vault, actor.event(now, "mandate.renounced"))

        await self._store.write(renounce)

    async def give_up_part(self, home: VaultId, vault: VaultId, part: SpacePart) -> None:
        """Act as a carer in one part less, as the holder of `home` says; both are told.

        Raises:
            NotFound: they have no right on it as a carer, or on nothing else: then they act no more (`renounce`).
        """
        now = self._clock.now()

        def give_up(tx: Tx) -> None:
            carers = [one for one in _counting(tx, vault, now) if (one.home, one.kind) == (home, MandateKind.CARER)]
            mandate = next((one for one in carers if part in parts_to_give_up(one.rights)), None)
            if mandate is None:
                raise NotFound("they do not act in this part as a carer, or in it alone")
            rights = frozenset(right for right in mandate.rights or () if right.part is not part)
            tx.mandates.save(replace(mandate, rights=rights, changed=now))
            actor = representative_of(tx.spaces.space(home), mandate.kind, vault, _FACE)
            tx.audit.append(vault, actor.event(now, "mandate.part-renounced", detail=part.value))
            tell_both(tx, mandate, NoticeKind.CARER_CHANGED, now)
            tx.changed(home)

        await self._store.write(give_up)

    @traces_refusals
    async def take_back(self, actor: Actor, number: int) -> None:
        """End another's mandate. Raises `NotFound` when there is none of that number that is theirs to end."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            every = _counting(tx, actor.vault, now)
            found = next((one for one in every if one.number == number and _can_end(actor, every, one)), None)
            if found is None:
                raise NotFound("no such mandate is theirs to end")
            ended(tx, found, NoticeKind.REPRESENTATION_TAKEN_BACK, now)
            tx.audit.append(actor.vault, actor.event(now, "mandate.taken-back", detail=found.kind.value))

        await self._store.write(end)


def _counting(tx: Tx, vault: VaultId, now: datetime) -> list[KeptMandate]:
    space = tx.spaces.space(vault)
    return [one for one in tx.mandates.all_of(vault) if counts(one, space, now)]


def _can_end(actor: Actor, every: Sequence[KeptMandate], mandate: KeptMandate) -> bool:
    own = [one for one in every if one.home == actor.home]
    return mandate not in own and may_take_back(actor.role, own, mandate)


def ended(tx: Tx, mandate: KeptMandate, told: NoticeKind, now: datetime) -> None:
    """End a mandate in a transaction; its holder is told by a notice of that kind, the represented person too."""
    tx.mandates.save(replace(mandate, state=MandateState.ENDED, changed=now))
    tell_holder(tx, mandate.vault, NoticeKind.REPRESENTATIVE_GONE, now)
    try:
        home = tx.spaces.space(mandate.home)
    except (NotFound, SealBroken):  # it is gone, and nobody is there to be told
        return
    tell_contact(tx, mandate.vault, contact_of(home), told, now)
    tx.changed(mandate.vault)
    tx.changed(mandate.home)
