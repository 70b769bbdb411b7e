"""Remind of what was asked for, when its time has come: a notice without a word of what, and a line in « Nouveautés ».

What is due is read from an index and decided again on the entry itself, in the transaction that tells: several
processes, and a run after a kill, tell once. What was due while nothing ran is told at the next run, or not any more.
One notice tells of all that is due in a space; the next goes out an hour later at the earliest, whoever asked for it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

import structlog

from gateway.domain.access import Audience
from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.occurrences import next_reminder
from gateway.domain.errors import PliError, SealBroken, StoreUnavailable
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.space.addressees import addressee_of, apart_in
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

BATCH = 100
EVERY = timedelta(minutes=1)
TOO_LATE = timedelta(hours=12)
"""A reminder that could not be given for so long is not given any more."""
PAUSE = timedelta(hours=1)
"""Between two notices to one space; what falls due meanwhile is told with the next."""
_log = structlog.get_logger("pli.agenda")


@dataclass(frozen=True, slots=True)
class _Run:
    """What was done in one space: entries told of, and those that are left for a later run."""

    told: int = 0
    left: Sequence[int] = ()


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
        """Tell of what is due now; count the entries. Raises `StoreUnavailable`: the rest is done at the next run."""
        now, told, left = self._clock.now(), 0, set[tuple[VaultId, int]]()
        while batch := await self._due(now, left):
            for vault, numbers in _by_vault(batch).items():
                try:
                    work = partial(_reminded, vault=vault, numbers=numbers, now=now, zone=self._zone)
                    run = await self._store.write(work, priority=Priority.BULK)
                except StoreUnavailable:
                    raise
                except PliError as error:
                    _log.error("agenda.not_reminded", space=f"{vault:x}", code=error.code)
                    run = _Run(left=numbers)
                told += run.told
                left.update((vault, number) for number in run.left)
        return told

    async def _due(self, now: datetime, left: set[tuple[VaultId, int]]) -> list[tuple[VaultId, int]]:
        limit = BATCH + len(left)
        found = await self._store.read(lambda tx: tx.agendas.due(now, limit))
        return [one for one in found if one not in left]


def _by_vault(due: Iterable[tuple[VaultId, int]]) -> dict[VaultId, list[int]]:
    found = dict[VaultId, list[int]]()
    for vault, number in due:
        found.setdefault(vault, []).append(number)
    return found


def _reminded(tx: Tx, *, vault: VaultId, numbers: Sequence[int], now: datetime, zone: tzinfo) -> _Run:
    last = tx.agendas.last_told(vault)
    if last is not None and last <= now < last + PAUSE:
        return _Run(left=numbers)
    told, left, state = list[AgendaEvent](), list[int](), tx.spaces.state(vault)
    for number in numbers:
        try:
            event = tx.agendas.get(vault, number)
        except SealBroken as error:
            _log.error("agenda.not_reminded", space=f"{vault:x}", code=error.code)
            left.append(number)
            continue
        if event is None:
            continue
        due = next_reminder(event, zone)
        tx.agendas.save(replace(event, remind_from=now))
        if due is not None and now - TOO_LATE < due <= now:
            told.append(event)
    if not told or state is None or not may_sign_in(state):
        return _Run(left=left)
    apart = tx.mail.withheld(vault, Audience.REPRESENTATIVES)
    if all(event.message in apart for event in told):
        _tell_apart(tx, vault, now)
    else:
        tell_holder(tx, vault, NoticeKind.REMINDER, now)
    for event in told:
        tx.audit.append(vault, system_in(vault).event(now, "agenda.reminder", objects=(f"event:{event.id:x}",)))
    tx.agendas.note_told(vault, told[0].id, now)
    tx.changed(vault)
    return _Run(told=len(told), left=left)


def _tell_apart(tx: Tx, vault: VaultId, now: datetime) -> None:
    """Tell the holder alone of what is withheld from representatives: a child at a contact that is no one else's."""
    addressee = addressee_of(tx, vault, now)
    if NoticeKind.REMINDER.value not in addressee.space.muted:
        tell_contact(tx, vault, contact_of(apart_in(tx, vault, now)), NoticeKind.REMINDER, now)
