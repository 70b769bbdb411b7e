"""What activation asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

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
from gateway.domain.terms_of_use import TermsVersion
from gateway.services.space.provider_entry import ProviderArrival, ProviderDeparture
from webmail.activation.model import ChoiceRefused
from webmail.signed_in import SignedIn


class ActivationService(Protocol):
    """Identify somebody by card and code, then activate or refuse their space; `token` names the attempt."""

    async def show_card(self, card: ShownCard, source: str) -> str | ActivationFault:
        """Begin an attempt, also for who does not exist, and give its token."""
        ...

    def provider_name(self) -> str:
        """Give what people call the OpenID provider; empty when there is none."""
        ...

    async def leave_for_provider(self, return_to: str) -> ProviderDeparture | None:
        """Say where a browser signs in at the provider; None when it does not answer, or is none."""
        ...

    async def back_from_provider(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProviderArrival:
        """Take a browser back from the provider."""
        ...

    async def masked_contacts(self, token: str) -> MaskedContacts | ActivationFault:
        """Give where a code would go."""
        ...

    async def send_code(self, token: str, channel: Channel, source: str) -> CodeOnItsWay | ActivationFault:
        """Send a code."""
        ...

    async def identify(self, token: str, typed: str, source: str) -> Identified | ActivationFault:
        """Look at a code; the answer's token goes on."""
        ...

    async def persons(self, token: str) -> Sequence[PersonFound]:
        """List whose space the code opens, when there are several."""
        ...

    async def choose(self, token: str, place: int) -> str | ActivationFault:
        """Choose one of them; the token given goes on."""
        ...

    async def look(self, token: str) -> SpaceToActivate | ActivationFault:
        """Give the space and what comes next."""
        ...

    def current_terms(self) -> TermsVersion:
        """Give the version of the terms of today."""
        ...

    def terms_version(self, name: str) -> TermsVersion | None:
        """Give a version of the terms, of today or before; None when there is none of that name."""
        ...

    async def accept_terms(self, token: str, version: str) -> ActivationFault | None:
        """Note that the terms were accepted."""
        ...

    async def send_contact_code(self, token: str, channel: Channel, typed: str) -> str | ActivationFault:
        """Send a code to a new contact, and give the contact as it was read."""
        ...

    async def confirm_contact(self, token: str, channel: Channel, contact: str, code: str) -> ActivationFault | None:
        """Take a new contact."""
        ...

    async def proposed_identifiers(self, token: str) -> Sequence[str]:
        """Propose identifiers."""
        ...

    async def choose_identifier(
        self, token: str, identifier: str, password: str
    ) -> CodeOnItsWay | ActivationFault | ChoiceRefused:
        """Take identifier and password, and send the last code."""
        ...

    async def ask_for_first_passkey(
        self, token: str, identifier: str, site: str
    ) -> str | ActivationFault | ChoiceRefused:
        """Give what a browser makes a passkey with, as JSON, when the identifier may be had."""
        ...

    async def choose_passkey(
        self, token: str, identifier: str, answer: str, site: str, name: str
    ) -> CodeOnItsWay | ActivationFault | ChoiceRefused:
        """Take identifier and passkey, and send the last code."""
        ...

    async def send_last_code(self, token: str) -> CodeOnItsWay | ActivationFault:
        """Send the last code again."""
        ...

    async def finish(self, token: str, code: str, source: str, *, helped: bool = False) -> SignedIn | ActivationFault:
        """Activate; whoever typed the last code is signed in, unless somebody helps them (F23)."""
        ...

    async def oppose(self, token: str, source: str) -> ActivationFault | None:
        """Refuse the space."""
        ...

    async def proof(self, token: str) -> bytes | ActivationFault:
        """Make the proof of a refusal, a PDF."""
        ...


ACTIVATION: web.AppKey[ActivationService] = web.AppKey("activation")
"""Where handlers find it on the application."""
