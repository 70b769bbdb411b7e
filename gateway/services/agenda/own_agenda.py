"""The agenda of a space, as whoever may act in it reads and writes it (F72).

A form says which version it was filled from, and an entry made twice by one form is made once: its number is that of
the form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.agenda.drafts import DraftFault, EventDraft, fault_of, written_into
from gateway.domain.agenda.events import MAX_ENTRIES, AgendaEvent, EventState, day_of, instant_at
from gateway.domain.agenda.occurrences import Occurrence, between
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import AccessRefused, ChangedMeanwhile, Conflict, NotFound
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import ThreadId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, is_permitted, traces_refusals

_MARGIN = timedelta(days=1)
"""Times without zone, and days, are found by their instants in France: elsewhere they lie up to a day aside."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenEvent:
    """An entry, the documents to bring as far as the reader may see them, and the conversation that brought it."""

    event: AgendaEvent
    documents: Sequence[FiledDocument] = ()
    thread: ThreadId | None = None


class OwnAgenda:
    """Reads and changes the agenda of one space at a time."""

    def __init__(self, store: Store, clock: Clock, zone: tzinfo = PLACE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    @property
    def zone(self) -> tzinfo:
        """Give the zone in which days begin and times without zone are read."""
        return self._zone

    @traces_refusals
    async def between(self, actor: Actor, first: date, last: date) -> list[Occurrence]:
        """List what takes place from one day to another, in order; its line stands in the trace before it is shown."""
        now = self._clock.now()

        def look(tx: Tx) -> list[Occurrence]:
            allow(tx, actor, Action.LIST, SpacePart.AGENDA, now)
            return occurrences_in(tx, actor, first, last, self._zone)

        found = await self._store.read(look)
        objects = tuple(dict.fromkeys(f"event:{one.event.id:x}" for one in found))
        event = actor.event(now, "agenda.listed", objects=objects)
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def read(self, actor: Actor, number: int) -> OpenEvent:
        """Read an entry with the documents to bring; one transaction writes the trace. Raises `NotFound`."""
        now = self._clock.now()

        def read(tx: Tx) -> OpenEvent:
            allow(tx, actor, Action.READ, SpacePart.AGENDA, now)
            event = event_in(tx, actor, number)
            tx.audit.append(actor.vault, actor.event(now, "agenda.read", objects=(f"event:{number:x}",)))
            documents = _linked(tx, actor, event.documents, now)
            return OpenEvent(event=event, documents=documents, thread=thread_of(tx, event))

        return await self._store.write(read)

    @traces_refusals
    async def documents(self, actor: Actor, limit: int) -> Sequence[FiledDocument]:
        """List the newest documents, from which one chooses what to bring; none for who may see none."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[FiledDocument]:
            allow(tx, actor, Action.READ, SpacePart.AGENDA, now)
            if not is_permitted(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now):
                return ()  # a carer may keep an agenda and see no document
            return tx.documents.all_of(actor.vault, actor.audience, None, limit)

        found = await self._store.read(look)
        if not found:
            return found
        objects = tuple(f"document:{one.id:x}" for one in found)
        event = actor.event(now, "documents.listed", objects=objects)
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def add(self, actor: Actor, number: int, draft: EventDraft) -> DraftFault | None:
        """Make an entry, once for each number. Raises `Conflict` when the agenda is full.

        Raises `ChangedMeanwhile` when something else was made of the form before: nothing that was typed is dropped.
        """
        now = self._clock.now()
        fault = fault_of(draft, day_of(now, self._zone), self._zone)
        if fault is not None:
            return fault
        blank = AgendaEvent(vault=actor.vault, id=number, title="", start=draft.start)

        def add(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.AGENDA, now)
            made = written_into(blank, self._checked(tx, actor, draft, now), self._zone)
            stood = tx.agendas.get(actor.vault, number)
            if stood is not None:
                if replace(stood, remind_from=None) != made:
                    raise ChangedMeanwhile("something else was made of this form")
                return
            if tx.agendas.count(actor.vault) >= MAX_ENTRIES:
                raise Conflict("the agenda is full")
            self._keep(tx, actor, made, now, "added")

        await self._store.write(add)
        return None

    @traces_refusals
    async def change(self, actor: Actor, number: int, version: int, draft: EventDraft) -> DraftFault | None:
        """Change an entry that was read as `version`. Raises `NotFound` or `ChangedMeanwhile`."""
        now = self._clock.now()
        fault = fault_of(draft, day_of(now, self._zone), self._zone)
        if fault is not None:
            return fault

        def changed(tx: Tx, event: AgendaEvent) -> AgendaEvent:
            return written_into(event, self._checked(tx, actor, draft, now), self._zone)

        await self._change(actor, number, version, "changed", changed)
        return None

    @traces_refusals
    async def cancel(self, actor: Actor, number: int, version: int) -> None:
        """Call off an entry of one's own; it stays, struck out. Raises as `change`, `Conflict` for another's."""
        await self._change(actor, number, version, "cancelled", _called_off)

    @traces_refusals
    async def take_up_again(self, actor: Actor, number: int, version: int) -> None:
        """Plan again what one has called off or done."""
        await self._change(actor, number, version, "changed", _planned_again)

    @traces_refusals
    async def done(self, actor: Actor, number: int, version: int) -> None:
        """Note that something was done."""
        await self._change(actor, number, version, "changed", lambda _, event: replace(event, state=EventState.DONE))

    @traces_refusals
    async def remove(self, actor: Actor, number: int) -> None:
        """Take an entry away. Raises `NotFound`."""
        now = self._clock.now()

        def remove(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            event_in(tx, actor, number)
            tx.agendas.drop(actor.vault, number)
            tx.audit.append(actor.vault, actor.event(now, "agenda.removed", objects=(f"event:{number:x}",)))
            tx.changed(actor.vault)

        await self._store.write(remove)

    async def _change(
        self, actor: Actor, number: int, version: int, action: str, changed: Callable[[Tx, AgendaEvent], AgendaEvent]
    ) -> None:
        now = self._clock.now()

        def change(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            before = event_in(tx, actor, number)
            if before.version != version:
                raise ChangedMeanwhile(f"{before.version}, not {version}")
            self._keep(tx, actor, replace(changed(tx, before), version=version + 1), now, action)

        await self._store.write(change)

    def _checked(self, tx: Tx, actor: Actor, draft: EventDraft, now: datetime) -> EventDraft:
        """Leave out documents that are not there for whoever links them."""
        linked = _linked(tx, actor, draft.documents, now)
        return replace(draft, documents=tuple(one.id for one in linked))

    def _keep(self, tx: Tx, actor: Actor, event: AgendaEvent, now: datetime, action: str) -> None:
        tx.agendas.save(replace(event, remind_from=now))
        tx.audit.append(actor.vault, actor.event(now, f"agenda.{action}", objects=(f"event:{event.id:x}",)))
        tx.changed(actor.vault)


def occurrences_in(tx: Tx, actor: Actor, first: date, last: date, zone: tzinfo) -> list[Occurrence]:
    """List what takes place from one day to another, inside a transaction."""
    low, high = instant_at(first, zone) - _MARGIN, instant_at(last, zone) + 2 * _MARGIN
    withheld = tx.mail.withheld(actor.vault, actor.audience)
    found = tx.agendas.between(actor.vault, low, high, MAX_ENTRIES)
    return between([one for one in found if one.message not in withheld], first, last, zone)


def thread_of(tx: Tx, event: AgendaEvent) -> ThreadId | None:
    """Give the conversation that brought an entry, while its message is there."""
    try:
        return None if event.message is None else tx.mail.content(event.vault, event.message).thread
    except NotFound:
        return None


def event_in(tx: Tx, actor: Actor, number: int) -> AgendaEvent:
    """Give an entry that is there for whoever reads. Raises `NotFound`."""
    event = tx.agendas.get(actor.vault, number)
    if event is None or event.message in tx.mail.withheld(actor.vault, actor.audience):
        raise NotFound("there is no such entry")
    return event


def _linked(tx: Tx, actor: Actor, numbers: Sequence[int], now: datetime) -> list[FiledDocument]:
    """Give documents that are there and may be read; the others are passed over."""
    found = []
    for number in numbers:
        try:
            document = tx.documents.get(actor.vault, actor.audience, number)
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now, document)
        except (NotFound, AccessRefused):
            continue
        found.append(document)
    return found


def _called_off(_: Tx, event: AgendaEvent) -> AgendaEvent:
    if not event.is_own:
        raise Conflict("only who fixed it calls it off")
    return replace(event, state=EventState.CANCELLED)


def _planned_again(_: Tx, event: AgendaEvent) -> AgendaEvent:
    if not event.is_own and event.state is EventState.CANCELLED:
        raise Conflict("only who fixed it plans it again")
    return replace(event, state=EventState.PLANNED)
