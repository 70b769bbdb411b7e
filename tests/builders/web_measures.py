"""Measures for pages that are looked at: curves of weight and blood pressure, a goal, and what is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.follow_up import dues_of
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault, checked_goal, checked_measure
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasuredValue, MeasureGoal, MeasureKind, MeasureVersion
from gateway.domain.profile import Writer
from gateway.services.profile.follow_up import FollowUpState, follow_up_sets
from gateway.services.profile.measure_proposals import ProposedMeasure
from gateway.services.profile.measure_reading import LastMeasure, MeasurePeriod, MeasureSeries
from tests.builders.web_people import CAMILLE, NOW
from webmail.measures.acts import MeasureAct

_WEIGHTS = ("74.2", "74.8", "75.5", "74.9", "73.8", "73.1", "72.4", "72.6", "71.9", "71.2")
_PRESSURES = ("142/88", "138/86", "145/91", "136/84", "131/82", "128/79")


def a_measured(kind: MeasureKind, number: int, days: int, *numbers: str, note: str = "") -> Measure:
    """Make a measure of some days ago."""
    value = MeasuredValue(
        at=NOW - timedelta(days=days), is_timed=True, numbers=tuple(map(Decimal, numbers)),
        unit=KINDS[kind].unit.ucum, note=note,
    )  # fmt: skip
    return Measure(
        id=number, kind=kind, now=MeasureVersion(value=value, written_by=Writer.PATIENT, written_at=value.at)
    )


def _shown() -> dict[MeasureKind, list[Measure]]:
    weights = [
        a_measured(MeasureKind.WEIGHT, 40 + place, 20 + 30 * place, value, note="à jeun" if place == 2 else "")
        for place, value in enumerate(reversed(_WEIGHTS))
    ]
    wrong = replace(weights[1].now.value, numbers=(Decimal(92),))
    weights[1] = replace(weights[1], earlier=(replace(weights[1].now, value=wrong),))
    pressures = [
        a_measured(MeasureKind.BLOOD_PRESSURE, 60 + place, 2 + 9 * place, *value.split("/"))
        for place, value in enumerate(reversed(_PRESSURES))
    ]
    return {
        MeasureKind.WEIGHT: weights,
        MeasureKind.BLOOD_PRESSURE: pressures,
        MeasureKind.HEIGHT: [a_measured(MeasureKind.HEIGHT, 80, 400, "168")],
    }


_GOALS = {
    MeasureKind.WEIGHT: MeasureGoal(bounds=((Decimal(66), Decimal(72)),), version=1),
    MeasureKind.BLOOD_PRESSURE: MeasureGoal(bounds=((None, Decimal(135)), (None, Decimal(85))), version=1),
}


@dataclass
class SampleMeasures:
    """Satisfies `webmail.measures.port.MeasureService`; `noted` has what was saved, by number."""

    noted: dict[int, Measure] = field(default_factory=dict)
    aimed: dict[MeasureKind, MeasureGoal] = field(default_factory=lambda: dict(_GOALS))

    async def measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind with its last measure."""
        return [
            LastMeasure(kind=kind, last=next(iter(self._measured_by(actor, kind)), None), goal=self.aimed.get(kind))
            for kind in KINDS
        ]

    async def last_measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give the same beside the profile (`webmail.profile.port.ProfileService`)."""
        return await self.measures(actor)

    async def measure_series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None
    ) -> MeasureSeries:
        """Give one kind."""
        mine, since = self._measured_by(actor, kind), period.since(NOW)
        if before is not None:
            await self.measure(actor, kind, before)
        return MeasureSeries(
            kind=kind,
            drawn=[one for one in mine if since is None or one.now.value.at >= since],
            is_thinned=False,
            listed=mine,
            more=None,
            last=next(iter(mine), None),
            goal=self.aimed.get(kind),
            deleted=(),
        )

    async def measure(self, actor: Actor, kind: MeasureKind, number: int) -> Measure:
        """Give one."""
        found = next((one for one in self._measured_by(actor, kind) if one.id == number), None)
        if found is None:
            raise NotFound("no such measure")
        return found

    async def save_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, typed: Mapping[str, str]
    ) -> Measure | CheckedMeasure:
        """Keep it, when it may be."""
        before = await self.measure(actor, kind, number) if filled_from else None
        checked = checked_measure(kind, typed, None, NOW)
        if checked.value is None:
            return checked
        now = MeasureVersion(value=checked.value, written_by=Writer.PATIENT, written_at=NOW)
        self.noted[number] = before.followed_by(now) if before else Measure(id=number, kind=kind, now=now)
        return self.noted[number]

    async def act_on_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, act: MeasureAct  # noqa: ARG002
    ) -> None:
        """Take it for done."""
        await self.measure(actor, kind, number)

    async def measure_goal(self, actor: Actor, kind: MeasureKind) -> MeasureGoal | None:
        """Give what is aimed at."""
        return self.aimed.get(kind) if actor.vault == CAMILLE.actor.vault else None

    async def aim(
        self, actor: Actor, kind: MeasureKind, filled_from: int, typed: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, MeasureFault]:
        """Keep it, when it may be."""
        found = checked_goal(kind, typed)
        if isinstance(found, Mapping):
            return found
        self.aimed[kind] = MeasureGoal(bounds=found, version=filled_from + 1)
        return {}

    async def follow_ups(
        self, actor: Actor, *, is_told: bool = False  # noqa: ARG002 - as the port
    ) -> Sequence[FollowUpState]:
        """Give the sets; diabetes is followed."""
        since, first = NOW.date() - timedelta(days=40), follow_up_sets()
        dues = dues_of(first[1], since, {MeasureKind.WEIGHT: NOW.date() - timedelta(days=20)})
        if actor.vault != CAMILLE.actor.vault:
            return [FollowUpState(set=one) for one in first]
        followed = FollowUpState(set=first[1], since=since, dues=dues)
        return [followed if one is followed.set else FollowUpState(set=one) for one in first]

    async def follow(self, actor: Actor, code: str) -> None:
        """Take it for kept."""

    async def stop_following(self, actor: Actor, code: str) -> None:
        """Take it for kept."""

    def _measured_by(self, actor: Actor, kind: MeasureKind) -> list[Measure]:
        if actor.vault != CAMILLE.actor.vault:
            return []
        shown = {one.id: one for one in _shown().get(kind, [])}
        shown |= {number: one for number, one in self.noted.items() if one.kind is kind}
        return sorted(shown.values(), key=lambda one: one.now.value.at, reverse=True)

    async def proposed_measures(self, _: Actor) -> Sequence[ProposedMeasure]:
        """Propose nothing."""
        return ()

    async def answer_proposed_measure(self, _: Actor, number: int, *, accepted: bool) -> None:
        """Know no proposal."""
        raise NotFound(f"no proposal {number}, {accepted}")
