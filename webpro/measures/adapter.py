"""Measures at the console, over `gateway.services.profile.measure_reading`."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.measures import MeasureKind
from gateway.services.profile.measure_reading import LastMeasure, MeasurePeriod, MeasureReading, MeasureSeries
from webpro.services import ConsoleServices


class RecordMeasures:
    """Implements `webpro.measures.port.RecordMeasureService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._measured = MeasureReading(services.store, services.clock, services.growth)

    async def measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind with its last measure."""
        return await self._measured.overview(actor)

    async def measure_series(
        self, actor: Actor, kind: MeasureKind, period: MeasurePeriod, before: int | None
    ) -> MeasureSeries:
        """Give one kind."""
        return await self._measured.series(actor, kind, period, before)
