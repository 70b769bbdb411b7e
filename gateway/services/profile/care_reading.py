"""The history of care as it is read, in pieces, and the one switch that hides it from everybody else (F46 to F48, E78).

What is older than 24 months is not given, whenever it is removed. What a document told goes with it: of one that was
replaced, taken away or withheld nothing is told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.care_history import CareAct, CareKind, first_day
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import permitted_counts
from gateway.services.profile.source_documents import standing_sources

PAGE = 30
"""Acts on one page."""
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CareHistory:
    """A piece of the history.

    Attributes:
        acts: the newest first.
        more: from where the next piece goes on, None when there is none.
        counts: how many there are of each kind, whatever the piece.
        is_hidden: from everybody else.
    """

    acts: Sequence[CareAct]
    more: int | None
    counts: Mapping[CareKind, int]
    is_hidden: bool


class CareReading:
    """Reads the history of one space, and hides it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def history(self, actor: Actor, kind: CareKind | None = None, before: int | None = None) -> CareHistory:
        """Give a piece.

        Args:
            actor: who asks.
            kind: of this kind alone.
            before: the act after which the piece begins; the newest when it is none of theirs.
        """
        now = self._clock.now()
        since = first_day(local_day(now))

        def look(tx: Tx) -> CareHistory:
            allow(tx, actor, Action.LIST, SpacePart.CARE_HISTORY, now)
            last = None if before is None else tx.care_acts.get(actor.vault, before)
            start = None if last is None else (last.last_day, last.id)
            found = tx.care_acts.listed(actor.vault, since, PAGE + 1, kind=kind, before=start)
            return CareHistory(
                acts=standing_acts(tx, actor, found[:PAGE], now),
                more=found[PAGE - 1].id if len(found) > PAGE else None,
                counts=_counts(tx, actor, since, now),
                is_hidden=tx.spaces.space(actor.vault).hides_care,
            )

        found = await self._store.read(look)
        event = actor.event(now, "care.listed")
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def hide(self, actor: Actor, *, hidden: bool) -> None:
        """Hide the whole history from everybody else, or show it again; said twice, it is done once."""
        now = self._clock.now()

        def turn(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.CARE_HISTORY, now)
            space = tx.spaces.space(actor.vault)
            if space.hides_care != hidden:
                tx.spaces.save(replace(space, hides_care=hidden))
                tx.audit.append(actor.vault, actor.event(now, "care.hidden" if hidden else "care.shown"))

        await self._store.write(turn)


def _counts(tx: Tx, actor: Actor, since: date, at: datetime) -> Mapping[CareKind, int]:
    """Count along the index, one by one where a document is withheld: a count would tell what it told."""
    if tx.documents.counts(actor.vault, Audience.NOBODY) == permitted_counts(tx, actor, at):
        return tx.care_acts.counts(actor.vault, since)
    counted, before = Counter[CareKind](), None
    while some := tx.care_acts.listed(actor.vault, since, _BATCH, before=before):
        counted.update(act.kind for act in standing_acts(tx, actor, some, at))
        before = some[-1].last_day, some[-1].id
    return {kind: counted[kind] for kind in CareKind if counted[kind]}


def standing_acts(tx: Tx, actor: Actor, acts: Sequence[CareAct], at: datetime) -> Sequence[CareAct]:
    """Leave out what documents told that no longer stand, or that the actor may not see."""
    standing = standing_sources(tx, actor, [act.source for act in acts], at)
    return [act for act in acts if act.source is None or act.source in standing]


async def remove_outdated_care(store: Store, clock: Clock) -> int:
    """Remove for good what is older than 24 months, in every space; give how many acts."""
    count, day = 0, first_day(local_day(clock.now()))
    while spaces := await store.read(lambda tx: tx.care_acts.outdated(day, _BATCH)):
        removed = 0
        for vault in spaces:
            removed += await store.write(partial(_removed, vault=vault, day=day), priority=Priority.BULK)
        count += removed
        if not removed:  # rows that were bent stay, to be found
            break
    return count


def _removed(tx: Tx, *, vault: VaultId, day: date) -> int:
    return tx.care_acts.remove_before(vault, day, _BATCH)
