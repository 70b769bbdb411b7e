"""What the pages of sharing ask of the services."""

from collections.abc import Collection, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.health_links import LinkLife
from gateway.domain.synthesis import SynthesisPart
from webmail.sharing.model import NewLink, SharedLink


class SharingService(Protocol):
    """Make links, list them, end them."""

    async def shared_links(self, actor: Actor) -> Sequence[SharedLink]:
        """List the links in force, the newest first."""
        ...

    async def share(self, actor: Actor, parts: Collection[SynthesisPart], life: LinkLife, origin: str) -> NewLink:
        """Make a link to some parts of the profile. Raises `Conflict` when there are as many as may be."""
        ...

    async def end_shared_link(self, actor: Actor, name: str) -> None:
        """End a link at once. Raises `NotFound`."""
        ...


SHARING: web.AppKey[SharingService] = web.AppKey("sharing")
"""Where handlers find it on the application."""
