"""What the pages of a record ask of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from webpro.profile_parts import ShownPart
from webpro.record.model import EnteredRecord


class RecordService(Protocol):
    """Open a patient's record, and read it; `reference` names the patient, or nobody."""

    async def open_record(
        self, actor: Actor, reference: str, asked: AskedOpening, session: str
    ) -> AccessReason | None:
        """Open it; say why not. `session` is the secret of the session, which says when one signed in.

        Raises:
            NotFound: it is no reference at all.
            AccessUndecided: something could not be established now.
        """
        ...

    async def enter(self, actor: Actor, reference: str) -> EnteredRecord | None:
        """Go on in a record that is open; None when it must be opened first. Raises `NotFound`."""
        ...

    async def synthesis(self, record: EnteredRecord) -> Sequence[ShownPart]:
        """Read its synthesis. Raises `AccessRefused`."""
        ...

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for while they sign in afresh; give the secret that finds it. Raises `NotFound`."""
        ...

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give what they asked for of this record before they signed in afresh; None when nothing waits."""
        ...


RECORD: web.AppKey[RecordService] = web.AppKey("console_record")
"""Where handlers find it on the application."""
