"""What the pages of « Mes proches » ask of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor, SpacePart
from gateway.domain.mandates import NamedPerson
from gateway.services.representation.offers import MadeOffer, ShownOffer
from webmail.file_streams import File
from webmail.relatives.model import Family, ShownDependant, ShownRepresentative


class RelativesService(Protocol):
    """Say for whom somebody acts, and choose one of them; `actor` acts for themself or for another."""

    async def family(self, actor: Actor) -> Family:
        """Give everybody for whom somebody acts, or might."""
        ...

    async def act_for(self, actor: Actor, session: bytes, name: str) -> None:
        """Act for somebody from now on. Raises `NotFound`."""
        ...

    async def act_for_oneself(self, actor: Actor, session: bytes) -> None:
        """Act for oneself again."""
        ...

    async def dependant(self, actor: Actor, name: str) -> ShownDependant:
        """Give a minor for whom somebody does not act yet. Raises `NotFound`."""
        ...

    async def certify(self, actor: Actor, name: str) -> None:
        """Take somebody's word that they represent a minor. Raises `NotFound` or `Conflict`."""
        ...

    async def representatives(self, actor: Actor) -> tuple[ShownRepresentative, ...]:
        """List who acts in the space of the actor, and who was asked to."""
        ...

    async def invite_guardian(self, actor: Actor, asked: NamedPerson) -> MadeOffer:
        """Ask a second legal representative. Raises `Conflict`."""
        ...

    async def renounce(self, actor: Actor, session: bytes, name: str) -> None:
        """Act for somebody no more; in their space, act for oneself again. Raises `NotFound`."""
        ...

    async def give_up_part(self, actor: Actor, name: str, part: SpacePart) -> None:
        """Act for somebody in one part less, as a carer. Raises `NotFound`."""
        ...

    async def take_back(self, actor: Actor, name: str) -> None:
        """End the mandate of somebody who acts in the space of the actor. Raises `NotFound`."""
        ...

    async def withdraw_offer(self, actor: Actor, name: str) -> None:
        """Take an offer back. Raises `NotFound`."""
        ...

    async def offer(self, actor: Actor, code: str) -> ShownOffer:
        """Show an offer to whom it is for. Raises `NotFound`."""
        ...

    async def answer_offer(self, actor: Actor, code: str, *, accepts: bool) -> None:
        """Accept an offer, or refuse it. Raises `NotFound`."""
        ...

    async def mandate_proof(self, actor: Actor, name: str) -> File:
        """Make the proof of what a person gave to whoever is signed in, as a carer, a PDF. Raises `NotFound`."""
        ...

    async def deny(self, actor: Actor, name: str) -> None:
        """Note that somebody does not represent a minor. Raises `NotFound`."""
        ...


RELATIVES: web.AppKey[RelativesService] = web.AppKey("relatives")
"""Where handlers find it on the application."""
