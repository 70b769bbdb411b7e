"""What « Confidentialité » asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from gateway.policy.access.facts import PersonChoice
from gateway.services.privacy.care_circle import KnownParty
from gateway.services.privacy.profession_rights import ProfessionRight
from gateway.services.privacy.refusals import Refusals
from gateway.services.privacy.viewing import Preview, Reader
from webmail.identifiers import DocumentId


class PrivacyService(Protocol):
    """Read and keep what a patient chooses about who may see their space."""

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """List who is in contact, by name."""
        ...

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Authorise or block somebody in contact, or take that back. Raises `NotFound`."""
        ...

    async def entrust_profile(self, actor: Actor, reference: str, *, with_profile: bool) -> KnownParty:
        """Entrust the profile to somebody authorised, or take it back. Raises `NotFound`, `Conflict`."""
        ...

    async def emergency_consents(self, actor: Actor) -> frozenset[EmergencyConsent]:
        """Give the consents for emergencies that stand."""
        ...

    async def consent_in_emergencies(self, actor: Actor, consents: frozenset[EmergencyConsent]) -> None:
        """Give these consents, and withdraw the others."""
        ...

    async def privacy_preview(self, actor: Actor, reference: str) -> Preview:
        """Say what somebody in contact would see. Raises `NotFound`."""
        ...

    async def readers_of(self, actor: Actor, document: DocumentId) -> tuple[FiledDocument, Sequence[Reader]]:
        """Say who in contact would be shown a document. Raises `NotFound`."""
        ...

    async def except_for(
        self, actor: Actor, document: DocumentId, reference: str, choice: PersonChoice | None
    ) -> None:
        """Show a document to one professional, or hide it; None takes it back. Raises `NotFound`, `Conflict`."""
        ...

    async def profession_rights(self, actor: Actor) -> Sequence[ProfessionRight]:
        """List what each profession reads; nothing when every profession reads every kind."""
        ...

    async def refusals(self, actor: Actor) -> Refusals:
        """Give everything that is refused."""
        ...

    async def show_to_professionals(self, actor: Actor, document: DocumentId) -> None:
        """Hide a document from professionals no more. Raises `NotFound`."""
        ...

    async def accept_emergency(self, actor: Actor, consent: EmergencyConsent) -> None:
        """Give one consent for emergencies."""
        ...

    async def show_what_comes(self, actor: Actor) -> None:
        """Hide new documents no more."""
        ...

    async def show_care_history(self, actor: Actor) -> None:
        """Hide the history of care no more."""
        ...


PRIVACY: web.AppKey[PrivacyService] = web.AppKey("privacy")
"""Where handlers find it on the application."""
