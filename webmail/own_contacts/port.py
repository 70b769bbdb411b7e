"""What « Mes coordonnées » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.notices import Channel
from gateway.services.space.own_contacts import ContactFault, OwnContactPoints


class OwnContactService(Protocol):
    """Show and change one's own contacts; `present` is the digest of the session one is in."""

    async def own_contacts(self, actor: Actor, present: bytes) -> OwnContactPoints:
        """Give them, and say whether one showed lately who one is."""
        ...

    async def send_own_contact_code(
        self, actor: Actor, channel: Channel, typed: str, present: bytes
    ) -> str | ContactFault:
        """Send a code to a new contact, and give the contact as it was read."""
        ...

    async def confirm_own_contact(
        self, actor: Actor, channel: Channel, contact: str, code: str, present: bytes
    ) -> ContactFault | None:
        """Take a new contact whose code is right."""
        ...

    async def remove_own_contact(self, actor: Actor, channel: Channel, present: bytes) -> ContactFault | None:
        """Take a contact away."""
        ...


OWN_CONTACTS: web.AppKey[OwnContactService] = web.AppKey("own_contacts")
"""Where handlers find it on the application."""
