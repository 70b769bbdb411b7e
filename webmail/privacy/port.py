"""What « Confidentialité » asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.patient_choices import PartyStanding
from gateway.services.privacy.care_circle import KnownParty


class PrivacyService(Protocol):
    """Read and keep what a patient chooses about who may see their space."""

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """List who is in contact, by name."""
        ...

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Authorise or block somebody in contact, or take that back. Raises `NotFound`."""
        ...


PRIVACY: web.AppKey[PrivacyService] = web.AppKey("privacy")
"""Where handlers find it on the application."""
