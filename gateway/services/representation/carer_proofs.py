"""What proves on paper that somebody is a carer, and what they may do: for either side, in the same words (E12)."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.identity import Traits
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.representation.carers import Carer, carers_in

_FACE = "web"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CarerProof:
    """What the paper says; `number` is the same whenever it is made of the same state of a mandate."""

    person: Traits
    carer: Carer
    number: str
    made: datetime


class CarerProofs:
    """Proves mandates of carers that count, or wait for an answer."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def given(self, actor: Actor, number: int) -> CarerProof:
        """Prove what was given in the space of the actor. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> CarerProof:
            allow(tx, actor, Action.READ, SpacePart.RIGHTS, now)
            proof = self._proof(tx, tx.spaces.space(actor.vault), number, now)
            tx.audit.append(actor.vault, actor.event(now, "mandate.proved"))
            return proof

        return await self._store.write(look)

    async def held(self, home: VaultId, number: int) -> CarerProof:
        """Prove what the holder of `home` was given by somebody. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> CarerProof:
            mandate = next((one for one in tx.mandates.held_by(home) if one.number == number), None)
            if mandate is None:
                raise NotFound("there is no such mandate")
            proof = self._proof(tx, tx.spaces.space(mandate.vault), number, now)
            actor = representative_of(tx.spaces.space(home), mandate.kind, mandate.vault, _FACE)
            tx.audit.append(mandate.vault, actor.event(now, "mandate.proved"))
            return proof

        return await self._store.write(look)

    def _proof(self, tx: Tx, space: Space, number: int, now: datetime) -> CarerProof:
        carer = next((one for one in carers_in(tx, space, now) if one.mandate.number == number), None)
        if carer is None:
            raise NotFound("there is no such carer")
        parts = space.vault.to_bytes(8, "big"), number.to_bytes(8, "big"), carer.mandate.changed.isoformat().encode()
        digest = self._store.digest("proof-of-carer", *parts)[:6].hex().upper()
        return CarerProof(person=space.identity.traits, carer=carer, number=digest, made=now)
