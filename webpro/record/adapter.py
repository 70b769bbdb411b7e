"""Records at the console, over `gateway.services.openings` and the synthesis."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.local_days import birth_in_words
from gateway.domain.patient_names import shown_name
from gateway.domain.record_openings import OpenedBy
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from webpro.opened_records import OpenedRecords
from webpro.profile_parts import ShownPart, shown_part
from webpro.record.model import EnteredRecord
from webpro.record.wording import HOW, READ
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

    async def enter(self, actor: Actor, reference: str) -> EnteredRecord | None:
        """Go on in a record that is open."""
        found = await self._records.entered(actor, reference)
        if found is None:
            return None
        acting, entered = found
        traits, opened = entered.traits, entered.opened
        return EnteredRecord(
            actor=acting,
            reference=reference,
            name=shown_name(traits),
            born=birth_in_words(traits.birth_date) if traits.birth_date else "",
            opened=HOW[opened.how],
            ends=None if opened.how is OpenedBy.CONSENT else opened.ends,
            is_emergency=opened.how.is_emergency,
            administers=entered.administers,
            hides=entered.hides,
        )

    async def synthesis(self, record: EnteredRecord) -> Sequence[ShownPart]:
        """Read its synthesis."""
        found = await self._synthesis.shown(record.actor, READ)
        return [shown_part(found, part) for part in found.parts]

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for."""
        return await self._records.pause(actor, reference, asked)

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what waits, emergencies apart."""
        found = await self._records.paused(actor, reference, token)
        return None if found is None or found.how.is_emergency else found
