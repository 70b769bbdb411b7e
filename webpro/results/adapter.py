"""Results at the console, over `gateway.services.record.examinations`."""

from gateway.domain.access import Actor
from gateway.domain.goals import GoalFault
from gateway.services.record.examination_goals import ExaminationGoals
from gateway.services.record.examinations import ExaminationList, ExaminationPage, Examinations
from webmail.references import number_of
from webpro.services import ConsoleServices

SHOWN = 60
"""Results of an examination on one page: a year of weekly ones."""


class RecordResults:
    """Implements `webpro.results.port.RecordResultService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._examinations = Examinations(services.store, services.clock)
        self._goals = ExaminationGoals(services.store, services.clock, self._examinations)

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:
        """List one page of examinations."""
        return await self._examinations.listed(actor, words, page, only_outside=only_outside)

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Read one page of an examination."""
        return await self._examinations.read(actor, number_of(reference), page, SHOWN)

    async def set_goal(self, actor: Actor, reference: str, low: str, high: str) -> GoalFault | None:
        """Set the goal of an examination."""
        return await self._goals.set(actor, number_of(reference), low, high)

    async def end_goal(self, actor: Actor, reference: str) -> None:
        """Take the goal of an examination away."""
        await self._goals.end(actor, number_of(reference))
