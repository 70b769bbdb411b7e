"""What another calendar reads of an agenda by a secret link: a whole calendar, or time by time (RFC 4791).

Whoever holds the secret reads times, or all that entries say when the holder chose that, and changes nothing. Each
reading of what entries say leaves its line in the trace. A time of an entry that comes again is an event of its own.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.account import Session, digest_of
from gateway.domain.agenda.calendar_writing import FeedTime, feed_calendar
from gateway.domain.agenda.events import AgendaEvent, day_of, instant_at
from gateway.domain.agenda.occurrences import is_over, occurrences_of
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import VaultId
from gateway.domain.network import source_network
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import program_with
from gateway.services.access.made_links import MAKER
from gateway.services.access.mandate_titles import mandate_in_effect
from gateway.services.access.permission import AGENDA_KINDS, allow, traces_refusals
from gateway.services.even_pace import EvenPace
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.shared_memory import SharedMemory, Timed

MOST_TIMES = 1000
"""Times that a link shows: those to come first, then the latest that are over."""
_TIMES, _ALL = AGENDA_KINDS
_BEFORE, _AFTER = timedelta(days=92), timedelta(days=731)
_MOST_EVENTS = 3000
_MAX_LENGTH = 200
_OF_A_LINK, _OF_STRANGERS = 60, 60
"""Requests a minute that are answered, of one link, and of one network that knows none."""
_MOST_NAMED = 100


class LinkRefusal(Enum):
    """Why a link is not followed."""

    UNKNOWN = "unknown"
    TOO_OFTEN = "too-often"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenLink:
    """A link that is in force: the program that follows it, what it may see, and since when there is the link.

    Whoever follows one that was made for another reads as its maker does.
    """

    program: Actor
    audience: Audience
    says_all: bool
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkedTime:
    """One time of an entry.

    Attributes:
        name: of letters, digits and a dash, the same for as long as the entry has this time.
        mark: changes whenever what is shown of it may have changed.
    """

    name: str
    mark: str
    time: FeedTime


class LinkReading:
    """Answers whoever follows a link."""

    def __init__(
        self, store: Store, clock: Clock, trace: SignInTrace, zone: tzinfo = PLACE, memory: SharedMemory | None = None
    ) -> None:
        memory = memory or SharedMemory()
        self._store = store
        self._clock = clock
        self._trace = trace
        self._zone = zone
        self._links = EvenPace(_OF_A_LINK, memory.instants(Timed.AGENDA_LINKS))
        self._strangers = EvenPace(_OF_STRANGERS, memory.instants(Timed.STRANGERS))

    @property
    def zone(self) -> tzinfo:
        """Give the zone in which days begin."""
        return self._zone

    async def opened(self, secret: str, source: str) -> OpenLink | LinkRefusal:
        """Find the link of a secret; guesses are counted, and slowed down by their network."""
        now, digest = self._clock.now(), digest_of(secret[:_MAX_LENGTH])

        def look(tx: Tx) -> OpenLink | None:
            session = tx.spaces.session(digest)
            if session is None or session.kind not in AGENDA_KINDS or session.expires <= now:
                return None
            state = tx.spaces.state(session.vault)
            return _open(tx, session, now) if state is not None and may_sign_in(state) else None

        found = await self._store.read(look)
        if found is not None:
            return found if self._links.takes(digest.hex(), now.timestamp()) else LinkRefusal.TOO_OFTEN
        if not self._strangers.takes(source_network(source), now.timestamp()):
            return LinkRefusal.TOO_OFTEN
        self._trace.failed(None, _TIMES, source)
        return LinkRefusal.UNKNOWN

    async def names(self, link: OpenLink) -> list[LinkedTime]:
        """List what there is, for somebody who compares names and marks; what entries say is not told."""
        return await self._times(link.program, link, None, "")

    async def read(self, link: OpenLink, detail: str, names: Collection[str] | None = None) -> list[LinkedTime]:
        """List what there is, or of it what is asked for by name; its line stands in the trace, with `detail`."""
        return await self._times(link.program, link, names, detail)

    async def written(self, link: OpenLink, times: Sequence[LinkedTime]) -> list[bytes]:
        """Write each time as a calendar of its own; the same octets for as long as its mark stays."""
        return await self._store.aside(
            lambda: [
                feed_calendar([one.time], self._zone, link.made, says_all=link.says_all) for one in times
            ]
        )

    async def calendar(self, secret: str, source: str) -> bytes | LinkRefusal:
        """Write all that a link leads to as one calendar."""
        link = await self.opened(secret, source)
        if isinstance(link, LinkRefusal):
            return link
        found = await self.read(link, "subscription")
        return await self._store.aside(
            lambda: feed_calendar([one.time for one in found], self._zone, link.made, says_all=link.says_all)
        )

    @traces_refusals
    async def _times(
        self, program: Actor, link: OpenLink, names: Collection[str] | None, detail: str
    ) -> list[LinkedTime]:
        now = self._clock.now()

        def look(tx: Tx) -> list[LinkedTime]:
            allow(tx, program, Action.LIST, SpacePart.AGENDA, now)
            withheld = tx.mail.withheld(program.vault, link.audience)
            every = tx.agendas.between(program.vault, now - _BEFORE, now + _AFTER, _MOST_EVENTS)
            events = [event for event in every if event.message not in withheld]
            found = [one for one in self._shown(events, now, link) if names is None or one.name in names]
            if detail:
                objects = _objects(found) if names is not None else ()
                tx.audit.append(program.vault, program.event(now, "agenda.listed", objects=objects, detail=detail))
            return found

        return await (self._store.write(look) if detail else self._store.read(look))

    def _shown(self, events: Iterable[AgendaEvent], now: datetime, link: OpenLink) -> list[LinkedTime]:
        first, last = day_of(now - _BEFORE, self._zone), day_of(now + _AFTER, self._zone)
        found = [
            FeedTime(time=time, number=number)
            for event in events
            for number, time in enumerate(occurrences_of(event, self._zone))
            if time.first <= last and time.last >= first
        ]
        found.sort(key=lambda one: (instant_at(one.time.start, self._zone), one.time.event.id))
        over = [one for one in found if is_over(one.time, now, self._zone)]
        coming = [one for one in found if not is_over(one.time, now, self._zone)]
        return [_linked(one, link) for one in [*coming, *reversed(over)][:MOST_TIMES]]


def collection_mark(times: Iterable[LinkedTime]) -> str:
    """Give a mark of all that a link shows: it changes with any of it."""
    digest = hashlib.blake2b(digest_size=16)
    for one in sorted((one.name, one.mark) for one in times):
        digest.update(" ".join(one).encode() + b"\n")
    return digest.hexdigest()


def _linked(one: FeedTime, link: OpenLink) -> LinkedTime:
    event = one.time.event
    mark = f"{event.version}{'a' if link.says_all else 't'}{link.made:%y%m%d%H%M%S}"
    return LinkedTime(name=f"{event.id:x}-{one.number}", mark=mark, time=one)


def _objects(times: Sequence[LinkedTime]) -> tuple[str, ...]:
    found = dict.fromkeys(f"event:{one.time.time.event.id:x}" for one in times)
    return tuple(found)[:_MOST_NAMED]


def _open(tx: Tx, session: Session, now: datetime) -> OpenLink | None:
    """Give a link in force; None for one whose maker may not act any more for whoever it is of."""
    program, maker = program_with(session), tx.spaces.session_about(session.digest).get(MAKER, "")
    if maker and mandate_in_effect(tx, VaultId(int(maker, 16)), tx.spaces.space(session.vault), now) is None:
        return None
    audience = program.audience | Audience.REPRESENTATIVES if maker else program.audience
    return OpenLink(program=program, audience=audience, says_all=session.kind == _ALL, made=session.created)
