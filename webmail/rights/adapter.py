"""« Vos droits », over `gateway.services.requests`."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.domain.profile_links import EntryName
from gateway.domain.rights_requests import RightsRequest
from gateway.services.requests.access_requests import AccessQuestion, AccessRequests
from gateway.services.requests.corrections import Corrections
from gateway.services.requests.doctor_requests import AskableDoctor, DoctorQuestion, DoctorRequests
from gateway.services.requests.entry_corrections import EntryCorrections, EntryRequests
from gateway.services.requests.own_requests import OwnRequests, RequestFault
from gateway.services.requests.reports import Reported, Reports
from webmail.identifiers import DocumentId
from webmail.references import number_of
from webmail.services import SpaceServices


class RightsPages:
    """Implements `webmail.rights.port.RightsService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._doctors = DoctorRequests(services.store, services.clock, services.care_circle)
        self._asked_for = OwnRequests(services.store, services.clock)
        self._corrections = Corrections(services.store, services.clock)
        self._entry_corrections = EntryCorrections(services.store, services.clock)
        self._reports = Reports(services.store, services.clock)
        self._accesses = AccessRequests(services.store, services.clock)

    async def own_requests(self, actor: Actor) -> Sequence[RightsRequest]:
        """List what was asked."""
        return await self._asked_for.asked(actor)

    async def askable_doctors(self, actor: Actor) -> Sequence[AskableDoctor]:
        """List the doctors in contact."""
        return await self._doctors.doctors(actor)

    async def ask_doctor(self, actor: Actor, question: DoctorQuestion) -> RequestFault | None:
        """Ask one, or say why not."""
        made = await self._doctors.ask(actor, question)
        return made if isinstance(made, RequestFault) else None

    async def withdraw_request(self, actor: Actor, name: str) -> None:
        """Take a request back."""
        await self._asked_for.withdraw(actor, number_of(name))

    async def note_request_answered(self, actor: Actor, name: str) -> None:
        """Note that what was asked for came."""
        await self._asked_for.note_answer(actor, number_of(name))

    async def corrections_of(
        self, actor: Actor, document: DocumentId
    ) -> tuple[FiledDocument, Sequence[RightsRequest]]:
        """Give a document with the corrections that were asked for."""
        return await self._corrections.of(actor, number_of(document))

    async def ask_correction(self, actor: Actor, document: DocumentId, words: str) -> RequestFault | None:
        """Ask whoever sent a document to put it right, or say why not."""
        made = await self._corrections.ask(actor, number_of(document), words)
        return made if isinstance(made, RequestFault) else None

    async def entry_corrections_of(self, actor: Actor, name: EntryName) -> EntryRequests:
        """Give a confirmed entry with the corrections that were asked for."""
        return await self._entry_corrections.of(actor, name)

    async def ask_entry_correction(self, actor: Actor, name: EntryName, words: str) -> RequestFault | None:
        """Ask whoever confirmed an entry to put it right, or say why not."""
        made = await self._entry_corrections.ask(actor, name, words)
        return made if isinstance(made, RequestFault) else None

    async def report(self, actor: Actor, what: Reported, name: str, words: str) -> RequestFault | None:
        """Tell the operator, or say why not."""
        made = await self._reports.tell(actor, what, name, words)
        return made if isinstance(made, RequestFault) else None

    async def ask_access(self, actor: Actor, question: AccessQuestion) -> RequestFault | None:
        """Ask for access to another person's data, or say why not."""
        made = await self._accesses.ask(actor, question)
        return made if isinstance(made, RequestFault) else None

    async def decide_access_request(self, actor: Actor, name: str, *, grants: bool) -> None:
        """Grant or refuse what somebody asks of oneself."""
        await self._accesses.decide(actor, number_of(name), grants=grants)
