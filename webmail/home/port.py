"""What the first page asks of the services."""

from collections.abc import Collection
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor, SpacePart
from webmail.home.model import Home


class HomeService(Protocol):
    """Read the first page."""

    async def home(self, actor: Actor, parts: Collection[SpacePart] = tuple(SpacePart)) -> Home:
        """Give what the first page shows of those parts of the space; reading it marks nothing as read."""
        ...


HOME: web.AppKey[HomeService] = web.AppKey("home")
"""Where handlers find it on the application."""
