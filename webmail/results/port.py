"""What the pages of results ask of the services.

Every method takes the `Actor`: a reference that names nothing in their space raises `NotFound` (answered 404).
"""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.record.examinations import ExaminationList, ExaminationPage


class ResultService(Protocol):
    """Read the results of a space by examination."""

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:
        """List one page of the examinations whose name has these words."""
        ...

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Read one page of the results of an examination, newest first."""
        ...


RESULTS: web.AppKey[ResultService] = web.AppKey("results")
"""Where handlers find it on the application."""
