"""A doctor sets a goal for one examination of a patient, who reads it as the doctor's and does not change it (E45)."""

from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.goals import Goal, GoalFault, goal_bounds
from gateway.domain.local_days import local_day
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.record.examinations import Examinations


class ExaminationGoals:
    """Sets goals in the space of a patient, and takes them away."""

    def __init__(self, store: Store, clock: Clock, examinations: Examinations) -> None:
        self._store = store
        self._clock = clock
        self._examinations = examinations

    @traces_refusals
    async def set(self, actor: Actor, number: int, low: str, high: str) -> GoalFault | None:
        """Set the goal of an examination from what was typed, in the place of the one before; say what is wrong.

        It is in the unit of the newest result. Raises `NotFound`: none of its results is shown to them.
        """
        shown = (await self._examinations.read(actor, number, 1, 1)).examination
        bounds, now = goal_bounds(low, high), self._clock.now()
        if isinstance(bounds, GoalFault):
            return bounds
        goal = Goal(
            low=bounds[0],
            high=bounds[1],
            unit=shown.last.line.unit,
            set_by=actor.named or actor.organisation,
            set_on=local_day(now),
        )

        def keep(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.PROFILE, now)
            tx.goals.save(actor.vault, number, goal)
            _trace(tx, actor, now, "goal.set", number)

        await self._store.write(keep)
        return None

    @traces_refusals
    async def end(self, actor: Actor, number: int) -> None:
        """Take the goal of an examination away. Raises `NotFound` as `set` does."""
        await self._examinations.read(actor, number, 1, 1)
        now = self._clock.now()

        def take(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.PROFILE, now)
            tx.goals.take_away(actor.vault, number)
            _trace(tx, actor, now, "goal.ended", number)

        await self._store.write(take)


def _trace(tx: Tx, actor: Actor, at: datetime, action: str, number: int) -> None:
    tx.audit.append(actor.vault, actor.event(at, action, objects=(f"examination:{number:x}",), detail=actor.face))
    tx.changed(actor.vault)
