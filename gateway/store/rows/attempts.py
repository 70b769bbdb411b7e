"""Rows of attempts that are counted; see `gateway.services.counting.counters`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.attempt import AttemptOutcome, CountedAttempt
from gateway.domain.instants import instant_of, micros_of
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter

_A = schema.attempt
_INSERT = insert(_A).on_conflict_do_nothing()
_SINCE = select(_A).where(_A.c.at >= parameter("after")).order_by(_A.c.at.desc()).limit(parameter("count"))
_DROP = delete(_A).where(_A.c.at < parameter("before"))


class SqlAttemptRows:
    """Implements `gateway.ports.attempts.AttemptRows`."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def add(self, attempts: Sequence[CountedAttempt]) -> None:
        """Insert; one that is there already changes nothing."""
        for one in attempts:
            self._runner.run(
                _INSERT,
                number=one.number,
                at=micros_of(one.at),
                origin=one.origin,
                face=one.face,
                subject=one.subject,
                aim=one.aim,
                outcome=int(one.outcome),
            )

    def since(self, at: datetime, limit: int) -> list[CountedAttempt]:
        """Give what was counted at or after an instant in order, the latest `limit` of it."""
        rows = self._runner.rows(_SINCE, after=micros_of(at), count=limit)
        return [
            CountedAttempt(
                number=number,
                at=instant_of(when),
                origin=origin,
                face=face,
                subject=bytes(subject),
                aim=bytes(aim),
                outcome=AttemptOutcome(outcome),
            )
            for number, when, origin, face, subject, aim, outcome in reversed(rows)
        ]

    def drop_before(self, at: datetime) -> None:
        """Remove what was counted before an instant."""
        self._runner.run(_DROP, before=micros_of(at))
