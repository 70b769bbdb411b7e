"""What the page of vaccinations asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.requests.own_requests import RequestFault
from webpro.vaccinations.model import ShownVaccination


class RecordVaccinationService(Protocol):
    """Read the vaccinations of a patient, and confirm them."""

    async def vaccinations(self, actor: Actor) -> Sequence[ShownVaccination]:
        """List them, the newest first."""
        ...

    async def confirm(self, actor: Actor, reference: str, version: int, *, is_right: bool) -> None:
        """Confirm one as a version says it, or take that back. Raises `NotFound`, `ChangedMeanwhile`."""
        ...

    async def answer_correction(self, actor: Actor, reference: str, words: str) -> RequestFault | None:
        """Answer a correction that was asked of them, or say why not. Raises `NotFound`."""
        ...


VACCINATIONS: web.AppKey[RecordVaccinationService] = web.AppKey("console_vaccinations")
"""Where handlers find it on the application."""
