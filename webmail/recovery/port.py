"""What the pages for whoever forgot ask of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.sign_in.password_rules import PasswordFault
from webmail.recovery.model import Forgotten, LinkHolder, NewPasswordRefusal


class RecoveryService(Protocol):
    """Send a link to whoever forgot, and take the new password."""

    async def ask(self, forgotten: Forgotten, site: str, source: str) -> bool:
        """Take what was typed; False when too many ask. Never says whether there is such a person."""
        ...

    async def link_holder(self, link: str) -> LinkHolder | None:
        """Say whose password a link changes, without using it up; None when it is over."""
        ...

    async def change_password(
        self, link: str, password: str, identifier: str, *, removes_passkeys: bool
    ) -> NewPasswordRefusal | PasswordFault | IdentifierFault | None:
        """Take the new password, once; `identifier` is for whoever has none yet. None when it is taken."""
        ...


RECOVERY: web.AppKey[RecoveryService] = web.AppKey("recovery")
"""Where handlers find it on the application."""
