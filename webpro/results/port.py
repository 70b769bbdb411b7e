"""What the pages of results ask of the services; a reference that names nothing there raises `NotFound`."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.goals import GoalFault
from gateway.services.record.examinations import ExaminationList, ExaminationPage


class RecordResultService(Protocol):
    """Read the results of a patient by examination, as far as a professional may read them, and set goals."""

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:
        """List one page of the examinations whose name has these words."""
        ...

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Read one page of the results of an examination, newest first."""
        ...

    async def set_goal(self, actor: Actor, reference: str, low: str, high: str) -> GoalFault | None:
        """Set the goal of an examination from what was typed, or say what is wrong."""
        ...

    async def end_goal(self, actor: Actor, reference: str) -> None:
        """Take the goal of an examination away."""
        ...


RESULTS: web.AppKey[RecordResultService] = web.AppKey("console_results")
"""Where handlers find it on the application."""
