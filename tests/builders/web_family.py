"""A family for pages that are looked at: one child for whom somebody acts, and one whose space waits."""

from datetime import UTC, datetime

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.mandates import MandateKind
from webmail.relatives.model import Family, ShownDependant, ShownRelative

LEA, TOM = "1ea", "70f"


class FamilyOfTests:
    """Satisfies `webmail.relatives.port.RelativesService`."""

    async def family(self, _actor: Actor) -> Family:
        """Give both."""
        lea = ShownRelative(
            name=LEA, full_name="Léa Martin", kind=MandateKind.MINOR, ends=datetime(2034, 3, 8, 23, tzinfo=UTC),
            unread=1, new_documents=2, is_here=False,
        )  # fmt: skip
        return Family(relatives=(lea,), dependants=(_tom(),))

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

    async def deny(self, _actor: Actor, name: str) -> None:
        """Know one child."""
        if name != TOM:
            raise NotFound("no such person")


def _tom() -> ShownDependant:
    return ShownDependant(
        name=TOM, full_name="Tom Martin", first_name="Tom", born="9 mars 2019", is_active=False, is_refused=False,
        is_denied=False,
    )  # fmt: skip
