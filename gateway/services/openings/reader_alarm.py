"""What follows when a professional was stopped: the operator is alarmed, each person concerned is told (A23).

Done by a step of the outbox, at once. Each person is told in a transaction of their own, by a notice whose number is
made of the step's. Their trace names the step: done twice, it tells once, also when the notice was sent in between.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256

import structlog

from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.local_days import PLACE, day_in_words
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.record_openings import RecordReading, end_of_day
from gateway.domain.space import receives_mail
from gateway.domain.step_payloads import ReaderStopped, TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of, system_in
from gateway.services.outbox.steps import Effects, Prepared, payload_of

_log = structlog.get_logger("pli.access")
_LOOKED_AT = 200
"""Lines of a trace among which one looks for what a first attempt has written."""


class ReaderAlarm:
    """Handles `StepKind.READER_STOPPED`; the alarm goes to the log, to the operator's trace, and to a mail address."""

    def __init__(self, store: Store, clock: Clock, address: str) -> None:
        self._store = store
        self._clock = clock
        self._address = address

    async def tell(self, step: Step) -> Prepared:
        """Alarm and tell: the operator first."""
        told, now = payload_of(step, ReaderStopped), self._clock.now()
        day = date.fromisoformat(told.day)
        readings = await self._store.read(lambda tx: tx.record_openings.readings(step.vault, day, day))
        concerned = [one for one in readings if one.place]
        _log.error("reading.stopped", reader=f"{step.vault:x}", records=len(concerned))
        alarm = partial(_alarm, step=step, told=told, persons=len(concerned), address=self._address, now=now)
        each = [partial(_tell, step=step, told=told, reading=one, now=now) for one in concerned]
        return Prepared(work=lambda: Effects(elsewhere=(alarm, *each)))


def _alarm(tx: Tx, *, step: Step, told: ReaderStopped, persons: int, address: str, now: datetime) -> None:
    day = date.fromisoformat(told.day)
    values = {
        "account": told.account, "persons": str(persons), "day": day_in_words(day),
        # What `pli incident` takes: from midnight in France, wherever the machine is, to after the second of the stop.
        "since": _written(datetime.combine(day, time(), PLACE)), "until": _written(told.at + timedelta(seconds=1)),
        "midnight": _written(end_of_day(told.at)),
    }  # fmt: skip
    if not address or _added(tx, step, OPERATOR, NoticeKind.READER_ALARM, now, values, address):
        detail = f"{told.account}: {persons} persons"
        tx.audit.append(OPERATOR, operator_of(OPERATOR).event(now, "reading.alarm", "failed", detail=detail))


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _tell(tx: Tx, *, step: Step, told: ReaderStopped, reading: RecordReading, now: datetime) -> None:
    person, named = reading.person, f"step:{step.id:x}"
    try:
        state = tx.spaces.state(person)
        is_told = any(named in line.objects for line in tx.audit.events(person, _LOOKED_AT))
    except (NotFound, SealBroken):  # `pli verify` names it; the others are told
        return
    if state is None or not receives_mail(state) or is_told:
        return
    if _added(tx, step, person, NoticeKind.READER_STOPPED, now, {}):
        event = system_in(person).event(now, "reading.suspected", objects=(named,), detail=told.account)
        tx.audit.append(person, event)
        tx.changed(person)


def _added(
    tx: Tx, step: Step, vault: VaultId, kind: NoticeKind, now: datetime, values: dict[str, str], to: str = ""
) -> bool:
    number = int.from_bytes(sha256(f"{step.id:x}:{vault:x}".encode()).digest()[:8], "big") >> 3 | 1 << 61
    payload = TellHolder(kind=kind, values=values, to=to, channel=Channel.EMAIL if to else None)
    waits = tx.outbox.add(Step(vault=vault, id=number, payload=payload, due=now))
    tx.changed(OPERATOR)
    return waits
