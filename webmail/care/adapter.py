"""The history of care as its page sees it, over `gateway.services.profile`."""

from gateway.domain.access import Actor
from gateway.domain.care_history import CareKind
from gateway.services.profile.care_reading import CareHistory, CareReading
from webmail.services import SpaceServices


class CarePages:
    """Implements `webmail.care.port.CareService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._care_reading = CareReading(services.store, services.clock)

    async def care_history(self, actor: Actor, kind: CareKind | None, before: int | None) -> CareHistory:
        """Give a piece of it, the newest first."""
        return await self._care_reading.history(actor, kind, before)

    async def hide_care_history(self, actor: Actor, *, hidden: bool) -> None:
        """Hide it from everybody else, or show it again."""
        await self._care_reading.hide(actor, hidden=hidden)
