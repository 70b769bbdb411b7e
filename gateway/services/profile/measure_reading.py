"""Measures as they are read: the last of each kind, a piece of one kind and its curve, every version of one.

However many there are, a page reads its piece alone: a curve of very many takes one of each stretch of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.body_mass import body_mass_of
from gateway.domain.errors import NotFound
from gateway.domain.identity import Sex
from gateway.domain.local_days import local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasureGoal, MeasureKind
from gateway.ports.clock import Clock
from gateway.ports.growth import GrowthTables
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.profile.growth_series import ChildGrowth, child_of, growth_of

PAGE = 20
"""Measures on one page."""
DRAWN = 150
"""Measures that a curve shows, at most."""
_HEIGHTS = 60
_DELETED = 10


class MeasurePeriod(Enum):
    """How far back a curve goes; the values stand in addresses of pages."""

    MONTH = "mois"
    YEAR = "an"
    ALL = "tout"

    def since(self, now: datetime) -> datetime | None:
        """Give its first instant; None for everything."""
        days = {MeasurePeriod.MONTH: 31, MeasurePeriod.YEAR: 366}.get(self)
        return None if days is None else now - timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LastMeasure:
    """A kind with its last measure."""

    kind: MeasureKind
    last: Measure | None
    goal: MeasureGoal | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasureSeries:
    """One kind.

    Attributes:
        drawn: what the curve of the period shows, the newest first.
        is_thinned: there are more in the period than the curve shows.
        listed: a piece of all, the newest first.
        more: from where the next piece goes on, None when there is none.
        last: the newest of all.
        deleted: some that may be taken back.
        growth: of a child, the table among whose lines the measures lie.
    """

    kind: MeasureKind
    drawn: Sequence[Measure]
    is_thinned: bool
    listed: Sequence[Measure]
    more: int | None
    last: Measure | None
    goal: MeasureGoal | None
    deleted: Sequence[Measure]
    growth: ChildGrowth | None = None


class MeasureReading:
    """Reads the measures of one space; a child's are shown by the tables of growth that are given."""

    def __init__(self, store: Store, clock: Clock, tables: GrowthTables) -> None:
        self._store = store
        self._clock = clock
        self._tables = tables

    @traces_refusals
    async def overview(self, actor: Actor, *, is_told: bool = False) -> Sequence[LastMeasure]:
        """Give each kind with its last measure, in the order of the page; `is_told` beside the profile."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[LastMeasure]:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            goals = tx.measures.plan(actor.vault).goals
            return [
                LastMeasure(kind=kind, last=last_measure(tx, actor, kind), goal=goals.get(kind))
                for kind in KINDS
            ]

        found = await self._store.read(look)
        if not is_told:
            event = actor.event(now, "measures.listed")
            await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None = None
    ) -> MeasureSeries:
        """Give one kind: the curve of a period, and a piece of the list. Raises `NotFound`.

        Args:
            actor: who asks.
            kind: of what.
            period: of the curve.
            before: the measure after which the piece begins; None for the newest.
        """
        now = self._clock.now()

        def look(tx: Tx) -> tuple[MeasureSeries, tuple[date, Sex] | None]:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            start = None if before is None else _place(tx, actor, kind, before)
            listed = _newest(tx, actor, kind, PAGE + 1, before=start)
            drawn, is_thinned = _drawn(tx, actor, kind, period.since(now))
            series = MeasureSeries(
                kind=kind,
                drawn=drawn,
                is_thinned=is_thinned,
                listed=listed[:PAGE],
                more=listed[PAGE - 1].id if len(listed) > PAGE else None,
                last=next(iter(listed if start is None else _newest(tx, actor, kind, 1)), None),
                goal=tx.measures.plan(actor.vault).goals.get(kind),
                deleted=() if actor.is_visitor else tx.measures.newest(actor.vault, kind, _DELETED, deleted=True),
            )
            return series, child_of(tx, actor, kind, local_day(now))

        found, child = await self._store.read(look)
        event = actor.event(now, "measures.listed", objects=(f"measure:{kind.value}",))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        if child is None:
            return found
        return replace(found, growth=await self._store.aside(lambda: growth_of(self._tables, kind, child)))

    @traces_refusals
    async def read(self, actor: Actor, kind: MeasureKind, number: int) -> Measure:
        """Read one with all its versions. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> Measure:
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            return measure_of(tx, actor, kind, number)

        found = await self._store.read(look)
        event = actor.event(now, "measure.read", objects=(measure_name(kind, number),))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def goal(self, actor: Actor, kind: MeasureKind) -> MeasureGoal | None:
        """Read what is aimed at."""
        now = self._clock.now()

        def look(tx: Tx) -> MeasureGoal | None:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            return tx.measures.plan(actor.vault).goals.get(kind)

        found = await self._store.read(look)
        event = actor.event(now, "measures.listed", objects=(f"measure:{kind.value}",))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found


def measure_name(kind: MeasureKind, number: int) -> str:
    """Name a measure in a line of the trace."""
    return f"measure:{kind.value}/{number:x}"


def measure_of(tx: Tx, actor: Actor, kind: MeasureKind, number: int) -> Measure:
    """Read one in the caller's transaction. Raises `NotFound`."""
    found = tx.measures.get(actor.vault, number)
    if found is None or found.kind is not kind:
        raise NotFound(f"the space {actor.vault:x} has no measure {number:x} of this kind")
    return found


def last_measure(tx: Tx, actor: Actor, kind: MeasureKind) -> Measure | None:
    """Read the newest of a kind in the caller's transaction."""
    return next(iter(_newest(tx, actor, kind, 1)), None)


def _newest(
    tx: Tx, actor: Actor, kind: MeasureKind, limit: int, *,
    since: datetime | None = None, before: tuple[datetime, int] | None = None,
) -> Sequence[Measure]:  # fmt: skip
    if kind is not MeasureKind.BMI:
        return tx.measures.newest(actor.vault, kind, limit, since=since, before=before)
    weights = tx.measures.newest(actor.vault, MeasureKind.WEIGHT, limit, since=since, before=before)
    heights = tx.measures.newest(actor.vault, MeasureKind.HEIGHT, _HEIGHTS)
    return body_mass_of(weights, heights)


def _place(tx: Tx, actor: Actor, kind: MeasureKind, number: int) -> tuple[datetime, int]:
    of = MeasureKind.WEIGHT if kind is MeasureKind.BMI else kind
    return measure_of(tx, actor, of, number).now.value.at, number


def _drawn(
    tx: Tx, actor: Actor, kind: MeasureKind, since: datetime | None
) -> tuple[Sequence[Measure], bool]:
    """Give what a curve shows: everything, or the last of each of many equal stretches of time."""
    found = _newest(tx, actor, kind, DRAWN + 1, since=since)
    if len(found) <= DRAWN:
        return found, False
    of = MeasureKind.WEIGHT if kind is MeasureKind.BMI else kind
    newest = found[0].now.value.at
    oldest = tx.measures.first_instant(actor.vault, of, since) or newest
    step = (newest - oldest) / (DRAWN - 1)
    drawn = [found[0]]
    while step and drawn[-1].now.value.at - step > oldest:
        until = drawn[-1].now.value.at - step
        nearer = _newest(tx, actor, kind, 1, since=since, before=(until, _ABOVE))
        if not nearer:
            break
        drawn.append(nearer[0])
    return drawn, True


_ABOVE = 2**62
