"""What live pages ask of the services."""

from collections.abc import AsyncGenerator
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.live.model import Pulse


class LiveService(Protocol):
    """Tell what changes in a space."""

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state; called by every page, so it reads counters, not lists."""
        ...

    def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change, at once if the revision is not `since` any more.

        Changes may be coalesced. The iterator holds a subscription: it is closed with ``aclose``.
        """
        ...


LIVE: web.AppKey[LiveService] = web.AppKey("live")
"""Where handlers find it on the application."""
