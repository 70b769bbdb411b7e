"""What « Vos droits » asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.domain.profile_links import EntryName
from gateway.domain.rights_requests import RightsRequest
from gateway.services.requests.access_requests import AccessQuestion
from gateway.services.requests.doctor_requests import AskableDoctor, DoctorQuestion
from gateway.services.requests.entry_corrections import EntryRequests
from gateway.services.requests.own_requests import RequestFault
from gateway.services.requests.reports import Reported
from webmail.identifiers import DocumentId


class RightsService(Protocol):
    """Ask for health data, and follow what was asked."""

    async def own_requests(self, actor: Actor) -> Sequence[RightsRequest]:
        """List what was asked, the newest first."""
        ...

    async def askable_doctors(self, actor: Actor) -> Sequence[AskableDoctor]:
        """List the doctors in contact."""
        ...

    async def ask_doctor(self, actor: Actor, question: DoctorQuestion) -> RequestFault | None:
        """Ask one, or say why not."""
        ...

    async def withdraw_request(self, actor: Actor, name: str) -> None:
        """Take a request back. Raises `NotFound`."""
        ...

    async def note_request_answered(self, actor: Actor, name: str) -> None:
        """Note that what was asked for came. Raises `NotFound`."""
        ...

    async def corrections_of(
        self, actor: Actor, document: DocumentId
    ) -> tuple[FiledDocument, Sequence[RightsRequest]]:
        """Give a document with the corrections that were asked for. Raises `NotFound`: also one's own document."""
        ...

    async def ask_correction(self, actor: Actor, document: DocumentId, words: str) -> RequestFault | None:
        """Ask whoever sent a document to put it right, or say why not. Raises `NotFound`."""
        ...

    async def entry_corrections_of(self, actor: Actor, name: EntryName) -> EntryRequests:
        """Give a confirmed entry with the corrections that were asked for. Raises `NotFound`."""
        ...

    async def ask_entry_correction(self, actor: Actor, name: EntryName, words: str) -> RequestFault | None:
        """Ask whoever confirmed an entry to put it right, or say why not. Raises `NotFound`."""
        ...

    async def report(self, actor: Actor, what: Reported, name: str, words: str) -> RequestFault | None:
        """Tell the operator of a professional or an application, or say why not."""
        ...

    async def ask_access(self, actor: Actor, question: AccessQuestion) -> RequestFault | None:
        """Ask for access to another person's data, or say why not. Raises `Conflict` in another's space."""
        ...

    async def decide_access_request(self, actor: Actor, name: str, *, grants: bool) -> None:
        """Grant or refuse what somebody asks of oneself. Raises `NotFound`."""
        ...


RIGHTS: web.AppKey[RightsService] = web.AppKey("rights")
"""Where handlers find it on the application."""
