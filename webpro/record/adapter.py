"""Records at the console, over `gateway.services.openings` and the synthesis."""

from dataclasses import replace
from datetime import timedelta

from gateway.domain.access import Actor, PurposeOfUse
from gateway.domain.account import digest_of
from gateway.domain.errors import AccessRefused
from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import OpenedBy
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening, PausedOpenings
from gateway.services.openings.record_openings import AskedOpening, OpenRecord, RecordOpenings
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from webmail.references import number_of
from webpro.coming_back import paused_for
from webpro.record.model import ShownRecord
from webpro.record.wording import READ, shown_record
from webpro.services import ConsoleServices


class RecordPages:
    """Implements `webpro.record.port.RecordService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._store = services.store
        self._openings = RecordOpenings(services.store, services.clock)
        self._paused = PausedOpenings(services.store, services.clock)
        self._synthesis = SynthesisReading(services.store, services.clock)

    async def open_record(
        self, actor: Actor, reference: str, asked: AskedOpening, session: str
    ) -> AccessReason | None:
        """Open it; a sign-in just now is the second factor."""
        row = await self._store.read(lambda tx: tx.spaces.session(digest_of(session)))
        asked = replace(asked, proved_at=row.created if row else None)
        answer = await self._openings.open(_in_record(actor, reference), asked)
        return answer if isinstance(answer, AccessReason) else None

    async def open_synthesis(self, actor: Actor, reference: str) -> ShownRecord | None:
        """Read the synthesis of a record that is open."""
        acting = _in_record(actor, reference)
        opened = await self._openings.what_is_open(acting)
        if opened is None:
            return None
        try:
            return shown_record(await self._synthesis.shown(_by(acting, opened), READ), opened)
        except AccessRefused:
            return None

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for."""
        # A code was spent by the try that was refused: what it opened stands.
        how = OpenedBy.CONSENT if asked.how is OpenedBy.CODE else asked.how
        person, lasts = VaultId(number_of(reference)), asked.lasts or timedelta(0)
        opening = PausedOpening(person=person, how=how, reason=asked.reason, lasts=lasts)
        return await self._paused.pause(actor, opening)

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what waits."""
        found = await paused_for(self._paused, actor, token)
        return found if found and found.person == number_of(reference) else None


def _in_record(actor: Actor, reference: str) -> Actor:
    return replace(actor, vault=VaultId(number_of(reference)))


def _by(actor: Actor, opened: OpenRecord) -> Actor:
    """Have each line say why: what was written to open it."""
    emergency = PurposeOfUse.EMERGENCY_TREATMENT
    return replace(actor, reason=opened.reason, purpose=emergency) if opened.how.is_emergency else actor
