"""« Confidentialité » over `gateway.services.privacy`."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from gateway.policy.access.facts import PersonChoice
from gateway.services.privacy.care_circle import KnownParty
from gateway.services.privacy.profession_rights import ProfessionRight, ProfessionRights
from gateway.services.privacy.refusals import RefusalReading, Refusals
from gateway.services.privacy.viewing import Preview, Reader, Viewing
from gateway.services.profile.care_reading import CareReading
from gateway.services.record.document_keeping import DocumentKeeping
from webmail.identifiers import DocumentId
from webmail.references import number_of
from webmail.services import SpaceServices


class PrivacyPages:
    """Implements `webmail.privacy.port.PrivacyService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._circle = services.care_circle
        self._viewing = Viewing(services.store, services.clock, services.care_circle)
        self._refusals = RefusalReading(services.store, services.clock, services.care_circle)
        self._profession_rights = ProfessionRights(services.store, services.clock)
        self._hiding = DocumentKeeping(services.store, services.clock)
        self._care_hiding = CareReading(services.store, services.clock)

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """List who is in contact, by name."""
        return await self._circle.known(actor)

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Authorise or block somebody in contact, or take that back."""
        return await self._circle.choose(actor, reference, standing)

    async def entrust_profile(self, actor: Actor, reference: str, *, with_profile: bool) -> KnownParty:
        """Entrust the profile to somebody authorised, or take it back."""
        return await self._circle.entrust(actor, reference, with_profile=with_profile)

    async def emergency_consents(self, actor: Actor) -> frozenset[EmergencyConsent]:
        """Give the consents for emergencies that stand."""
        return await self._circle.emergency(actor)

    async def consent_in_emergencies(self, actor: Actor, consents: frozenset[EmergencyConsent]) -> None:
        """Give these consents, and withdraw the others."""
        await self._circle.consent_in_emergencies(actor, consents)

    async def privacy_preview(self, actor: Actor, reference: str) -> Preview:
        """Say what somebody in contact would see."""
        return await self._viewing.preview(actor, reference)

    async def readers_of(self, actor: Actor, document: DocumentId) -> tuple[FiledDocument, Sequence[Reader]]:
        """Say who in contact would be shown a document."""
        return await self._viewing.readers(actor, number_of(document))

    async def except_for(
        self, actor: Actor, document: DocumentId, reference: str, choice: PersonChoice | None
    ) -> None:
        """Show a document to one professional or hide it from them; None takes it back."""
        await self._viewing.except_for(actor, number_of(document), reference, choice)

    async def refusals(self, actor: Actor) -> Refusals:
        """Give everything that is refused."""
        return await self._refusals.listed(actor)

    async def show_to_professionals(self, actor: Actor, document: DocumentId) -> None:
        """Hide a document from professionals no more."""
        await self._hiding.hide(actor, number_of(document), hidden=False)

    async def accept_emergency(self, actor: Actor, consent: EmergencyConsent) -> None:
        """Give one consent for emergencies."""
        await self._circle.accept_emergency(actor, consent)

    async def show_what_comes(self, actor: Actor) -> None:
        """Hide new documents no more."""
        await self._hiding.hide_by_default(actor, hidden=False)

    async def show_care_history(self, actor: Actor) -> None:
        """Hide the history of care no more."""
        await self._care_hiding.hide(actor, hidden=False)

    async def profession_rights(self, actor: Actor) -> Sequence[ProfessionRight]:
        """List what each profession reads."""
        return await self._profession_rights.listed(actor)
