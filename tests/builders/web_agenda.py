"""An agenda for pages that are looked at: in memory, worded as the real one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from gateway.domain.access import Actor
from gateway.domain.agenda.drafts import DraftFault, EventDraft, fault_of, written_into
from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventState
from gateway.domain.agenda.invitations import Invitation, InvitationOutcome
from gateway.domain.agenda.occurrences import between
from gateway.domain.agenda.prevention import PreventionChoice, Recommendation, recommendations_for, written_choice
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.identity import BirthDate, Sex
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import MessageId
from gateway.services.agenda.link_reading import LinkRefusal
from gateway.services.agenda.own_agenda import OpenEvent
from gateway.services.agenda.recommendations import prevention_rules
from gateway.services.agenda.subscriptions import AgendaLink
from tests.builders.web_people import CAMILLE, NOW
from webmail.agenda.adapter import line_of, page_of
from webmail.agenda.model import EventLine, EventPage
from webmail.references import number_of
from webmail.shown_documents import DocumentSummary

_STATES = {"annuler": EventState.CANCELLED, "fait": EventState.DONE}
AN_ENTRY = "1a2b"
_START = datetime(NOW.year, NOW.month, NOW.day, 9, 30, tzinfo=UTC) + timedelta(days=3)
EVENTS = (
    AgendaEvent(
        vault=CAMILLE.actor.vault, id=0x1A2B, title="Échographie du genou", start=_START,
        end=_START + timedelta(minutes=45), place="Clinique des Lilas, Rennes", people="Dr Iris Modèle",
        note="Accueil au premier étage.", bring="Carte Vitale\nAnciennes radios", reminder=1440,
    ),
    AgendaEvent(
        vault=CAMILLE.actor.vault, id=0x1A2C, title="Séance de kinésithérapie", start=_START + timedelta(days=1),
        about="Venez en tenue de sport.",
        also=(_START + timedelta(days=8), _START + timedelta(days=15)), organiser="kine@cabinet.mssante.fr",
        organiser_name="Hugo Essai", claims="kine@cabinet.mssante.fr", uid="1",
    ),
    AgendaEvent(
        vault=CAMILLE.actor.vault, id=0x1A2D, title="Séjour en chirurgie", start=(_START + timedelta(days=30)).date(),
        end=(_START + timedelta(days=33)).date(), state=EventState.CANCELLED,
    ),
    AgendaEvent(
        vault=CAMILLE.actor.vault, id=0x1A2E, title="Vaccin contre la grippe", start=(NOW - timedelta(days=40)).date()
    ),
)  # fmt: skip

AN_INVITATION = Invitation(message=MessageId(1), outcome=InvitationOutcome.ADDED, events=(0x1A2C, 0x1A2D))


class AgendaOfTests:
    """Satisfies `webmail.agenda.port.AgendaService`; every world begins with the same entries."""

    entries: dict[int, AgendaEvent] | None = None

    chosen: dict[str, str] | None = None

    def _choices(self) -> dict[str, str]:
        if self.chosen is None:
            self.chosen = {}
        return self.chosen

    def _entries(self) -> dict[int, AgendaEvent]:
        if self.entries is None:
            self.entries = {event.id: event for event in EVENTS}
        return self.entries

    async def agenda_between(self, actor: Actor, first: date, last: date) -> Sequence[EventLine]:
        """List entries."""
        own = [event for event in self._entries().values() if event.vault == actor.vault]
        return [line_of(one, NOW, PLACE) for one in between(own, first, last, PLACE)]

    async def agenda_entry(self, actor: Actor, entry: str) -> EventPage:
        """Read one."""
        return page_of(OpenEvent(event=self._own(actor, entry)), NOW, PLACE)

    async def documents_to_bring(self, actor: Actor) -> Sequence[DocumentSummary]:  # noqa: ARG002 - the port's name
        """Offer none."""
        return ()

    async def prevention(self, actor: Actor) -> Sequence[Recommendation]:
        """Recommend what holds for somebody of fifty-five, of her or of anybody else."""
        assert actor.vault
        return recommendations_for(prevention_rules(), BirthDate(1970, 5, 4), Sex.FEMALE, NOW.date(), self._choices())

    async def choose_prevention(self, actor: Actor, name: str, choice: PreventionChoice) -> None:
        """Keep a choice."""
        assert actor.vault
        self._choices()[name] = written_choice(choice, NOW.date(), self._choices().get(name, ""))

    async def links(self, actor: Actor) -> Sequence[AgendaLink]:
        """List one."""
        assert actor.vault
        return [AgendaLink(name="a1b2", made=NOW, says_all=False)]

    async def make_link(self, actor: Actor, *, says_all: bool, seen: frozenset[str]) -> str:
        """Make one."""
        assert actor.vault
        if seen != {"a1b2"}:
            raise ChangedMeanwhile("other links")
        return "secret-tout" if says_all else "secret-heures"

    async def end_link(self, actor: Actor, name: str) -> None:
        """Know one."""
        if name != "a1b2":
            raise NotFound(f"no link of {actor}")

    async def feed(self, secret: str, source: str) -> bytes | LinkRefusal:
        """Know one, and somebody who asks too often."""
        assert source
        if secret != "secret-heures":
            return LinkRefusal.TOO_OFTEN if secret == "souvent" else LinkRefusal.UNKNOWN
        return b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

    async def add_entry(self, actor: Actor, entry: str, draft: EventDraft) -> DraftFault | None:
        """Keep one."""
        fault = fault_of(draft, NOW.date(), PLACE)
        if fault is None:
            blank = AgendaEvent(vault=actor.vault, id=number_of(entry), title="", start=draft.start)
            made = written_into(blank, draft, PLACE)
            if self._entries().setdefault(blank.id, made) != made:
                raise ChangedMeanwhile("something else was made of this form")
        return fault

    async def change_entry(self, actor: Actor, entry: str, version: int, draft: EventDraft) -> DraftFault | None:
        """Change one."""
        before = self._standing(actor, entry, version)
        fault = fault_of(draft, NOW.date(), PLACE)
        if fault is None:
            self._entries()[before.id] = replace(written_into(before, draft, PLACE), version=version + 1)
        return fault

    async def move_entry(self, actor: Actor, entry: str, version: int, move: str) -> None:
        """Call one off, or plan it again."""
        before = self._standing(actor, entry, version)
        state = _STATES.get(move, EventState.PLANNED)
        self._entries()[before.id] = replace(before, state=state, version=version + 1)

    async def answer_entry(self, actor: Actor, entry: str, version: int, *, accepts: bool) -> str:
        """Keep an answer; nobody hears of one that declines."""
        before = self._standing(actor, entry, version)
        answer = EventAnswer.ACCEPTED if accepts else EventAnswer.DECLINED
        self._entries()[before.id] = replace(before, answer=answer, told=accepts, version=version + 1)
        return "" if accepts else "Hugo Essai a mis fin à vos échanges."

    async def remove_entry(self, actor: Actor, entry: str) -> None:
        """Take one away."""
        del self._entries()[self._own(actor, entry).id]

    def _own(self, actor: Actor, entry: str) -> AgendaEvent:
        event = self._entries().get(number_of(entry))
        if event is None or event.vault != actor.vault:
            raise NotFound("no such entry")
        return event

    def _standing(self, actor: Actor, entry: str, version: int) -> AgendaEvent:
        event = self._own(actor, entry)
        if event.version != version:
            raise ChangedMeanwhile(f"{event.version}, not {version}")
        return event
