"""A family for pages that are looked at: a child and an adult for whom one acts, and a child whose space waits."""

from datetime import UTC, date, datetime

from gateway.domain.access import Actor, SpacePart
from gateway.domain.carers import CarerLevel, CarerTerms
from gateway.domain.errors import NotFound
from gateway.domain.mandates import MandateKind, NamedPerson
from gateway.services.representation.offers import MadeOffer, ShownOffer
from tests.builders.web_carers import a_paper
from tests.builders.web_people import NOW
from webmail.file_streams import File
from webmail.relatives.model import Family, ShownDependant, ShownRelative, ShownRepresentative

LEA, TOM = "1ea", "70f"


class FamilyOfTests:
    """Satisfies `webmail.relatives.port.RelativesService`."""

    async def family(self, _actor: Actor) -> Family:
        """Give all three."""
        lea = ShownRelative(
            name=LEA, full_name="Léa Martin", kind=MandateKind.MINOR, ends=datetime(2034, 3, 8, 23, tzinfo=UTC),
            unread=1, new_documents=2, is_here=False,
        )  # fmt: skip
        rights = CarerTerms(levels={SpacePart.AGENDA: CarerLevel.ACT}, last_day=date(2027, 2, 28)).rights
        nora = ShownRelative(
            name="40a", full_name="Nora Petit", kind=MandateKind.CARER, ends=datetime(2027, 2, 28, 23, tzinfo=UTC),
            unread=0, new_documents=0, is_here=False, rights=rights, proof="4",
        )  # fmt: skip
        return Family(relatives=(lea, nora), dependants=(_tom(),), is_represented=True)

    async def act_for(self, _actor: Actor, session: bytes, name: str) -> None:  # noqa: ARG002
        """Know one child."""
        if name != LEA:
            raise NotFound("no such person")

    async def act_for_oneself(self, _actor: Actor, session: bytes) -> None:
        """Change nothing."""

    async def dependant(self, _actor: Actor, name: str) -> ShownDependant:
        """Give the one whose space waits."""
        if name != TOM:
            raise NotFound("no such person")
        return _tom()

    async def certify(self, _actor: Actor, name: str) -> None:
        """Know one child."""
        if name != TOM:
            raise NotFound("no such person")

    async def representatives(self, _actor: Actor) -> tuple[ShownRepresentative, ...]:
        """Give one who acts, one who was invited to, and one who was asked."""
        return (
            ShownRepresentative(name="1", full_name="Camille Martin", kind=MandateKind.MINOR, since=NOW, waits=False),
            ShownRepresentative(
                name="3", full_name="Alix Roche", kind=MandateKind.MINOR, since=NOW, waits=False, can_end=True
            ),
            ShownRepresentative(name="2", full_name="Noé Petit", kind=MandateKind.MINOR, since=NOW, waits=True),
        )

    async def invite_guardian(self, _actor: Actor, asked: NamedPerson) -> MadeOffer:  # noqa: ARG002
        """Give a code."""
        return MadeOffer(code="abcd-efgh-jkmn-pqrs", until=NOW)

    async def renounce(self, _actor: Actor, session: bytes, name: str) -> None:
        """Know one child."""
        await self.act_for(_actor, session, name)

    async def give_up_part(self, _actor: Actor, name: str, part: SpacePart) -> None:  # noqa: ARG002
        """Know nobody who helps."""
        raise NotFound("no such carer")

    async def take_back(self, _actor: Actor, name: str) -> None:
        """Know one who was invited."""
        if name != "3":
            raise NotFound("no such mandate")

    async def withdraw_offer(self, _actor: Actor, name: str) -> None:
        """Know one offer."""
        if name != "2":
            raise NotFound("no such offer")

    async def offer(self, _actor: Actor, code: str) -> ShownOffer:
        """Know one code."""
        if code != "abcd-efgh-jkmn-pqrs":
            raise NotFound("no such offer")
        return ShownOffer(name="Léa Martin", offered_by="Camille Martin", kind=MandateKind.MINOR, until=None)

    async def answer_offer(self, _actor: Actor, code: str, *, accepts: bool) -> None:  # noqa: ARG002
        """Know one code."""
        await self.offer(_actor, code)

    async def mandate_proof(self, _actor: Actor, name: str) -> File:
        """Know one mandate."""
        if name != "4":
            raise NotFound("no such mandate")
        return a_paper()

    async def deny(self, _actor: Actor, name: str) -> None:
        """Know one child."""
        if name != TOM:
            raise NotFound("no such person")


def _tom() -> ShownDependant:
    return ShownDependant(
        name=TOM, full_name="Tom Martin", first_name="Tom", born="9 mars 2019", is_active=False, is_refused=False,
        is_denied=False,
    )  # fmt: skip
