"""The operator lets a professional go on who was stopped for opening too many records, until an instant (A23)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.openings.reading_budget import lifted

LONGEST_LIFT = timedelta(days=7)
"""While a stop is lifted nothing stops a thief: it is asked for again each week."""


class ReadingStops:
    """Lifts stops; the second factor and the reason beyond the day's number stay."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def lift(self, home: VaultId, until: datetime, reason: str) -> bool:
        """Lift the stop of the holder of a mailbox at once, and have none come before `until`; done again, it is moved.

        Says whether there was one. The trace of the mailbox keeps until when, and the reason.

        Raises:
            Conflict: the instant is past, or further away than `LONGEST_LIFT`.
        """
        now, until = self._clock.now(), until.astimezone(UTC)
        if not now < until <= now + LONGEST_LIFT:
            raise Conflict(
                f"{until:%Y-%m-%dT%H:%M:%SZ} is no instant of the next {LONGEST_LIFT.days} days, until which a stop "
                "can be lifted; nothing was changed"
            )

        def lift(tx: Tx) -> bool:
            was_stopped = lifted(tx, home, now, until, reason)
            operator = replace(operator_of(home), reason=reason)
            tx.audit.append(home, operator.event(now, "reading.allowed", detail=f"until {until.isoformat()}"))
            return was_stopped

        return await self._store.write(lift)
