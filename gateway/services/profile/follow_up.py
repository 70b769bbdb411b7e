"""Which sets of measures a person follows, what is due of each, and its reminder in the agenda (F93).

The reminder is an entry of the person's own agenda: calendars show it, and `ReminderKeeper` tells of it. It moves when
a measure of the set is noted. Whoever takes the entry away is reminded no more, and goes on following.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.agenda.events import MAX_ENTRIES, AgendaEvent, EventSort, EventState
from gateway.domain.errors import NotFound
from gateway.domain.follow_up import Due, FollowUpItem, FollowUpSet, FollowUpSource, dues_of, reminder_days
from gateway.domain.local_days import local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import FollowedSet, MeasureKind
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.random_numbers import random_number


@cache
def follow_up_sets() -> tuple[FollowUpSet, ...]:
    """Read the sets of the program, once."""
    found = tomllib.loads(files(__package__).joinpath("follow_up_rules.toml").read_text(encoding="utf-8"))
    return tuple(
        FollowUpSet(
            code=one["code"],
            label=one["label"],
            about=one["about"],
            items=tuple(FollowUpItem(kind=MeasureKind(item["kind"]), every=item["every"]) for item in one["items"]),
            source=FollowUpSource(**one["source"]),
        )
        for one in found["sets"]
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FollowUpState:
    """A set as it stands: nothing is due of one that is not followed; `event` is its entry in the agenda, if any."""

    set: FollowUpSet
    since: date | None = None
    dues: tuple[Due, ...] = ()
    event: int | None = None


class FollowUp:
    """Follows sets of measures in one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def listed(self, actor: Actor, *, is_told: bool = False) -> Sequence[FollowUpState]:
        """Give every set with what is due; `is_told` when the measures were read with it, whose line says so."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[FollowUpState]:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            followed = tx.measures.plan(actor.vault).followed
            return [_state(tx, actor, one, followed.get(one.code)) for one in follow_up_sets()]

        found = await self._store.read(look)
        if not is_told:
            event = actor.event(now, "measures.listed")
            await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def follow(self, actor: Actor, code: str) -> None:
        """Follow a set from today on, with its reminder; said twice, the first time counts. Raises `NotFound`."""
        now, it, number = self._clock.now(), _set_of(code), random_number()

        def keep(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            allow(tx, actor, Action.ADD, SpacePart.AGENDA, now)
            plan = tx.measures.plan(actor.vault)
            if code in plan.followed:
                return
            has_room = tx.agendas.count(actor.vault) < MAX_ENTRIES
            followed = FollowedSet(since=local_day(now), event=number if has_room else 0)
            tx.measures.keep_plan(actor.vault, replace(plan, followed={**plan.followed, code: followed}))
            if has_room:
                title = f"Mesures à noter\u00a0: {it.label.lower()}"
                blank = AgendaEvent(
                    vault=actor.vault, id=number, title=title, start=followed.since, reminder=0, sort=EventSort.TASK
                )
                tx.agendas.save(_moved(tx, actor, blank, it, followed, now))
            tx.audit.append(actor.vault, actor.event(now, "measures.followed", detail=code))
            tx.changed(actor.vault)

        await self._store.write(keep)

    @traces_refusals
    async def stop(self, actor: Actor, code: str) -> None:
        """Follow a set no more, and take its reminder away; measures stay. Raises `NotFound`."""
        now = self._clock.now()
        _set_of(code)

        def keep(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            plan = tx.measures.plan(actor.vault)
            followed = plan.followed.get(code)
            if followed is None:
                return
            others = {other: one for other, one in plan.followed.items() if other != code}
            tx.measures.keep_plan(actor.vault, replace(plan, followed=others))
            tx.agendas.drop(actor.vault, followed.event)
            tx.audit.append(actor.vault, actor.event(now, "measures.unfollowed", detail=code))
            tx.changed(actor.vault)

        await self._store.write(keep)


def move_reminders(tx: Tx, actor: Actor, kind: MeasureKind, now: datetime) -> None:
    """Move the reminders of followed sets that have a kind, whose measures have just changed, in that transaction."""
    for code, followed in tx.measures.plan(actor.vault).followed.items():
        it = next((one for one in follow_up_sets() if one.code == code), None)
        if it is None or all(item.kind is not kind for item in it.items):
            continue
        event = tx.agendas.get(actor.vault, followed.event) if followed.event else None
        if event is not None and event.state is not EventState.CANCELLED:
            moved = _moved(tx, actor, event, it, followed, now)
            tx.agendas.save(replace(moved, version=event.version + 1, state=EventState.PLANNED))


def _moved(
    tx: Tx, actor: Actor, event: AgendaEvent, it: FollowUpSet, followed: FollowedSet, now: datetime
) -> AgendaEvent:
    dues = dues_of(it, followed.since, _lasts(tx, actor, it))
    first, *also = reminder_days(dues)
    names = ", ".join(KINDS[item.kind].label for item in it.items)
    return replace(event, start=first, also=tuple(also), note=event.note or names, remind_from=now)


def _state(tx: Tx, actor: Actor, it: FollowUpSet, followed: FollowedSet | None) -> FollowUpState:
    if followed is None:
        return FollowUpState(set=it)
    event = tx.agendas.get(actor.vault, followed.event) if followed.event else None
    return FollowUpState(
        set=it,
        since=followed.since,
        dues=dues_of(it, followed.since, _lasts(tx, actor, it)),
        event=event.id if event is not None and event.stands else None,
    )


def _lasts(tx: Tx, actor: Actor, it: FollowUpSet) -> Mapping[MeasureKind, date]:
    found = {item.kind: tx.measures.newest(actor.vault, item.kind, 1) for item in it.items}
    return {kind: local_day(some[0].now.value.at) for kind, some in found.items() if some}


def _set_of(code: str) -> FollowUpSet:
    found = next((one for one in follow_up_sets() if one.code == code), None)
    if found is None:
        raise NotFound("there is no such set of measures")
    return found
