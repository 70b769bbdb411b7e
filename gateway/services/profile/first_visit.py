"""The questions of the first visit: offered once, never again when they were answered, skipped or put away (F29)."""

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals


class FirstVisit:
    """Says whether the questions are still to be offered, and keeps that they are over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def is_due(self, actor: Actor) -> bool:
        """Say whether the holder has not been through the questions."""
        return await self._store.read(lambda tx: is_first_visit_due(tx, actor))

    @traces_refusals
    async def end(self, actor: Actor) -> None:
        """Keep that the questions are over; said twice, the first time counts."""
        now = self._clock.now()

        def keep(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            if is_first_visit_due(tx, actor):
                over = ProfileEntry(
                    section=ProfileSection.FIRST_VISIT,
                    id=STATEMENT,
                    revision=1,
                    state=EntryState.KEPT,
                    fields={},
                    written_by=Writer.PATIENT,
                    written_at=now,
                )
                tx.profile.add(actor.vault, over)
                tx.audit.append(actor.vault, actor.event(now, "profile.first-visit-ended"))

        await self._store.write(keep)


def is_first_visit_due(tx: Tx, actor: Actor) -> bool:
    """Say in the caller's transaction whether the questions are still to be offered."""
    return tx.profile.get(actor.vault, ProfileSection.FIRST_VISIT, STATEMENT) is None
