"""Signing in, over `gateway.services.sign_in.patient_sign_in`."""

from gateway.services.sign_in.patient_sign_in import SignInFault
from webmail.references import person_of
from webmail.services import SpaceServices
from webmail.sign_in.model import CodeSent, SignInRefusal
from webmail.signed_in import SignedIn


class SignInSteps:
    """Implements `webmail.sign_in.port.SignInService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._patients = services.patients
        self._passkeys = services.passkeys

    async def sign_in(
        self, identifier: str, password: str, source: str, device: str
    ) -> CodeSent | SignInRefusal:
        """Check the password and send a code."""
        answer = await self._patients.sign_in(identifier, password, source, device)
        if isinstance(answer, SignInFault):
            return SignInRefusal(answer.value)
        return CodeSent(answer.pending, answer.masked_contact)

    async def verify_code(
        self, pending: str, code: str, source: str, device: str, browser: str
    ) -> SignedIn | SignInRefusal:
        """Spend the code of an attempt; right once only."""
        answer = await self._patients.verify(pending, code, source, device, browser)
        return SignInRefusal(answer.value) if isinstance(answer, SignInFault) else person_of(answer.space)

    def ask_for_passkey(self, visit: str, site: str) -> str:
        """Give what a browser is asked for a passkey with."""
        return self._passkeys.ask(visit, site)

    async def sign_in_by_passkey(
        self, answer: str, visit: str, site: str, source: str, device: str, browser: str
    ) -> SignedIn | SignInRefusal:
        """Sign in by what a passkey answered."""
        found = await self._passkeys.sign_in(answer, visit, site, source, device, browser)
        return SignInRefusal(found.value) if isinstance(found, SignInFault) else person_of(found.space)

    def known_device(self, device: str, person: SignedIn) -> str:
        """Give what the browser of somebody who has signed in keeps for the next time."""
        return self._patients.known_device(device, person.actor.vault)
