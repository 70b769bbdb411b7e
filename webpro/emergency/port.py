"""What the page of an emergency asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from webpro.emergency.model import ShownEmergency


class EmergencyService(Protocol):
    """Open a record in an emergency, and read what comes first; `reference` names the patient, or nobody.

    Each raises `NotFound` for what is no reference at all.
    """

    async def open_record(
        self, actor: Actor, reference: str, asked: AskedOpening, session: str
    ) -> AccessReason | None:
        """Open it; say why not. `session` is the secret of the session, which says when one signed in.

        Raises:
            AccessUndecided: something could not be established now.
        """
        ...

    async def read(self, actor: Actor, reference: str) -> ShownEmergency | None:
        """Read what comes first of a record that is open, by whatever access; None when it must be opened."""
        ...

    async def end(self, actor: Actor, reference: str) -> None:
        """End an emergency access of theirs."""
        ...

    async def was_open(self, actor: Actor, reference: str) -> bool:
        """Say whether they opened it in an emergency earlier on this day."""
        ...

    async def pause(self, actor: Actor, reference: str, asked: AskedOpening) -> str:
        """Keep what was asked for while they sign in afresh; give the secret that finds it."""
        ...

    async def paused(self, actor: Actor, reference: str, token: str) -> PausedOpening | None:
        """Give the emergency for which they signed in afresh; None when none waits."""
        ...


EMERGENCY: web.AppKey[EmergencyService] = web.AppKey("console_emergency")
"""Where handlers find it on the application."""
