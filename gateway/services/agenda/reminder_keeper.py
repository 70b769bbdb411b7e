"""Remind of what was asked for, when its time has come: a notice without a word of what, and a line in « Nouveautés ».

What is due is read from an index and decided again on the entry itself, in the transaction that tells: several
processes, and a run after a kill, tell once. What was due while nothing ran is told at the next run, or not any more.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

import structlog

from gateway.domain.agenda.occurrences import next_reminder
from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.space.telling import tell_holder

BATCH = 100
EVERY = timedelta(minutes=1)
TOO_LATE = timedelta(hours=12)
"""A reminder that could not be given for so long is not given any more."""
_log = structlog.get_logger("pli.agenda")


class ReminderKeeper:
    """Tells of entries whose reminder is due."""

    def __init__(self, store: Store, clock: Clock, zone: tzinfo = PLACE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    async def run(self) -> None:
        """Do what is due every minute, until cancelled."""
        while True:
            try:
                await self.keep()
            except StoreUnavailable as error:
                _log.warning("agenda.not_now", code=error.code)
            await asyncio.sleep(EVERY.total_seconds())

    async def keep(self) -> int:
        """Tell of all that is due now; count it. Raises `StoreUnavailable`: the rest is done at the next run."""
        now, told, failed = self._clock.now(), 0, set[tuple[VaultId, int]]()
        while batch := await self._due(now, failed):
            for vault, number in batch:
                try:
                    work = partial(_reminded, vault=vault, number=number, now=now, zone=self._zone)
                    told += await self._store.write(work, priority=Priority.BULK)
                except StoreUnavailable:
                    raise
                except PliError as error:
                    _log.error("agenda.not_reminded", space=f"{vault:x}", code=error.code)
                    failed.add((vault, number))
        return told

    async def _due(self, now: datetime, failed: set[tuple[VaultId, int]]) -> list[tuple[VaultId, int]]:
        limit = BATCH + len(failed)
        found = await self._store.read(lambda tx: tx.agendas.due(now, limit))
        return [one for one in found if one not in failed]


def _reminded(tx: Tx, *, vault: VaultId, number: int, now: datetime, zone: tzinfo) -> bool:
    event = tx.agendas.get(vault, number)
    if event is None:
        return False
    due = next_reminder(event, zone)
    tx.agendas.save(replace(event, remind_from=now))
    state = tx.spaces.state(vault)
    if due is None or not now - TOO_LATE < due <= now or state is None or not may_sign_in(state):
        return False
    tell_holder(tx, vault, NoticeKind.REMINDER, now)
    tx.audit.append(vault, system_in(vault).event(now, "agenda.reminder", objects=(f"event:{number:x}",)))
    tx.changed(vault)
    return True
