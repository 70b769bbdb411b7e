"""What the page of the history of care asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.care_history import CareKind
from gateway.services.profile.care_reading import CareHistory


class CareService(Protocol):
    """Read the history of care of a space, and hide it."""

    async def care_history(self, actor: Actor, kind: CareKind | None, before: int | None) -> CareHistory:
        """Give a piece of it, the newest first."""
        ...

    async def hide_care_history(self, actor: Actor, *, hidden: bool) -> None:
        """Hide it from everybody else, or show it again."""
        ...


CARE: web.AppKey[CareService] = web.AppKey("care")
"""Where handlers find it on the application."""
