"""The agenda as the pages show it, over `gateway.services.agenda.own_agenda`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, tzinfo

from gateway.domain.access import Actor
from gateway.domain.agenda.drafts import DraftFault, EventDraft
from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventSort, EventState, is_day
from gateway.domain.agenda.occurrences import Occurrence, is_over, occurrences_of
from gateway.domain.agenda.prevention import PreventionChoice, Recommendation
from gateway.domain.errors import NotFound
from gateway.services.agenda.link_reading import LinkRefusal
from gateway.services.agenda.own_agenda import OpenEvent
from gateway.services.agenda.recommendations import Recommendations
from gateway.services.agenda.subscriptions import AgendaLink
from webmail.agenda.model import EventLine, EventPage
from webmail.document_views import document_summary_of
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices
from webmail.shown_documents import DocumentSummary

_MORE = 30
_CHOICE = 25
"""Documents that are offered as something to bring."""


class AgendaPages:
    """Implements `webmail.agenda.port.AgendaService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._agenda = services.agenda
        self._answers = services.invitation_answers
        self._clock = services.clock
        self._subscriptions = services.agenda_links
        self._reading = services.agenda_reading
        self._recommendations = Recommendations(services.store, services.clock)

    async def agenda_between(self, actor: Actor, first: date, last: date) -> Sequence[EventLine]:
        """List what takes place from one day to another."""
        now = self._clock.now()
        found = await self._agenda.between(actor, first, last)
        return [line_of(one, now, self._agenda.zone) for one in found]

    async def agenda_entry(self, actor: Actor, entry: str) -> EventPage:
        """Read an entry."""
        opened = await self._agenda.read(actor, number_of(entry))
        return page_of(opened, self._clock.now(), self._agenda.zone)

    async def documents_to_bring(self, actor: Actor) -> Sequence[DocumentSummary]:
        """List the newest documents."""
        return [document_summary_of(one) for one in await self._agenda.documents(actor, _CHOICE)]

    async def prevention(self, actor: Actor) -> Sequence[Recommendation]:
        """List what is recommended."""
        return await self._recommendations.listed(actor)

    async def choose_prevention(self, actor: Actor, name: str, choice: PreventionChoice) -> None:
        """Keep a choice."""
        await self._recommendations.choose(actor, name, choice)

    async def links(self, actor: Actor) -> Sequence[AgendaLink]:
        """List the links."""
        return await self._subscriptions.mine(actor)

    async def make_link(self, actor: Actor, *, says_all: bool, seen: frozenset[str]) -> str:
        """Make a link."""
        return await self._subscriptions.make(actor, says_all=says_all, seen=seen)

    async def end_link(self, actor: Actor, name: str) -> None:
        """End a link."""
        await self._subscriptions.end(actor, name)

    async def feed(self, secret: str, source: str) -> bytes | LinkRefusal:
        """Give the calendar of a link."""
        return await self._reading.calendar(secret, source)

    async def add_entry(self, actor: Actor, entry: str, draft: EventDraft) -> DraftFault | None:
        """Make an entry."""
        return await self._agenda.add(actor, number_of(entry), draft)

    async def change_entry(self, actor: Actor, entry: str, version: int, draft: EventDraft) -> DraftFault | None:
        """Change an entry."""
        return await self._agenda.change(actor, number_of(entry), version, draft)

    async def move_entry(self, actor: Actor, entry: str, version: int, move: str) -> None:
        """Call off, plan again, or note as done."""
        moves: dict[str, Callable[[Actor, int, int], Awaitable[None]]] = {
            "annuler": self._agenda.cancel, "reprendre": self._agenda.take_up_again, "fait": self._agenda.done,
        }  # fmt: skip
        if move not in moves:
            raise NotFound("there is no such move")
        await moves[move](actor, number_of(entry), version)

    async def answer_entry(self, actor: Actor, entry: str, version: int, *, accepts: bool) -> str:
        """Answer an invitation."""
        answer = EventAnswer.ACCEPTED if accepts else EventAnswer.DECLINED
        sent = await self._answers.answer(actor, number_of(entry), version, answer)
        return sent.refusal

    async def remove_entry(self, actor: Actor, entry: str) -> None:
        """Take an entry away."""
        await self._agenda.remove(actor, number_of(entry))


def line_of(one: Occurrence, now: datetime, zone: tzinfo) -> EventLine:
    """Give one time of an entry as a line of a list."""
    event = one.event
    return EventLine(
        id=reference_of(event.id),
        title=event.title,
        first=one.first,
        last=one.last,
        at=_instant(one.start, zone),
        until=_instant(one.end, zone),
        place=event.place,
        people=event.people or event.organiser_name,
        mark=_mark(event),
        is_task=event.sort is EventSort.TASK,
        is_struck=event.state is EventState.CANCELLED or event.answer is EventAnswer.DECLINED,
        is_past=is_over(one, now, zone),
        brings=bool(event.bring or event.documents),
    )


def _instant(when: date | None, zone: tzinfo) -> datetime | None:
    if not isinstance(when, datetime):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def _mark(event: AgendaEvent) -> str:
    if event.state is EventState.CANCELLED:
        return "Annulé"
    if event.state is EventState.DONE:
        return "Fait"
    if event.answer is EventAnswer.DECLINED:
        return "Refusé"
    asks = not event.is_own and event.claims and event.answer is EventAnswer.NONE
    return "À confirmer" if asks else ""


def page_of(opened: OpenEvent, now: datetime, zone: tzinfo) -> EventPage:
    """Give an entry as its page shows it."""
    event = opened.event
    first, *others = occurrences_of(event, zone)
    coming = [one for one in others if not is_over(one, now, zone)]
    last = coming[-1] if coming else first
    return EventPage(
        version=event.version,
        line=line_of(first, now, zone),
        more=[line_of(one, now, zone) for one in coming[:_MORE]],
        left_out=max(0, len(coming) - _MORE),
        draft=_draft_of(event, zone),
        organiser=event.organiser_name or event.organiser,
        state=event.state.value,
        answer=event.answer.value,
        is_told=event.told,
        may_answer=bool(event.claims) and event.state is EventState.PLANNED and not is_over(last, now, zone),
        about=event.about,
        conversation="" if opened.thread is None else reference_of(opened.thread),
        documents=[document_summary_of(one) for one in opened.documents],
    )


def _draft_of(event: AgendaEvent, zone: tzinfo) -> EventDraft:
    """Give what a form begins with: local times."""
    return EventDraft(
        title=event.title,
        start=_local(event.start, zone),
        end=None if event.end is None else _local(event.end, zone),
        place=event.place,
        people=event.people,
        note=event.note,
        bring=event.bring,
        documents=event.documents,
        reminder=event.reminder,
        sort=event.sort,
    )


def _local(when: date, zone: tzinfo) -> date:
    if is_day(when) or not isinstance(when, datetime):
        return when
    return when.astimezone(zone).replace(tzinfo=None) if when.tzinfo else when
