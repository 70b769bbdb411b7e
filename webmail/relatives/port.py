"""What the pages of « Mes proches » ask of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.relatives.model import Family, ShownDependant


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

    async def deny(self, actor: Actor, name: str) -> None:
        """Note that somebody does not represent a minor. Raises `NotFound`."""
        ...


RELATIVES: web.AppKey[RelativesService] = web.AppKey("relatives")
"""Where handlers find it on the application."""
