"""What « Voir plus tard » asks of the services."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.services.withholding.display_delays import ChosenDelays


class DelayService(Protocol):
    """Choose what one sees later, and end it."""

    async def chosen_delays(self, actor: Actor) -> ChosenDelays:
        """Give what is put off."""
        ...

    async def choose_delays(self, actor: Actor, days: Mapping[DocumentCategory, int]) -> None:
        """Put these kinds off; what waits of others shows at once. Raises `InvalidValue`."""
        ...

    async def show_what_waits(self, actor: Actor) -> None:
        """Show at once whatever waits."""
        ...


DISPLAY_DELAYS: web.AppKey[DelayService] = web.AppKey("display_delays")
"""Where handlers find it on the application."""
