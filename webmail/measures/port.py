"""What the pages of measures ask of the services; a measure of another space raises `NotFound`, as one of none."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault
from gateway.domain.measures import Measure, MeasureGoal, MeasureKind
from gateway.services.profile.follow_up import FollowUpState
from gateway.services.profile.measure_proposals import ProposedMeasure
from gateway.services.profile.measure_reading import LastMeasure, MeasurePeriod, MeasureSeries
from webmail.measures.acts import MeasureAct


class MeasureService(Protocol):
    """Read and change the measures of a space."""

    async def measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind with its last measure."""
        ...

    async def measure_series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None
    ) -> MeasureSeries:
        """Give one kind: the curve of a period, and a piece of the list."""
        ...

    async def measure(self, actor: Actor, kind: MeasureKind, number: int) -> Measure:
        """Read one with all its versions."""
        ...

    async def save_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, typed: Mapping[str, str]
    ) -> Measure | CheckedMeasure:
        """Keep what was typed, or give its faults. Raises `ChangedMeanwhile`."""
        ...

    async def act_on_measure(
        self, actor: Actor, kind: MeasureKind, number: int, filled_from: int, act: MeasureAct
    ) -> None:
        """Delete a measure, or take it back. Raises `ChangedMeanwhile`."""
        ...

    async def measure_goal(self, actor: Actor, kind: MeasureKind) -> MeasureGoal | None:
        """Read what is aimed at."""
        ...

    async def aim(
        self, actor: Actor, kind: MeasureKind, filled_from: int, typed: Mapping[str, str]
    ) -> Mapping[str, MeasureFault]:
        """Keep what is aimed at, or give the faults of what was typed. Raises `ChangedMeanwhile`."""
        ...

    async def follow_ups(self, actor: Actor, *, is_told: bool = False) -> Sequence[FollowUpState]:
        """Give every set of measures, with what is due of those that are followed; `is_told` beside `measures`."""
        ...

    async def follow(self, actor: Actor, code: str) -> None:
        """Follow a set, with its reminder. Raises `NotFound`."""
        ...

    async def stop_following(self, actor: Actor, code: str) -> None:
        """Follow a set no more. Raises `NotFound`."""
        ...

    async def proposed_measures(self, actor: Actor) -> Sequence[ProposedMeasure]:
        """List what documents propose."""
        ...

    async def answer_proposed_measure(self, actor: Actor, number: int, *, accepted: bool) -> None:
        """Accept a proposal, or refuse it. Raises `ChangedMeanwhile`."""
        ...


MEASURES: web.AppKey[MeasureService] = web.AppKey("measures")
"""Where handlers find it on the application."""
