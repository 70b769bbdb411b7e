"""Work that an index says is due: found in pieces, decided again on each sealed record, in the transaction that acts.

So several processes, and a run after a kill, do it once. What fails alone is passed over until the next run.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx

BATCH = 100
EVERY = timedelta(minutes=1)
_log = structlog.get_logger("pli.upkeep")


class Act(Protocol):
    """Does what is due of one thing, or writes again when it is due."""

    def __call__(self, tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
        """Do it in a transaction."""


class DueWork:
    """Does one kind of work when its instant comes."""

    def __init__(
        self, store: Store, clock: Clock, work: str,
        due: Callable[[Tx, datetime, int], Sequence[tuple[VaultId, int]]], act: Act,
    ) -> None:  # fmt: skip
        """Take what it works on; `work` names it in the log, `due` lists spaces and numbers, the first ones first."""
        self._store = store
        self._clock = clock
        self._work = work
        self._due = due
        self._act = act

    async def run(self) -> None:
        """Do what is due every minute, until cancelled."""
        while True:
            try:
                await self.keep()
            except StoreUnavailable as error:
                _log.warning("due.not_now", work=self._work, code=error.code)
            await asyncio.sleep(EVERY.total_seconds())

    async def keep(self) -> int:
        """Do all that is due now; count it. Raises `StoreUnavailable`: the rest is done at the next run."""
        now, done, failed = self._clock.now(), 0, set[tuple[VaultId, int]]()
        while batch := await self._waiting(now, failed):
            for vault, number in batch:
                act = partial(self._act, vault=vault, number=number, now=now)
                try:
                    await self._store.write(act, priority=Priority.BULK)
                    done += 1
                except StoreUnavailable:
                    raise
                except PliError as error:
                    _log.error(
                        "due.not_kept", work=self._work, space=f"{vault:x}", number=f"{number:x}", code=error.code
                    )
                    failed.add((vault, number))
        return done

    async def _waiting(self, now: datetime, failed: set[tuple[VaultId, int]]) -> list[tuple[VaultId, int]]:
        limit = BATCH + len(failed)
        due = await self._store.read(lambda tx: self._due(tx, now, limit))
        return [one for one in due if one not in failed]
