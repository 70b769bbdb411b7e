"""Links for pages that are looked at: one that was read, and one that is made when it is asked for."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.health_links import LinkLife, SharedReading, shlink
from gateway.domain.synthesis import SynthesisPart
from tests.builders.web_people import NOW
from webmail.sharing.model import NewLink, SharedLink

NAME = "2a"


class SharingOfTests:
    """Satisfies `webmail.sharing.port.SharingService`."""

    async def shared_links(self, _actor: Actor) -> Sequence[SharedLink]:
        """Give one."""
        return (
            SharedLink(
                name=NAME,
                made=NOW,
                until=NOW + timedelta(hours=1),
                parts=(SynthesisPart.ALLERGIES, SynthesisPart.TREATMENTS),
                readings=(SharedReading(at=NOW, recipient="Urgences de l’hôpital d’exemple"),),
            ),
        )

    async def share(
        self, _actor: Actor, _parts: Collection[SynthesisPart], life: LinkLife, origin: str
    ) -> NewLink:
        """Make one that leads nowhere."""
        until = NOW + life.lasts
        made = shlink(f"{origin}/shl/{'A' * 43}", bytes(32), until, "Synthèse de santé")
        return NewLink(address=f"{origin}/lecture#{made}", passcode="123456", until=until)

    async def end_shared_link(self, _actor: Actor, name: str) -> None:
        """End it."""
        if name != NAME:
            raise NotFound("no such link")
