"""Looks whether each step of the outbox will be done in time, whatever somebody wrote into its row.

For `pli verify`. What is out of place is put right by `OutboxRows.bring_near`; what a step does is sealed.
"""

from datetime import timedelta

from sqlalchemy import select, tuple_

from gateway.domain.errors import NoticeRefused
from gateway.domain.instants import micros_of
from gateway.domain.outbox import Urgency, max_attempts
from gateway.domain.step_payloads import StepKind
from gateway.ports.clock import Clock
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter

UNREADABLE = "unreadable"
"""Reason of a step parked because its record does not open."""
_EARLY = (UNREADABLE, NoticeRefused.code)
"""Reasons for which a step is parked before its last try."""
FURTHEST = timedelta(hours=2)
"""No pause between tries, no lease and no wait of a new step is as long."""
TOO_LATE = "it is due later than any step is: it is done all the same"
NO_LANE = "its urgency is none: it is done all the same"
OTHER_STATE = "it is neither waiting nor parked: it is done all the same"
PARKED = "it was set aside before its last try: see to it (`pli doctor`)"
NO_ATTEMPTS = "how often it was begun is no such number"
NO_KIND = "its kind is none: it will be parked"

_O = schema.outbox
_KEY = (_O.c.vault, _O.c.step)
_STEPS = (
    select(*_KEY, _O.c.kind, _O.c.reason, _O.c.urgency, _O.c.due, _O.c.attempts, _O.c.parked)
    .where(tuple_(*_KEY) > tuple_(parameter("vault"), parameter("step")))
    .order_by(*_KEY)
    .limit(parameter("count"))
)
_MOST_ATTEMPTS = 1_000
_KINDS = {kind.value: kind for kind in StepKind}
_URGENCIES = frozenset(int(urgency) for urgency in Urgency)
_BEFORE_ALL = -(2**63)


class StepPlaces:
    """Looks at steps in the order of their keys."""

    def __init__(self, runner: Runner, clock: Clock) -> None:
        self._runner = runner
        self._clock = clock

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Look at some steps."""
        vault, step = position or (_BEFORE_ALL, _BEFORE_ALL)
        furthest = micros_of(self._clock.now() + FURTHEST)
        rows = self._runner.rows(_STEPS, vault=vault, step=step, count=limit)
        damages = [
            Damage(vault=row[0], what="step", number=row[1], fault=fault)
            for row in rows
            if (fault := _fault(row, furthest))
        ]
        following = tuple(rows[-1][:2]) if len(rows) == limit else None
        return Inspected(looked=len(rows), damages=damages, position=following)


def _fault(row: Row, furthest: int) -> str:
    *_, kind, reason, urgency, due, attempts, parked = row
    if kind not in _KINDS:
        return NO_KIND
    if urgency not in _URGENCIES:
        return NO_LANE
    if parked not in (0, 1):
        return OTHER_STATE
    if not parked and not (isinstance(due, int) and due <= furthest):
        return TOO_LATE
    if not (isinstance(attempts, int) and 0 <= attempts <= _MOST_ATTEMPTS):
        return NO_ATTEMPTS
    return PARKED if parked and reason not in _EARLY and attempts < max_attempts(_KINDS[kind]) else ""
