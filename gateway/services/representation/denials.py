"""« Je ne suis pas son représentant légal »: what an agent found when they looked, and what becomes of the link (E74).

Either the import was wrong: the person is struck out of the child's representatives, and the space opens by nobody's
silence, since nobody who counts was told. Or they are the representative after all, and may say so again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.activation_codes import PURPOSE
from gateway.services.space.agent_queue import denied_mandates, denied_spaces, settled_denials
from gateway.services.space.operator_acts import found, require_office


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Denial:
    """Somebody said that they are not the legal representative of the minor whose `space` it is."""

    space: Space
    mandate: KeptMandate

    @property
    def since(self) -> datetime:
        """Give when they said so."""
        return self.mandate.changed


class Denials:
    """Lists who waits for an agent, and settles one."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[VaultId], Actor] = operator_of) -> None:
        """`by` gives who settles: the operator by a command, or an agent with the reason that they wrote."""
        self._store = store
        self._clock = clock
        self._by = by

    async def waiting(self, limit: int) -> Sequence[Denial]:
        """List those of so many spaces at most, the longest first."""

        def look(tx: Tx) -> list[Denial]:
            spaces = denied_spaces(tx, limit)
            return [Denial(space=space, mandate=one) for space in spaces for one in denied_mandates(tx, space.vault)]

        return sorted(await self._store.read(look), key=lambda one: one.since)

    async def settle(self, who: str | VaultId, number: int, *, is_representative: bool, reason: str) -> Space:
        """Strike the person out of the representatives, or let them say again that they are one.

        `number` is that of the refused mandate. Once nobody's answer waits, a space that somebody else still
        represents goes on by itself where the answer was a mistake.

        Raises:
            NotFound: there is no such space, or no such answer.
        """
        now = self._clock.now()

        def act(tx: Tx) -> Space:
            actor = self._by(found(tx, who))
            require_office(tx, actor, now)
            denied = denied_mandates(tx, actor.vault)
            mandate = next((one for one in denied if one.number == number), None)
            if mandate is None:
                raise NotFound("nobody's answer about this person waits under that number")
            space = tx.spaces.space(actor.vault)
            if is_representative:
                left = replace(space, opening_stopped=space.opening_stopped and len(denied) > 1)
            else:
                left = _without(tx, space, mandate.home)
                tx.spaces.drop_code(space.vault, PURPOSE)  # a code that was sent before may be in their hands
            tx.spaces.save(left)
            tx.mandates.drop(actor.vault, number)
            settled_denials(tx, actor.vault)
            outcome = "is-representative" if is_representative else "is-not"
            tx.audit.append(actor.vault, actor.event(now, "mandate.denial-settled", outcome, detail=reason))
            tx.changed(actor.vault)
            return left

        return await self._store.write(act)


def _without(tx: Tx, space: Space, home: VaultId) -> Space:
    """Strike somebody out of the representatives; nothing about the child goes to a contact of theirs any more."""
    try:
        theirs = tx.spaces.space(home)
    except (NotFound, SealBroken):
        return space
    numbers = {theirs.identity.ins.value, *(number for _, number in theirs.identity.earlier)}
    return replace(
        space,
        guardians=tuple(number for number in space.guardians if number not in numbers),
        email="" if space.email == theirs.email else space.email,
        phone="" if space.phone == theirs.phone else space.phone,
    )
