"""A synthesis and a card for pages that are looked at; what is chosen is kept, and files are a few octets."""

from collections.abc import AsyncGenerator, Collection, Sequence

from gateway.domain.access import Actor
from gateway.domain.synthesis import EVERY_PART, SynthesisPart
from webmail.file_streams import File
from webmail.synthesis.card_wording import CardPart, EmergencyCard

_CARD = EmergencyCard(
    person="Camille Lefèvre",
    born="1er mars 1951",
    made="2 mars 2026",
    parts=(
        CardPart(title="Allergies", lines=("Latex – Grave – Plaques",), more=3),
        CardPart(title="Traitements en cours", lines=("Amlodipine 5 mg – 1 comprimé le matin",)),
        CardPart(title="Maladies", lines=(), said="Non renseigné."),
        CardPart(title="Groupe sanguin", lines=("A+",)),
        CardPart(title="Personnes à prévenir", lines=("Anne Modèle – 06 12 34 56 78",)),
    ),
    code="CARTE D’URGENCE\nCamille Lefèvre\nALLERGIES :\n- Latex – Grave – Plaques\nCarte du 2 mars 2026.",
)


class SynthesisOfTests:
    """Satisfies `webmail.synthesis.port.SynthesisService`."""

    wanted: Sequence[SynthesisPart] = EVERY_PART

    async def synthesis_parts(self, _actor: Actor) -> Sequence[SynthesisPart]:
        """Give what was chosen."""
        return self.wanted

    async def choose_synthesis_parts(self, _actor: Actor, parts: Collection[SynthesisPart]) -> None:
        """Keep it."""
        self.wanted = tuple(parts)

    async def synthesis_file(self, _actor: Actor, _parts: Collection[SynthesisPart]) -> File:
        """Give a few octets."""
        return _file("synthese-de-sante.pdf")

    async def emergency_card(self, _actor: Actor) -> EmergencyCard:
        """Give the card."""
        return _CARD

    async def emergency_card_file(self, _actor: Actor, *, with_code: bool) -> File:
        """Give a few octets."""
        return _file("carte-d-urgence.pdf" if with_code else "carte-sans-code.pdf")


def _file(name: str) -> File:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield b"%PDF-"

    return File(name, "application/pdf", 5, whole())
