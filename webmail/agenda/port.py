"""What the pages of the agenda ask of the services; references that name nothing raise `NotFound`."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.agenda.drafts import DraftFault, EventDraft
from gateway.domain.agenda.prevention import PreventionChoice, Recommendation
from gateway.services.agenda.link_reading import LinkRefusal
from gateway.services.agenda.subscriptions import AgendaLink
from webmail.agenda.model import EventLine, EventPage
from webmail.shown_documents import DocumentSummary


class AgendaService(Protocol):
    """Read and write the agenda of a space; `version` is that from which a form was filled."""

    async def agenda_between(self, actor: Actor, first: date, last: date) -> Sequence[EventLine]:
        """List what takes place from one day to another, in order."""
        ...

    async def agenda_entry(self, actor: Actor, entry: str) -> EventPage:
        """Read an entry."""
        ...

    async def documents_to_bring(self, actor: Actor) -> Sequence[DocumentSummary]:
        """List documents from which one chooses what to bring."""
        ...

    async def prevention(self, actor: Actor) -> Sequence[Recommendation]:
        """List what is recommended at the age of the space's holder."""
        ...

    async def choose_prevention(self, actor: Actor, name: str, choice: PreventionChoice) -> None:
        """Keep what was said of one recommendation."""
        ...

    async def links(self, actor: Actor) -> Sequence[AgendaLink]:
        """List the links by which other calendars follow this one."""
        ...

    async def make_link(self, actor: Actor, *, says_all: bool, seen: frozenset[str]) -> str:
        """Make a link. Raises `ChangedMeanwhile` where others than `seen` stand, `Conflict` for too many."""
        ...

    async def end_link(self, actor: Actor, name: str) -> None:
        """End a link."""
        ...

    async def feed(self, secret: str, source: str) -> bytes | LinkRefusal:
        """Give the calendar that a link leads to, or say why not."""
        ...

    async def add_entry(self, actor: Actor, entry: str, draft: EventDraft) -> DraftFault | None:
        """Make an entry, once for each reference; None when it is made. Raises `ChangedMeanwhile`, `Conflict`."""
        ...

    async def change_entry(self, actor: Actor, entry: str, version: int, draft: EventDraft) -> DraftFault | None:
        """Change an entry; None when it is changed. Raises `ChangedMeanwhile`."""
        ...

    async def move_entry(self, actor: Actor, entry: str, version: int, move: str) -> None:
        """Call an entry off (``annuler``), plan it again (``reprendre``) or note it as done (``fait``)."""
        ...

    async def answer_entry(self, actor: Actor, entry: str, version: int, *, accepts: bool) -> str:
        """Answer an invitation; give the sentence that says why nothing has left, empty when the answer has."""
        ...

    async def remove_entry(self, actor: Actor, entry: str) -> None:
        """Take an entry away."""
        ...


AGENDA: web.AppKey[AgendaService] = web.AppKey("agenda")
"""Where handlers find it on the application."""
