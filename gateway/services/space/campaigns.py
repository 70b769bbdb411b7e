"""Campaigns: a notice for every space of which nobody was told yet, and the day on which printed letters were posted.

A campaign only leaves steps in the outbox, some spaces a transaction. Its step has the same number for one space
whatever the campaign: whoever begins it again, after a kill or the day after, adds what is missing and nothing twice.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec
import structlog

from gateway.domain.errors import KeyUnavailable, NotFound, PliError, SealBroken
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import Channel
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState, letter_received_on
from gateway.domain.step_payloads import SendOpening
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.activation_codes import ActivationCodes, new_code, received
from gateway.services.space.addressees import addressee_of
from gateway.services.space.moves import move

AT_ONCE = 20
"""Spaces in one transaction: well under 50 ms, so that a campaign never starves mail."""
_BEFORE_ALL = VaultId(0)
_DAMAGED = (NotFound, SealBroken, KeyUnavailable)
"""What one space costs that does not open, or was erased just now: its own line, not the campaign."""
_log = structlog.get_logger("pli.space")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """What a campaign did.

    Attributes:
        begun: spaces whose notice is on its way now.
        waiting: spaces whose notice was on its way already, or whose letter waits to be posted.
        unreachable: spaces without a contact of the channel; they stay as they are.

    A space that does not open is in none of them: the log and ``pli verify`` name it.
    """

    begun: int = 0
    waiting: int = 0
    unreachable: int = 0

    def __add__(self, other: "CampaignReport") -> "CampaignReport":
        return CampaignReport(
            begun=self.begun + other.begun,
            waiting=self.waiting + other.waiting,
            unreachable=self.unreachable + other.unreachable,
        )


_BEGUN, _WAITING, _UNREACHABLE = CampaignReport(begun=1), CampaignReport(waiting=1), CampaignReport(unreachable=1)
Advance = Callable[[int], None]


class Campaigns:
    """Begins notices of openings, and records that letters were posted, for the operator."""

    def __init__(self, store: Store, clock: Clock, letter_days: int) -> None:
        self._store = store
        self._clock = clock
        self._letter_days = letter_days
        self._codes = ActivationCodes(store)

    async def begin(self, issuer: str, channel: Channel | None, advance: Advance) -> CampaignReport:
        """Leave a notice with a new code for every space of which nobody was told; `advance` hears of spaces done."""
        now, report = self._clock.now(), CampaignReport()
        told = SendOpening(code="", issuer=issuer, batch=local_day(now).isoformat(), channel=channel)
        async for vaults in self._created():
            work = partial(self._begin, vaults=vaults, told=told, now=now)
            report += await self._store.write(work, priority=Priority.BULK)
            for vault in vaults:
                # Nobody looks at it again in this run: what is kept must not grow with the campaign.
                self._store.forget(vault)
            advance(len(vaults))
        return report

    async def posted(self, batch: date, day: date, advance: Advance) -> int:
        """Record that the letters of a mailing were posted on a day; say how many spaces count as told now."""
        count = 0
        async for vaults in self._created():
            work = partial(self._posted, vaults=vaults, batch=batch, day=day)
            count += await self._store.write(work, priority=Priority.BULK)
            advance(len(vaults))
        return count

    async def count(self) -> int:
        """Count the spaces of which nobody was told."""
        count = 0
        async for vaults in self._created():
            count += len(vaults)
        return count

    async def _created(self) -> AsyncIterator[Sequence[VaultId]]:
        after = _BEFORE_ALL
        while vaults := await self._store.read(partial(_listed, after=after)):
            yield vaults
            after = vaults[-1]

    def _begin(self, tx: Tx, *, vaults: Sequence[VaultId], told: SendOpening, now: datetime) -> CampaignReport:
        report = CampaignReport()
        for vault in vaults:
            report += self._begin_one(tx, vault, told, now)
        if report.begun:
            tx.changed(OPERATOR)
        return report

    def _begin_one(self, tx: Tx, vault: VaultId, told: SendOpening, now: datetime) -> CampaignReport:
        try:
            addressee = addressee_of(tx, vault, now)
        except _DAMAGED as error:
            return _passed_over(vault, error)
        if addressee.space.state is not SpaceState.CREATED or addressee.space.letter_on is not None:
            return _WAITING
        if addressee.reached(told.channel) is None:
            return _UNREACHABLE
        code = new_code()
        step = Step(vault=vault, id=self._number(vault), payload=msgspec.structs.replace(told, code=code), due=now)
        # One that was refused or given up is begun anew: its contact may have been put right.
        if not tx.outbox.add(step) and not tx.outbox.revive(step):
            return _WAITING
        self._codes.issue(tx, addressee.space, now, typed=code)
        return _BEGUN

    def _number(self, vault: VaultId) -> int:
        return int.from_bytes(self._store.digest("opening-step", vault.to_bytes(8, "big"))[:8], "big") >> 3 | 1 << 61

    def _posted(self, tx: Tx, *, vaults: Sequence[VaultId], batch: date, day: date) -> int:
        now, count = self._clock.now(), 0
        arrival = letter_received_on(day, self._letter_days)
        for vault in vaults:
            try:
                space = tx.spaces.space(vault)
            except _DAMAGED as error:
                _passed_over(vault, error)
                continue
            if space.state is not SpaceState.CREATED or space.letter_on != batch:
                continue
            detail = f"{Channel.LETTER.value} {day.isoformat()}"
            changes: dict[str, Any] = {"notified_on": arrival, "letter_on": None}  # Any: as `move` takes them
            move(tx, vault, SpaceEvent.NOTICE_DELIVERED, now, operator_of(vault), detail=detail, **changes)
            received(tx, vault, arrival, PLACE)
            count += 1
        return count


def _passed_over(vault: VaultId, error: PliError) -> CampaignReport:
    _log.warning("space.passed_over", space=f"{vault:x}", code=error.code)
    return CampaignReport()


def _listed(tx: Tx, *, after: VaultId) -> Sequence[VaultId]:
    return tx.spaces.listed(after, AT_ONCE, SpaceState.CREATED)
