"""What days do to spaces by themselves: open, close, erase, end representation (F10, F26, E33, A17, A21, A22).

What is due is read from the index of days and decided again on the space itself, in the transaction that moves it:
several processes, a second run and a run after a kill do nothing twice. What was due while nothing ran is done at the
next run, and bears the instant at which it was done.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from gateway.domain.account import due_event
from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.space.carer_ends import end_carers
from gateway.services.space.coming_of_age import came_of_age
from gateway.services.space.moves import move
from gateway.services.space.telling import tell_holder

BATCH = 100
"""Spaces looked up at once; each is moved in a transaction of its own."""
EVERY = timedelta(minutes=1)
_TOLD = {
    SpaceEvent.SIX_WEEKS_PASSED: NoticeKind.SPACE_OPENED,
    SpaceEvent.NOBODY_OBJECTED: NoticeKind.SPACE_CLOSED_UNOBJECTED,
}
"""What a space does by itself and stays; at any other event it goes."""
_log = structlog.get_logger("pli.space")
Erase = Callable[[VaultId, SpaceEvent], Awaitable[None]]
"""Erases a space for good, for the reason that the event says; done again after a kill midway it ends the same."""


@dataclass(slots=True)
class Kept:
    """What one run did."""

    opened: int = 0
    closed: int = 0
    erased: int = 0
    failed: set[VaultId] = field(default_factory=set)

    def count(self, event: SpaceEvent) -> None:
        """Count what happened to one space."""
        self.opened += event is SpaceEvent.SIX_WEEKS_PASSED
        self.closed += event is SpaceEvent.NOBODY_OBJECTED
        self.erased += event not in _TOLD


class SpaceKeeper:
    """Moves the spaces whose day has come."""

    def __init__(self, store: Store, clock: Clock, erase: Erase) -> None:
        self._store = store
        self._clock = clock
        self._erase = erase

    async def run(self) -> None:
        """Do what is due every minute, until cancelled."""
        while True:
            try:
                await self.keep()
            except StoreUnavailable as error:
                _log.warning("space.not_now", code=error.code)
            await asyncio.sleep(EVERY.total_seconds())

    async def keep(self) -> Kept:
        """Do all that is due now, the oldest first; a space that cannot be moved is told of, and the others go on.

        Raises:
            StoreUnavailable: the rest is done at the next run.
        """
        now, kept = self._clock.now(), Kept()
        while batch := await self._due(now, kept.failed):
            for vault in batch:
                await self._keep(vault, now, kept)
        if kept.opened or kept.closed or kept.erased:
            _log.info("space.kept", opened=kept.opened, closed=kept.closed, erased=kept.erased)
        return kept

    async def _due(self, now: datetime, failed: set[VaultId]) -> list[VaultId]:
        limit = BATCH + len(failed)
        found = await self._store.read(lambda tx: tx.spaces.due(local_day(now), limit))
        return [vault for vault in found if vault not in failed]

    async def _keep(self, vault: VaultId, now: datetime, kept: Kept) -> None:
        try:
            event = await self._store.write(partial(_moved, vault=vault, now=now), priority=Priority.BULK)
            if event is None:
                return
            if event not in _TOLD:
                await self._erase(vault, event)
        except StoreUnavailable:
            raise
        except PliError as error:
            # Another process may have erased it meanwhile: then it is not due any more.
            if vault in await self._due(now, kept.failed):
                _log.error("space.not_kept", space=f"{vault:x}", code=error.code)
                kept.failed.add(vault)
            return
        kept.count(event)


def _moved(tx: Tx, *, vault: VaultId, now: datetime) -> SpaceEvent | None:
    space = tx.spaces.space(vault)
    if came_of_age(tx, space, now):
        space = tx.spaces.space(vault)
    space = end_carers(tx, space, now)
    event = due_event(space, local_day(now))
    if event is None and space.state is not SpaceState.ERASED:
        # Somebody was faster, or the index was bent: it says again what the space does.
        tx.spaces.save(space)
    elif event in _TOLD:
        move(tx, vault, event, now, system_in(vault))
        tell_holder(tx, vault, _TOLD[event], now)
    return event
