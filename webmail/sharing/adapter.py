"""Sharing on the spot, over `gateway.services.sharing`: the chosen parts of the profile as a FHIR document."""

from collections.abc import Collection, Sequence

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.health_links import LinkLife
from gateway.domain.synthesis import SynthesisPart
from gateway.services.sharing.health_links import HealthLinks
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from webmail.services import SpaceServices
from webmail.sharing.model import NewLink, SharedLink
from webmail.synthesis.wording import synthesis_paper, told_parts


class SharingPages:
    """Implements `webmail.sharing.port.SharingService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._shared_links = HealthLinks(services.store, services.clock)
        self._read_for_sharing = SynthesisReading(services.store, services.clock)
        self._shared_papers = services.papers
        self._summary_bundle = services.summary_bundle
        self._bundle_store = services.store

    async def shared_links(self, actor: Actor) -> Sequence[SharedLink]:
        """List the links in force."""
        return [
            SharedLink(
                name=f"{link.number:x}",
                made=link.made,
                until=link.until,
                parts=[part for part in SynthesisPart if part.value in link.parts],
                readings=link.readings[::-1],
            )
            for link in await self._shared_links.mine(actor)
        ]

    async def share(self, actor: Actor, parts: Collection[SynthesisPart], life: LinkLife, origin: str) -> NewLink:
        """Make a link."""
        found = await self._read_for_sharing.read(actor, parts, "synthesis.made")
        pdf = await self._shared_papers.pdf_of("synthesis", synthesis_paper(found), f"{actor.vault:x}")
        content = await self._bundle_store.aside(lambda: self._summary_bundle(found, told_parts(found), pdf))
        names = tuple(part.value for part in found.parts)
        made = await self._shared_links.make(actor, content, names, life, f"{origin}/shl/")
        return NewLink(address=f"{origin}/lecture#{made.shlink}", passcode=made.passcode, until=made.until)

    async def end_shared_link(self, actor: Actor, name: str) -> None:
        """End a link at once."""
        if not (0 < len(name) <= 16 and name.isascii() and name.isalnum()):
            raise NotFound("no name of a link")
        try:
            number = int(name, 16)
        except ValueError as error:
            raise NotFound("no name of a link") from error
        await self._shared_links.end(actor, number)
