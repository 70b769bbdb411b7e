"""« Mes coordonnées », over `gateway.services.space.own_contacts`."""

from gateway.domain.access import Actor
from gateway.domain.notices import Channel
from gateway.services.space.own_contacts import ContactFault, OwnContactPoints
from webmail.services import SpaceServices


class OwnContactPages:
    """Implements `webmail.own_contacts.port.OwnContactService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._contacts = services.contacts

    async def own_contacts(self, actor: Actor, present: bytes) -> OwnContactPoints:
        """Give one's own contacts."""
        return await self._contacts.contacts(actor, present)

    async def send_own_contact_code(
        self, actor: Actor, channel: Channel, typed: str, present: bytes
    ) -> str | ContactFault:
        """Send a code."""
        return await self._contacts.send_code(actor, channel, typed, present)

    async def confirm_own_contact(
        self, actor: Actor, channel: Channel, contact: str, code: str, present: bytes
    ) -> ContactFault | None:
        """Take a new contact."""
        return await self._contacts.confirm(actor, channel, contact, code, present)

    async def remove_own_contact(self, actor: Actor, channel: Channel, present: bytes) -> ContactFault | None:
        """Take a contact away."""
        return await self._contacts.remove(actor, channel, present)
