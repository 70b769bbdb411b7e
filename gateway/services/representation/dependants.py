"""Minors whose legal representative somebody is, by the import: found, activated for them, or said to be another's.

A representative sees nothing of a child before they certified that they are one, in their own name (FACTS a7). « Je ne
suis pas son représentant légal » stops the opening by itself and waits for an agent; where the other parent said yes,
their mandate stays, and nobody gets one by it (E74).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.account import Space, majority_of
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceEvent, SpaceState, may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import counts
from gateway.services.random_numbers import random_number
from gateway.services.space.activation_codes import PURPOSE
from gateway.services.space.agent_queue import Unserved, note_unserved
from gateway.services.space.moves import move
from gateway.services.space.own_terms import OwnTerms, accept_in
from gateway.services.space.telling import tell_holder

_FACE = "web"
_WAIT = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN})
_MAY_BE_ACTIVATED = _WAIT | {SpaceState.OPPOSED}
_SHOWN = _MAY_BE_ACTIVATED | {SpaceState.ACTIVE}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dependant:
    """A minor whom the import attaches to somebody, and for whom they do not act yet.

    Attributes:
        is_denied: they said not to be the legal representative, and an agent has not looked yet.
    """

    space: Space
    is_denied: bool

    @property
    def is_active(self) -> bool:
        """Say whether somebody else has activated the space already."""
        return may_sign_in(self.space.state)


def dependants_in(tx: Tx, home: Space, now: datetime) -> list[Dependant]:
    """List the minors of whoever holds a space who have no mandate for them yet, the eldest first."""
    numbers = {home.identity.ins.value, *(number for _, number in home.identity.earlier)}
    spaces = {one.vault: one for number in sorted(numbers) for one in tx.spaces.with_number(number)}
    return [
        Dependant(space=space, is_denied=_denied(tx, home.vault, space))
        for space in sorted(spaces.values(), key=_birth)
        if numbers & set(space.guardians) and _waits(tx, home, space, now)
    ]


def _waits(tx: Tx, home: Space, space: Space, now: datetime) -> bool:
    majority = majority_of(space)
    if space.vault == home.vault or space.state not in _SHOWN or majority is None or now >= majority:
        return False
    return not any(one.home == home.vault and counts(one, space, now) for one in tx.mandates.all_of(space.vault))


def _birth(space: Space) -> tuple[str, VaultId]:
    return str(space.identity.traits.birth_date), space.vault


def _denied(tx: Tx, home: VaultId, space: Space) -> bool:
    return any(
        one.home == home and one.kind is MandateKind.MINOR and one.state is MandateState.REFUSED
        for one in tx.mandates.all_of(space.vault)
    )


class Dependants:
    """Activates the spaces of minors for their legal representatives."""

    def __init__(self, store: Store, clock: Clock, terms: OwnTerms) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms

    async def waiting(self, home: VaultId) -> Sequence[Dependant]:
        """List the minors for whom the holder of a space does not act yet."""
        now = self._clock.now()
        return await self._store.read(lambda tx: dependants_in(tx, tx.spaces.space(home), now))

    async def one(self, home: VaultId, vault: VaultId) -> Dependant:
        """Give one of them. Raises `NotFound`."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _found(tx, home, vault, now))

    async def certify(self, home: VaultId, vault: VaultId) -> None:
        """Take somebody's word that they represent a minor: the space is activated, and they act in it from now on.

        Whoever acted already is told. Done twice it changes nothing.

        Raises:
            NotFound: the import does not name them, or the minor is of age by now.
            Conflict: they said before that they are not: an agent looks first.
        """
        now, number = self._clock.now(), random_number()

        def certify(tx: Tx) -> None:
            holder, found = tx.spaces.space(home), _found(tx, home, vault, now)
            if found.is_denied:
                raise Conflict("they said that they are not the legal representative: an agent must look at it")
            actor = representative_of(holder, MandateKind.MINOR, vault, _FACE)
            if found.space.state in _MAY_BE_ACTIVATED:
                move(tx, vault, SpaceEvent.ACTIVATED, now, actor, detail="by the legal representative")
                accept_in(tx, tx.spaces.space(vault), self._terms.current.name, now, actor)
                tx.spaces.drop_code(vault, PURPOSE)
                tell_holder(tx, vault, NoticeKind.ACTIVATED, now)
            else:
                tell_holder(tx, vault, NoticeKind.REPRESENTATIVE_ADDED, now)
            tx.mandates.save(
                KeptMandate(
                    vault=vault, number=number, kind=MandateKind.MINOR, state=MandateState.ACCEPTED, home=home,
                    name=shown_name(holder.identity.traits), begun=now, changed=now,
                )
            )  # fmt: skip
            tx.audit.append(vault, actor.event(now, "mandate.certified"))

        await self._store.write(certify)

    async def deny(self, home: VaultId, vault: VaultId) -> None:
        """Note that somebody is not the legal representative: nothing opens by itself, and an agent looks.

        Raises `NotFound` as `certify` does.
        """
        now, number = self._clock.now(), random_number()
        # What waits for the agents first: were it lost, nobody would look.
        await self._store.read(lambda tx: _found(tx, home, vault, now))
        await self._store.write(lambda tx: note_unserved(tx, [vault], Unserved.NOT_REPRESENTATIVE, now, _FACE))

        def deny(tx: Tx) -> None:
            holder, found = tx.spaces.space(home), _found(tx, home, vault, now)
            if found.is_denied:
                return
            actor = representative_of(holder, MandateKind.MINOR, vault, _FACE)
            if found.space.state in _WAIT:
                tx.spaces.save(replace(found.space, opening_stopped=True))
            tx.mandates.save(
                KeptMandate(
                    vault=vault, number=number, kind=MandateKind.MINOR, state=MandateState.REFUSED, home=home,
                    name=shown_name(holder.identity.traits), begun=now, changed=now,
                )
            )  # fmt: skip
            tx.audit.append(vault, actor.event(now, "mandate.denied"))

        await self._store.write(deny)


def _found(tx: Tx, home: VaultId, vault: VaultId, now: datetime) -> Dependant:
    found = next((one for one in dependants_in(tx, tx.spaces.space(home), now) if one.space.vault == vault), None)
    if found is None:
        raise NotFound("there is no such person")
    return found
