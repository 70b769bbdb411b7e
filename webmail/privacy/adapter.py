"""« Confidentialité » over `gateway.services.privacy`."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.patient_choices import PartyStanding
from gateway.services.privacy.care_circle import KnownParty
from webmail.services import SpaceServices


class PrivacyPages:
    """Implements `webmail.privacy.port.PrivacyService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._circle = services.care_circle

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """List who is in contact, by name."""
        return await self._circle.known(actor)

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Authorise or block somebody in contact, or take that back."""
        return await self._circle.choose(actor, reference, standing)
