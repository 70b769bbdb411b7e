"""Measures as pages see them, over `gateway.services.profile`."""

from collections.abc import Mapping, Sequence

from gateway.domain.access import Actor
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault
from gateway.domain.measures import Measure, MeasureGoal, MeasureKind
from gateway.services.profile.follow_up import FollowUp, FollowUpState
from gateway.services.profile.measure_proposals import MeasureProposals, ProposedMeasure
from gateway.services.profile.measure_reading import LastMeasure, MeasurePeriod, MeasureReading, MeasureSeries
from gateway.services.profile.measure_writing import MeasureWriting
from webmail.measures.acts import MeasureAct
from webmail.services import SpaceServices


class MeasurePages:
    """Implements `webmail.measures.port.MeasureService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._measured = MeasureReading(services.store, services.clock, services.growth)
        self._measuring = MeasureWriting(services.store, services.clock)
        self._follow_up = FollowUp(services.store, services.clock)
        self._proposals = MeasureProposals(services.store, services.clock)

    async def measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind with its last measure."""
        return await self._measured.overview(actor)

    async def measure_series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None
    ) -> MeasureSeries:
        """Give one kind."""
        return await self._measured.series(actor, kind, period, before)

    async def measure(self, actor: Actor, kind: MeasureKind, number: int) -> Measure:
        """Read one."""
        return await self._measured.read(actor, kind, number)

    async def save_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, typed: Mapping[str, str]
    ) -> Measure | CheckedMeasure:
        """Keep what was typed."""
        return await self._measuring.save(actor, kind, number, filled_from, typed)

    async def act_on_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, act: MeasureAct
    ) -> None:
        """Do what a button says."""
        doing = {MeasureAct.DELETE: self._measuring.delete, MeasureAct.RESTORE: self._measuring.restore}
        await doing[act](actor, kind, number, filled_from)

    async def measure_goal(self, actor: Actor, kind: MeasureKind) -> MeasureGoal | None:
        """Read what is aimed at."""
        return await self._measured.goal(actor, kind)

    async def aim(
        self, actor: Actor, kind: MeasureKind, filled_from: int, typed: Mapping[str, str]
    ) -> Mapping[str, MeasureFault]:
        """Keep what is aimed at."""
        return await self._measuring.aim(actor, kind, filled_from, typed)

    async def follow_ups(self, actor: Actor, *, is_told: bool = False) -> Sequence[FollowUpState]:
        """Give every set of measures."""
        return await self._follow_up.listed(actor, is_told=is_told)

    async def follow(self, actor: Actor, code: str) -> None:
        """Follow a set."""
        await self._follow_up.follow(actor, code)

    async def stop_following(self, actor: Actor, code: str) -> None:
        """Follow a set no more."""
        await self._follow_up.stop(actor, code)

    async def proposed_measures(self, actor: Actor) -> Sequence[ProposedMeasure]:
        """List what documents propose."""
        return await self._proposals.proposed(actor)

    async def answer_proposed_measure(self, actor: Actor, number: int, *, accepted: bool) -> None:
        """Accept a proposal, or refuse it."""
        await self._proposals.answer(actor, number, accepted=accepted)
