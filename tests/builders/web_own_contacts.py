"""Contacts, for pages that are looked at: an address, no telephone, and nothing that changes."""

from gateway.domain.access import Actor
from gateway.domain.notices import Channel
from gateway.services.space.own_contacts import ContactFault, OwnContactPoints

CONTACT_CODE = "135790"


class OneContact:
    """Satisfies `webmail.own_contacts.port.OwnContactService`."""

    own_email, own_phone = "camille@courriel.example", "+33600000012"
    shown_lately = True

    async def own_contacts(self, actor: Actor, present: bytes) -> OwnContactPoints:  # noqa: ARG002 - the port's names
        """Give what was set."""
        return OwnContactPoints(self.own_email, self.own_phone, self.shown_lately)

    async def send_own_contact_code(
        self, actor: Actor, channel: Channel, typed: str, present: bytes  # noqa: ARG002 - the port's names
    ) -> str | ContactFault:
        """Take any text."""
        return typed or ContactFault.CONTACT

    async def confirm_own_contact(
        self, actor: Actor, channel: Channel, contact: str, code: str, present: bytes  # noqa: ARG002 - the port's names
    ) -> ContactFault | None:
        """Know one code."""
        return None if code == CONTACT_CODE else ContactFault.WRONG_CODE

    async def remove_own_contact(
        self, actor: Actor, channel: Channel, present: bytes  # noqa: ARG002 - the port's names
    ) -> ContactFault | None:
        """Keep the last."""
        return ContactFault.LAST_CONTACT
