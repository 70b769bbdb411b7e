"""What the pages of results ask of the services.

Every method takes the `Actor`: a reference that names nothing in their space raises `NotFound` (answered 404).
"""

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.record.examinations import ExaminationList, ExaminationPage


@dataclass(frozen=True, slots=True, repr=False)
class ResultFile:
    """A file of results, written whole."""

    name: str
    media_type: str
    data: bytes


class ResultService(Protocol):
    """Read the results of a space by examination."""

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:
        """List one page of the examinations whose name has these words."""
        ...

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Read one page of the results of an examination, newest first."""
        ...

    async def result_file(self, actor: Actor, reference: str, form: str) -> ResultFile:
        """Write every result of an examination as a file of a form."""
        ...


RESULTS: web.AppKey[ResultService] = web.AppKey("results")
"""Where handlers find it on the application."""
