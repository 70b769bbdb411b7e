"""What waits for an answer, as the operator sees it: by when, from whom, and an end for what nobody answers.

The operator reads no words that are meant for a doctor.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.operator_acts import found, require_office

QUEUE = 1_000
"""Requests that are listed at once."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QueuedRequest:
    """A request that waits; `request` is None for one that does not open, which `pli verify` names."""

    vault: VaultId
    number: int
    space: Space | None
    request: RightsRequest | None


class RequestQueue:
    """Lists requests of all spaces, and ends one."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[VaultId], Actor] = operator_of) -> None:
        """`by` gives who answers: the operator by a command, or an agent with the reason that they wrote."""
        self._store = store
        self._clock = clock
        self._by = by

    async def waiting(self, limit: int = QUEUE) -> list[QueuedRequest]:
        """List what waits for an answer, the oldest first, so many at most."""
        return await self._store.read(
            lambda tx: [_queued(tx, vault, number) for vault, number in tx.rights_requests.waiting(limit)]
        )

    async def show(self, who: str | VaultId, number: int) -> QueuedRequest:
        """Give one request of a space, waiting or not. Raises `NotFound`, `SealBroken`."""

        def look(tx: Tx) -> QueuedRequest:
            vault = found(tx, who)
            request = _of(tx, vault, number)
            return QueuedRequest(vault=vault, number=number, space=tx.spaces.space(vault), request=request)

        return await self._store.read(look)

    async def answer(self, who: str | VaultId, number: int, *, is_granted: bool, reason: str) -> Space:
        """End a request in the name of whoever was asked; whoever asked reads the reason.

        Raises:
            NotFound: there is no such space, or no such request waits.
        """
        now = self._clock.now()

        def act(tx: Tx) -> Space:
            actor = self._by(found(tx, who))
            vault = actor.vault
            require_office(tx, actor, now)
            request = _of(tx, vault, number)
            if not request.waits or not request.is_for_operator:
                raise NotFound(f"no request {number:x} of this space waits")
            state = RequestState.ANSWERED if is_granted else RequestState.REFUSED
            ended = replace(request, state=state, ended_at=now, next=None, answer=reason)
            tx.rights_requests.save(vault, ended)
            event = actor.event(now, "request.settled", state.value, (request.name,), reason)
            tx.audit.append(vault, event)
            tx.changed(vault)
            return tx.spaces.space(vault)

        return await self._store.write(act)


def _of(tx: Tx, vault: VaultId, number: int) -> RightsRequest:
    request = tx.rights_requests.get(vault, number)
    if request is None:
        raise NotFound(f"there is no request {number:x} in this space")
    return request


def _queued(tx: Tx, vault: VaultId, number: int) -> QueuedRequest:
    try:
        request, space = tx.rights_requests.get(vault, number), tx.spaces.space(vault)
    except (NotFound, SealBroken):
        return QueuedRequest(vault=vault, number=number, space=None, request=None)
    return QueuedRequest(vault=vault, number=number, space=space, request=request)
