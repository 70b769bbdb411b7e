"""Records at the console, over `gateway.services.openings` and the synthesis."""

from gateway.domain.access import Actor
from gateway.domain.errors import AccessRefused
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from webpro.opened_records import OpenedRecords
from webpro.record.model import ShownRecord
from webpro.record.wording import READ, shown_record
from webpro.services import ConsoleServices


class RecordPages:
    """Implements `webpro.record.port.RecordService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._records = OpenedRecords(services)
        self._synthesis = SynthesisReading(services.store, services.clock)

    async def open_record(
        self, actor: Actor, reference: str, asked: AskedOpening, session: str
    ) -> AccessReason | None:
        """Open it; a sign-in just now is the second factor."""
        return await self._records.open(actor, reference, asked, session)

    async def open_synthesis(self, actor: Actor, reference: str) -> ShownRecord | None:
        """Read the synthesis of a record that is open."""
        found = await self._records.opened(actor, reference)
        if found is None:
            return None
        acting, opened = found
        try:
            return shown_record(await self._synthesis.shown(acting, READ), opened)
        except AccessRefused:
            return None

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for."""
        return await self._records.pause(actor, reference, asked)

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what waits, emergencies apart."""
        found = await self._records.paused(actor, reference, token)
        return None if found is None or found.how.is_emergency else found
