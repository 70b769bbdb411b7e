"""Measures as their holder writes them: added, corrected, deleted, taken back, and what is aimed at.

A correction keeps what was there (E89). A form is filled from one version: what was changed from an earlier one is
refused (`ChangedMeanwhile`); what is sent twice is done once.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.local_days import local_day
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault, checked_goal, checked_measure
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasuredValue, MeasureGoal, MeasureKind, MeasureVersion
from gateway.domain.profile import Writer
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.profile.follow_up import move_reminders
from gateway.services.profile.measure_reading import measure_name, measure_of

MOST_A_DAY = 500
"""Measures of one kind in 24 hours: a sensor gives 288."""
MOST_VERSIONS = 50
"""Versions of one measure."""
_HALF = timedelta(hours=12)
_FULL = {"valeur": MeasureFault.FULL}


class MeasureWriting:
    """Changes the measures of one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def save(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, typed: Mapping[str, str]
    ) -> Measure | CheckedMeasure:
        """Keep what was typed; gives its faults when there are some, and nothing is changed.

        Args:
            actor: who types.
            kind: of what.
            number: a random number that was drawn for the form, or that of the measure that it corrects.
            filled_from: the version that the form was filled from; 0 for a new measure.
            typed: by the names of fields, as `checked_measure` reads them.

        Raises:
            ChangedMeanwhile: there is a later version, or something else was made of the form of a new measure.
            NotFound: there is no such measure, or the kind is computed.
        """
        now = self._clock.now()
        if not KINDS[kind].is_typed:
            raise NotFound(f"{kind.value} is computed")

        def keep(tx: Tx) -> Measure | CheckedMeasure:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE if filled_from else Action.ADD, SpacePart.PROFILE, now)
            born = tx.spaces.space(actor.vault).identity.traits.birth_date
            checked = checked_measure(kind, typed, born.earliest if born else None, now)
            before = tx.measures.get(actor.vault, number)
            if before is not None and before.kind is not kind:
                raise NotFound("there is no such measure of this kind")
            if before is not None and _was_sent_before(before, filled_from, checked):
                return before
            is_new = before is None and not filled_from
            stood = None if is_new else _check_version(before, filled_from, is_deleted=False)
            if checked.value is None:
                return checked
            version = MeasureVersion(value=checked.value, written_by=Writer.PATIENT, written_at=now)
            if stood is not None and _says_the_same(stood.now.value, checked.value):
                return stood
            if stood is not None and stood.version >= MOST_VERSIONS:
                return CheckedMeasure(value=None, faults=_FULL)
            if stood is None and _is_full(tx, actor, kind, checked.value.at):
                return CheckedMeasure(value=None, faults=_FULL)
            kept = stood.followed_by(version) if stood else Measure(id=number, kind=kind, now=version)
            write_measure(tx, actor, kept, "measure.corrected" if stood else "measure.added")
            return kept

        return await self._store.write(keep)

    @traces_refusals
    async def delete(self, actor: Actor, kind: MeasureKind, number: int, filled_from: int) -> None:
        """Delete a measure; it may be taken back. Raises as `save` does."""
        await self._turn(actor, kind, number, filled_from, is_deleted=True)

    @traces_refusals
    async def restore(self, actor: Actor, kind: MeasureKind, number: int, filled_from: int) -> None:
        """Take back a measure that was deleted. Raises as `save` does."""
        await self._turn(actor, kind, number, filled_from, is_deleted=False)

    @traces_refusals
    async def aim(
        self, actor: Actor, kind: MeasureKind, filled_from: int, typed: Mapping[str, str]
    ) -> Mapping[str, MeasureFault]:
        """Keep what is aimed at, none when nothing was typed; gives the faults of what was typed.

        Raises `ChangedMeanwhile` when there is a later goal than that from which the form was filled.
        """
        now = self._clock.now()

        def keep(tx: Tx) -> Mapping[str, MeasureFault]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            found, plan = checked_goal(kind, typed), tx.measures.plan(actor.vault)
            before = plan.goals.get(kind)
            stands = before.version if before else 0
            if isinstance(found, Mapping):
                return found
            if before is not None and stands == filled_from + 1 and before.bounds == found:
                return {}
            if stands != filled_from:
                raise ChangedMeanwhile(f"goal {stands} stands, not {filled_from}")
            goal = MeasureGoal(bounds=found, version=stands + 1)
            tx.measures.keep_plan(actor.vault, replace(plan, goals={**plan.goals, kind: goal}))
            tx.audit.append(actor.vault, actor.event(now, "measure.aimed", objects=(f"measure:{kind.value}",)))
            tx.changed(actor.vault)
            return {}

        return await self._store.write(keep)

    async def _turn(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, *, is_deleted: bool
    ) -> None:
        now = self._clock.now()

        def turn(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            before = measure_of(tx, actor, kind, number)
            if before.now.is_deleted is is_deleted and before.version == filled_from + 1:
                return
            stood = _check_version(before, filled_from, is_deleted=not is_deleted)
            version = MeasureVersion(
                value=stood.now.value, written_by=Writer.PATIENT, written_at=now, is_deleted=is_deleted
            )
            kept = stood.followed_by(version)
            write_measure(tx, actor, kept, "measure.deleted" if is_deleted else "measure.restored")

        await self._store.write(turn)


def write_measure(tx: Tx, actor: Actor, measure: Measure, action: str) -> None:
    """Keep a measure, or a version of it, with its line in the trace; reminders of followed sets move with it."""
    if measure.earlier:
        tx.measures.change(actor.vault, measure)
    else:
        tx.measures.add(actor.vault, measure)
    objects = (measure_name(measure.kind, measure.id),)
    tx.audit.append(actor.vault, actor.event(measure.now.written_at, action, objects=objects))
    move_reminders(tx, actor, measure.kind, measure.now.written_at)
    tx.changed(actor.vault)


def _was_sent_before(before: Measure, filled_from: int, checked: CheckedMeasure) -> bool:
    """Say whether this very form was sent before: one measure has been made of it, or one version."""
    stands = before.version == filled_from + 1 and not before.now.is_deleted
    return stands and checked.value is not None and _says_the_same(before.now.value, checked.value)


def _says_the_same(one: MeasuredValue, other: MeasuredValue) -> bool:
    """Say whether two values are what was typed once: without an hour, today's before noon are of when they came."""
    is_timed = one.is_timed or other.is_timed
    same_time = one.at == other.at if is_timed else local_day(one.at) == local_day(other.at)
    return same_time and replace(one, at=other.at) == other


def _check_version(before: Measure | None, filled_from: int, *, is_deleted: bool) -> Measure:
    if before is None:
        raise NotFound("there is no such measure")
    if before.version != filled_from or before.now.is_deleted is not is_deleted:
        raise ChangedMeanwhile(f"version {before.version} stands, not {filled_from}")
    return before


def _is_full(tx: Tx, actor: Actor, kind: MeasureKind, at: datetime) -> bool:
    return tx.measures.count(actor.vault, kind, at - _HALF, at + _HALF) >= MOST_A_DAY
