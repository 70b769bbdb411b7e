"""What the pages of measures ask of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.measures import MeasureKind
from gateway.services.profile.measure_reading import LastMeasure, MeasurePeriod, MeasureSeries


class RecordMeasureService(Protocol):
    """Read the measures that a patient notes."""

    async def measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind with its last measure."""
        ...

    async def measure_series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None
    ) -> MeasureSeries:
        """Give one kind: the curve of a period, and a piece of the list. Raises `NotFound`."""
        ...


MEASURES: web.AppKey[RecordMeasureService] = web.AppKey("console_measures")
"""Where handlers find it on the application."""
