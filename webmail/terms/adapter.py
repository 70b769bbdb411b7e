"""The terms of use, over `gateway.services.space.own_terms`."""

from gateway.domain.access import Actor
from gateway.services.space.own_terms import TermsStanding
from webmail.services import SpaceServices


class TermsPages:
    """Implements `webmail.terms.port.TermsService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._terms = services.terms

    async def terms_standing(self, actor: Actor) -> TermsStanding:
        """Say where the holder stands."""
        return await self._terms.standing(actor)

    async def accept_new_terms(self, actor: Actor, version: str) -> bool:
        """Keep that a version was accepted."""
        return await self._terms.accept(actor, version)
