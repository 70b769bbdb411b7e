"""Records that stand open, for the folders that show them: opened, asked about, left to wait for a sign-in."""

from dataclasses import replace
from datetime import timedelta

from gateway.domain.access import Actor, PurposeOfUse
from gateway.domain.account import digest_of
from gateway.domain.errors import AccessRefused
from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import OpenedBy
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening, PausedOpenings
from gateway.services.openings.record_openings import (
    AskedOpening,
    EnteredSpace,
    OpenRecord,
    RecordOpenings,
)
from webmail.references import number_of
from webpro.coming_back import paused_for
from webpro.services import ConsoleServices


class OpenedRecords:
    """Opens records by the references of pages, which name a patient or nobody; each may raise `NotFound`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._store = services.store
        self._openings = RecordOpenings(services.store, services.clock)
        self._paused = PausedOpenings(services.store, services.clock)

    async def open(self, actor: Actor, reference: str, asked: AskedOpening, session: str) -> AccessReason | None:
        """Open one, and say why not; a sign-in just now, told by the secret of the session, is the second factor.

        Raises:
            AccessUndecided: something could not be established now.
        """
        row = await self._store.read(lambda tx: tx.spaces.session(digest_of(session)))
        asked = replace(asked, proved_at=row.created if row else None)
        answer = await self._openings.open(_in_record(actor, reference), asked)
        return answer if isinstance(answer, AccessReason) else None

    async def opened(self, actor: Actor, reference: str) -> tuple[Actor, OpenRecord] | None:
        """Give what is open, and the actor whose lines say why; None when the record must be opened first."""
        acting = _in_record(actor, reference)
        found = await self._openings.what_is_open(acting)
        return None if found is None else (_by(acting, found), found)

    async def entered(self, actor: Actor, reference: str) -> tuple[Actor, EnteredSpace] | None:
        """Give the same with who the patient is, once the rules let them in; a refusal has its line, and is None."""
        acting = _in_record(actor, reference)
        try:
            found = await self._openings.enter(acting)
        except AccessRefused:
            return None
        return None if found is None else (_by(acting, found.opened), found)

    async def was_emergency(self, actor: Actor, reference: str) -> bool:
        """Say whether they opened it in an emergency earlier on this day."""
        return await self._openings.was_emergency(_in_record(actor, reference))

    async def end_emergency(self, actor: Actor, reference: str) -> None:
        """End an emergency access of theirs."""
        acting = _in_record(actor, reference)
        found = await self._openings.what_is_open(acting)
        await self._openings.end_emergency(_by(acting, found) if found else acting)

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for while they sign in afresh; give the secret that finds it."""
        # A code was spent by the try that was refused: what it opened stands.
        how = OpenedBy.CONSENT if asked.how is OpenedBy.CODE else asked.how
        person, lasts = VaultId(number_of(reference)), asked.lasts or timedelta(0)
        opening = PausedOpening(person=person, how=how, reason=asked.reason, lasts=lasts)
        return await self._paused.pause(actor, opening)

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what they asked for of this record before they signed in afresh; None when nothing waits."""
        found = await paused_for(self._paused, actor, token)
        return found if found and found.person == number_of(reference) else None


def _in_record(actor: Actor, reference: str) -> Actor:
    return replace(actor, vault=VaultId(number_of(reference)))


def _by(actor: Actor, opened: OpenRecord) -> Actor:
    """Have each line say why: what was written to open it."""
    emergency = PurposeOfUse.EMERGENCY_TREATMENT
    return replace(actor, reason=opened.reason, purpose=emergency) if opened.how.is_emergency else actor
