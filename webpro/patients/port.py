"""What the pages of patients ask of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.identity import BirthDate
from webpro.patients.model import PatientPage, ShownPatient


class PatientService(Protocol):
    """List and find the patients of a professional, who acts in their own mailbox."""

    async def listed(self, actor: Actor, before: str) -> PatientPage:
        """List a page of patients; `before` is the key that the page before gave, empty for the first."""
        ...

    async def find(self, number: str, born: BirthDate) -> str:
        """Give a reference to whoever has this number and birth date, or one to nobody that looks the same."""
        ...

    async def patient(self, actor: Actor, reference: str) -> ShownPatient | None:
        """Give a patient of theirs; None for anybody else. Raises `NotFound`: it is no reference at all."""
        ...

    async def end_exchange(self, actor: Actor, reference: str) -> None:
        """End their exchange (A8). Raises `NotFound`, `Conflict`."""
        ...


PATIENTS: web.AppKey[PatientService] = web.AppKey("console_patients")
"""Where handlers find it on the application."""
