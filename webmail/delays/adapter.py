"""« Voir plus tard », over `gateway.services.withholding.display_delays`."""

from collections.abc import Mapping

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.services.withholding.display_delays import ChosenDelays, DisplayDelays
from webmail.services import SpaceServices


class DelayPages:
    """Implements `webmail.delays.port.DelayService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._delays = DisplayDelays(services.store, services.clock)

    async def chosen_delays(self, actor: Actor) -> ChosenDelays:
        """Give what is put off."""
        return await self._delays.chosen(actor)

    async def choose_delays(self, actor: Actor, days: Mapping[DocumentCategory, int]) -> None:
        """Put these kinds off."""
        await self._delays.choose(actor, days)

    async def show_what_waits(self, actor: Actor) -> None:
        """Show at once whatever waits."""
        await self._delays.show_now(actor)
