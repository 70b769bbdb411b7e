"""The agenda of the sample space: two appointments to come and one that is over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gateway.domain.access import Actor
from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.occurrences import between
from gateway.domain.agenda.prevention import Recommendation
from gateway.domain.errors import NotFound
from gateway.domain.local_days import PLACE
from gateway.ports.clock import Clock
from gateway.services.agenda.own_agenda import OpenEvent
from gateway.services.agenda.subscriptions import AgendaLink
from webmail.agenda.adapter import line_of, page_of
from webmail.agenda.model import EventLine, EventPage
from webmail.guest.sample_people import CARDIOLOGIST, DOCTOR, GUEST
from webmail.references import reference_of
from webmail.shown_documents import DocumentSummary


class SampleAgenda:
    """Answers the reading half of `webmail.agenda.port.AgendaService`."""

    _clock: Clock

    async def agenda_between(self, _: Actor, first: date, last: date) -> Sequence[EventLine]:
        """List the entries."""
        now = self._clock.now()
        return [line_of(one, now, PLACE) for one in between(_events(now), first, last, PLACE)]

    async def agenda_entry(self, _: Actor, entry: str) -> EventPage:
        """Read one."""
        now = self._clock.now()
        for event in _events(now):
            if reference_of(event.id) == entry:
                return page_of(OpenEvent(event=event), now, PLACE)
        raise NotFound("no such entry")

    async def prevention(self, _: Actor) -> Sequence[Recommendation]:
        """Recommend nothing."""
        return ()

    async def links(self, _: Actor) -> Sequence[AgendaLink]:
        """List none."""
        return ()

    async def feed(self, secret: str, source: str) -> bytes:
        """Raise `NotFound`: no link leads here."""
        raise NotFound(f"no link {len(secret)} {len(source)}")

    async def documents_to_bring(self, _: Actor) -> Sequence[DocumentSummary]:
        """Offer none."""
        return ()


def _events(now: datetime) -> list[AgendaEvent]:
    day = now.replace(hour=8, minute=30, second=0, microsecond=0)
    vault = GUEST.actor.vault
    return [
        AgendaEvent(
            vault=vault, id=1, title="Consultation de contrôle", start=day + timedelta(days=4),
            end=day + timedelta(days=4, minutes=30), people=DOCTOR.name, place="12 rue de l’Exemple",
            bring="Carte Vitale\nCarnet de santé", reminder=1440,
        ),
        AgendaEvent(
            vault=vault, id=2, title="Échographie", start=day + timedelta(days=18), people=CARDIOLOGIST.name,
            place="Clinique d’exemple", note="Arriver dix minutes avant.",
        ),
        AgendaEvent(vault=vault, id=3, title="Prise de sang", start=(day - timedelta(days=20)).date()),
    ]  # fmt: skip
