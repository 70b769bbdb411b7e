"""Activation, over `gateway.services.space`."""

from collections.abc import Sequence
from typing import TypeVar

from gateway.domain.activation import (
    ActivationFault,
    CodeOnItsWay,
    Identified,
    MaskedContacts,
    PersonFound,
    SpaceToActivate,
)
from gateway.domain.health_card import ShownCard
from gateway.domain.notices import Channel
from gateway.domain.openid import ProviderReturn
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.terms_of_use import TermsVersion
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.space.provider_entry import ProviderArrival, ProviderDeparture, ProviderOutcome
from webmail.activation.model import ChoiceRefused
from webmail.references import person_of
from webmail.services import SpaceServices
from webmail.signed_in import SignedIn

T = TypeVar("T", str, CodeOnItsWay)


def _said(answer: T | ActivationFault | IdentifierFault | PasswordFault) -> T | ActivationFault | ChoiceRefused:
    if isinstance(answer, IdentifierFault):
        return ChoiceRefused("identifiant", answer.value)
    return ChoiceRefused("mot-de-passe", answer.value) if isinstance(answer, PasswordFault) else answer


class ActivationPages:
    """Implements `webmail.activation.port.ActivationService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._entry = services.activation
        self._end = services.activation_end
        self._end_by_passkey = services.activation_passkeys
        self._opposition = services.opposition
        self._terms = services.terms
        self._provider = services.provider_entry

    def provider_name(self) -> str:
        """Give what the provider is called."""
        return self._provider.name if self._provider else ""

    async def leave_for_provider(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider."""
        return await self._provider.leave(return_to) if self._provider else None

    async def back_from_provider(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProviderArrival:
        """Take a browser back."""
        if self._provider is None:
            return ProviderArrival(outcome=ProviderOutcome.OVER)
        return await self._provider.come_back(
            kept, brought, source, return_to=return_to, after_logout=after_logout
        )

    async def show_card(self, card: ShownCard, source: str) -> str | ActivationFault:
        """Begin an attempt."""
        return await self._entry.show_card(card, source)

    async def masked_contacts(self, token: str) -> MaskedContacts | ActivationFault:
        """Give where a code would go."""
        return await self._entry.contacts(token)

    async def send_code(self, token: str, channel: Channel, source: str) -> CodeOnItsWay | ActivationFault:
        """Send a code."""
        return await self._entry.send_code(token, channel, source)

    async def identify(self, token: str, typed: str, source: str) -> Identified | ActivationFault:
        """Look at a code."""
        return await self._entry.identify(token, typed, source)

    async def persons(self, token: str) -> Sequence[PersonFound]:
        """List whose space the code opens."""
        return await self._entry.persons(token)

    async def choose(self, token: str, place: int) -> str | ActivationFault:
        """Choose one of them."""
        return await self._entry.choose(token, place)

    async def look(self, token: str) -> SpaceToActivate | ActivationFault:
        """Give the space and what comes next."""
        return await self._end.look(token)

    def current_terms(self) -> TermsVersion:
        """Give the version of today."""
        return self._terms.current

    def terms_version(self, name: str) -> TermsVersion | None:
        """Give a version, of today or before."""
        return self._terms.version(name)

    async def accept_terms(self, token: str, version: str) -> ActivationFault | None:
        """Note that the terms were accepted."""
        return await self._end.accept_terms(token, version)

    async def send_contact_code(self, token: str, channel: Channel, typed: str) -> str | ActivationFault:
        """Send a code to a new contact."""
        return await self._end.send_contact_code(token, channel, typed)

    async def confirm_contact(self, token: str, channel: Channel, contact: str, code: str) -> ActivationFault | None:
        """Take a new contact."""
        return await self._end.confirm_contact(token, channel, contact, code)

    async def proposed_identifiers(self, token: str) -> Sequence[str]:
        """Propose identifiers."""
        return await self._end.proposed_identifiers(token)

    async def choose_identifier(
        self, token: str, identifier: str, password: str
    ) -> CodeOnItsWay | ActivationFault | ChoiceRefused:
        """Take identifier and password."""
        return _said(await self._end.choose_identifier(token, identifier, password))

    async def ask_for_first_passkey(
        self, token: str, identifier: str, site: str
    ) -> str | ActivationFault | ChoiceRefused:
        """Give what a browser makes a passkey with."""
        return _said(await self._end_by_passkey.ask(token, identifier, site))

    async def choose_passkey(
        self, token: str, identifier: str, answer: str, site: str, name: str
    ) -> CodeOnItsWay | ActivationFault | ChoiceRefused:
        """Take identifier and passkey."""
        return _said(await self._end_by_passkey.choose(token, identifier, answer, site, name))

    async def send_last_code(self, token: str) -> CodeOnItsWay | ActivationFault:
        """Send the last code again."""
        return await self._end.send_last_code(token)

    async def finish(self, token: str, code: str, source: str, *, helped: bool = False) -> SignedIn | ActivationFault:
        """Activate."""
        answer = await self._end.finish(token, code, source, helped=helped)
        return answer if isinstance(answer, ActivationFault) else person_of(answer)

    async def oppose(self, token: str, source: str) -> ActivationFault | None:
        """Refuse the space."""
        return await self._opposition.oppose(token, source)

    async def proof(self, token: str) -> bytes | ActivationFault:
        """Make the proof of a refusal."""
        return await self._opposition.proof(token)
