"""Papers of a profile, over `gateway.services.synthesis` and the process that sets papers."""

from collections.abc import AsyncGenerator, Collection, Sequence

from gateway.domain.access import Actor
from gateway.domain.local_days import local_day
from gateway.domain.synthesis import ON_EMERGENCY_CARD, SynthesisPart
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from webmail.file_streams import File
from webmail.qr_codes import qr_svg
from webmail.services import SpaceServices
from webmail.synthesis.card_wording import EmergencyCard, card_paper, emergency_card
from webmail.synthesis.wording import Paper, synthesis_paper


class SynthesisPages:
    """Implements `webmail.synthesis.port.SynthesisService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._syntheses = SynthesisReading(services.store, services.clock)
        self._papers = services.papers
        self._paper_clock = services.clock

    async def synthesis_parts(self, actor: Actor) -> Sequence[SynthesisPart]:
        """Give the parts that were chosen last."""
        return await self._syntheses.chosen(actor)

    async def choose_synthesis_parts(self, actor: Actor, parts: Collection[SynthesisPart]) -> None:
        """Keep which parts are wanted."""
        await self._syntheses.choose(actor, parts)

    async def synthesis_file(self, actor: Actor, parts: Collection[SynthesisPart]) -> File:
        """Make the synthesis."""
        found = await self._syntheses.read(actor, parts, "synthesis.made")
        return await self._file(actor, "synthesis", synthesis_paper(found), "synthese-de-sante")

    async def emergency_card(self, actor: Actor) -> EmergencyCard:
        """Give what rescuers should know."""
        return emergency_card(await self._syntheses.read(actor, ON_EMERGENCY_CARD, "emergency-card.read"))

    async def emergency_card_file(self, actor: Actor, *, with_code: bool) -> File:
        """Make the card."""
        card = emergency_card(await self._syntheses.read(actor, ON_EMERGENCY_CARD, "emergency-card.made"))
        svg = qr_svg(card.code, standalone=True) if with_code else ""
        return await self._file(actor, "emergency_card", card_paper(card, svg), "carte-d-urgence")

    async def _file(self, actor: Actor, template: str, values: Paper, name: str) -> File:
        octets = await self._papers.pdf_of(template, values, f"{actor.vault:x}")
        day = local_day(self._paper_clock.now()).isoformat()

        async def whole() -> AsyncGenerator[bytes, None]:
            yield octets

        return File(f"{name}-{day}.pdf", "application/pdf", len(octets), whole())
