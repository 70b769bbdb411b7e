"""Two carers for pages that are looked at: one who acts, and one who was asked."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime

from gateway.domain.access import Actor, SpacePart
from gateway.domain.carers import CarerLevel, CarerTerms
from gateway.domain.errors import NotFound
from gateway.domain.mandates import NamedPerson
from gateway.services.representation.offers import MadeOffer
from tests.builders.web_people import NOW
from webmail.carers.model import ShownCarer
from webmail.file_streams import File

_END = datetime(2027, 2, 28, 23, tzinfo=UTC)
_TERMS = CarerTerms(
    levels={SpacePart.MESSAGES: CarerLevel.ACT, SpacePart.AGENDA: CarerLevel.READ}, last_day=date(2027, 2, 28)
)


def a_paper() -> File:
    """Make a file that is no paper."""

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"%PDF-"

    return File("preuve.pdf", "application/pdf", 5, pieces())


class CarersOfTests:
    """Satisfies `webmail.carers.port.CarerService`."""

    async def carers(self, _actor: Actor) -> Sequence[ShownCarer]:
        """Give both."""
        return [
            ShownCarer(
                name=name, full_name=full_name, waits=waits, since=NOW, ends=_END, last_day=_TERMS.last_day,
                rights=_TERMS.rights, levels=_TERMS.levels,
            )
            for name, full_name, waits in (("a1", "Louis Bernard", False), ("a2", "Alix Roche", True))
        ]  # fmt: skip

    async def carer(self, actor: Actor, name: str) -> ShownCarer:
        """Give one of them."""
        found = next((one for one in await self.carers(actor) if one.name == name), None)
        if found is None:
            raise NotFound("no such carer")
        return found

    async def invite_carer(self, _actor: Actor, asked: NamedPerson, terms: CarerTerms) -> MadeOffer:  # noqa: ARG002
        """Give a code."""
        return MadeOffer(code="abcd-efgh-jkmn-pqrs", until=NOW)

    async def change_carer(self, actor: Actor, name: str, terms: CarerTerms) -> None:  # noqa: ARG002
        """Know both."""
        await self.carer(actor, name)

    async def carer_proof(self, actor: Actor, name: str) -> File:
        """Know both."""
        await self.carer(actor, name)
        return a_paper()

    async def end_carer(self, actor: Actor, name: str) -> None:
        """Know both."""
        await self.carer(actor, name)
