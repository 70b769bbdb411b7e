"""The pages for whoever forgot, over `gateway.services.sign_in.recovery`."""

from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.step_payloads import FindAgain
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.sign_in.recovery import RecoveryFault
from webmail.recovery.model import Forgotten, LinkHolder, NewPasswordRefusal
from webmail.services import SpaceServices


class RecoverySteps:
    """Implements `webmail.recovery.port.RecoveryService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._recovery = services.recovery

    async def ask(self, forgotten: Forgotten, site: str, source: str) -> bool:
        """Take what was typed."""
        asked = FindAgain(
            site=site, identifier=forgotten.identifier, number=forgotten.number, born=forgotten.born
        )
        return await self._recovery.ask(asked, source)

    async def link_holder(self, link: str) -> LinkHolder | None:
        """Say whose password a link changes."""
        space = await self._recovery.holder(link)
        return LinkHolder(space.identifier, await self._recovery.passkeys(link)) if space else None

    async def change_password(
        self, link: str, password: str, identifier: str, *, removes_passkeys: bool
    ) -> NewPasswordRefusal | PasswordFault | IdentifierFault | None:
        """Take the new password."""
        answer = await self._recovery.change(link, password, identifier, removes_passkeys=removes_passkeys)
        if isinstance(answer, RecoveryFault):
            return NewPasswordRefusal(answer.value)
        return answer if isinstance(answer, PasswordFault | IdentifierFault) else None
