"""Emergencies at the console, over `gateway.services.openings` and `gateway.services.synthesis`."""

from gateway.domain.access import Actor
from gateway.domain.errors import AccessRefused
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from gateway.services.synthesis.emergency_view import EmergencyViews
from webpro.emergency.model import ShownEmergency
from webpro.emergency.wording import shown_emergency
from webpro.opened_records import OpenedRecords
from webpro.services import ConsoleServices


class EmergencyPages:
    """Implements `webpro.emergency.port.EmergencyService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._records = OpenedRecords(services)
        self._views = EmergencyViews(services.store, services.clock)

    async def open_record(
        self, actor: Actor, reference: str, asked: AskedOpening, session: str
    ) -> AccessReason | None:
        """Open it; a sign-in just now is the second factor."""
        return await self._records.open(actor, reference, asked, session)

    async def read(self, actor: Actor, reference: str) -> ShownEmergency | None:
        """Read what comes first of a record that is open."""
        found = await self._records.opened(actor, reference)
        if found is None:
            return None
        acting, opened = found
        try:
            return shown_emergency(await self._views.read(acting), opened)
        except AccessRefused:
            return None

    async def end(self, actor: Actor, reference: str) -> None:
        """End an emergency access of theirs."""
        await self._records.end_emergency(actor, reference)

    async def was_open(self, actor: Actor, reference: str) -> bool:
        """Say whether they opened it in an emergency earlier on this day."""
        return await self._records.was_emergency(actor, reference)

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for."""
        return await self._records.pause(actor, reference, asked)

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what waits, if it is an emergency."""
        found = await self._records.paused(actor, reference, token)
        return found if found is not None and found.how.is_emergency else None
