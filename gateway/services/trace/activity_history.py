"""« Historique d'activité »: who did what in a space, when, why and with which data (E18, E39, E85).

Lines are read from the newest; a page looks at so many at most, and says from where the next goes on, so that a list
that is nearly empty never reads a whole trace at once. Nothing is left out but what somebody may not know of.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from unicodedata import combining, normalize

import orjson

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.activity import ActivityKind, ActivitySide, kind_of, side_of
from gateway.domain.audit import AuditEvent, AuditLink
from gateway.domain.errors import NotFound
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import documents_among
from gateway.services.trace.inclusion import TraceProof, link_said, proof_of
from gateway.services.trace.shown_lines import Withheld, withheld_from

PAGE = 50
SHOWN = 12
"""Objects of a line that are called by name; of more it is said how many."""
_AT_ONCE = 400
_LOOKED_AT = 4_000
"""Lines that one page opens at most: about a tenth of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySearch:
    """Which lines are looked for.

    Attributes:
        who: words of the name of whoever acted, of their organisation or account; case and accents do not count.
        since: from this instant.
        until: to before this one.
        before: lines older than this number; None from the newest.
    """

    side: ActivitySide
    kind: ActivityKind | None = None
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ActivityLine:
    """One line: its number in the trace, and what it says.

    Attributes:
        event: None when it does not open: that is told, never left out.
        titles: of the documents that it names and its reader may see, by number.
    """

    seq: int
    at: datetime
    event: AuditEvent | None
    titles: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ActivityPage:
    """Lines, newest first; `further` is where older ones begin, None when all was looked at."""

    lines: tuple[ActivityLine, ...]
    further: int | None


class ActivityHistory:
    """Reads the trace of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def page(self, actor: Actor, search: ActivitySearch) -> ActivityPage:
        """Give one page; that it was read stands in the trace before it is shown."""
        now = self._clock.now()

        def look(tx: Tx) -> ActivityPage:
            allow(tx, actor, Action.READ, SpacePart.TRACE, now)
            return _page(tx, actor, search, withheld_from(tx, actor), PAGE, now)

        found = await self._store.read(look)
        event = actor.event(now, "trace.read", detail=search.side.value)
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def export(self, actor: Actor, search: ActivitySearch) -> AsyncIterator[tuple[ActivityLine, ...]]:
        """Give all that is looked for, a piece at a time; that it was taken away stands in the trace before."""
        now = self._clock.now()

        def begin(tx: Tx) -> None:
            allow(tx, actor, Action.EXPORT, SpacePart.TRACE, now)
            tx.audit.append(actor.vault, actor.event(now, "trace.exported", detail=search.side.value))

        await self._store.write(begin)
        return self._pieces(actor, search)

    @traces_refusals
    async def proof(self, actor: Actor) -> TraceProof | None:
        """Give what proves the trace as a published checkpoint covers it; None before the first.

        Whoever reads for another gets none: it would tell how many lines are withheld from them.
        """
        now = self._clock.now()

        def look(tx: Tx) -> TraceProof | None:
            allow(tx, actor, Action.READ, SpacePart.TRACE, now)
            return proof_of(tx, actor.vault) if actor.role is Role.PATIENT else None

        return await self._store.read(look)

    @traces_refusals
    async def journal(self, actor: Actor) -> AsyncIterator[bytes]:
        """Give the whole trace, oldest first, a line an event, with its hashes; not for another person."""
        now = self._clock.now()

        def begin(tx: Tx) -> Withheld:
            allow(tx, actor, Action.EXPORT, SpacePart.TRACE, now)
            if actor.role is not Role.PATIENT:
                raise NotFound("only the holder has the proof of a trace")
            tx.audit.append(actor.vault, actor.event(now, "trace.proof"))
            return withheld_from(tx, actor)

        return self._journal(actor, await self._store.write(begin))

    async def _journal(self, actor: Actor, withheld: Withheld) -> AsyncIterator[bytes]:
        since = 0

        def look(tx: Tx) -> list[AuditLink]:
            allow(tx, actor, Action.EXPORT, SpacePart.TRACE, self._clock.now())
            return tx.audit.links(actor.vault, since, _AT_ONCE)

        while links := await self._store.read(look):
            since = links[-1].seq
            shown = (replace(link, event=link.event and withheld.shown(link.event)) for link in links)
            yield b"".join(orjson.dumps(link_said(link)) + b"\n" for link in shown)

    async def _pieces(self, actor: Actor, search: ActivitySearch) -> AsyncIterator[tuple[ActivityLine, ...]]:
        while True:
            found = await self._store.read(partial(self._piece, actor=actor, search=search))
            yield found.lines
            if found.further is None:
                return
            search = replace(search, before=found.further)

    def _piece(self, tx: Tx, *, actor: Actor, search: ActivitySearch) -> ActivityPage:
        now = self._clock.now()
        allow(tx, actor, Action.EXPORT, SpacePart.TRACE, now)  # asked again: a right may end meanwhile
        return _page(tx, actor, search, withheld_from(tx, actor), _AT_ONCE, now)


def _page(
    tx: Tx, actor: Actor, search: ActivitySearch, withheld: Withheld, most: int, at: datetime
) -> ActivityPage:
    found: list[tuple[AuditLink, AuditEvent | None]] = []
    before, looked, words = search.before, 0, _plain(search.who).split()
    while len(found) < most and looked < _LOOKED_AT:
        links = tx.audit.lines(actor.vault, before, _AT_ONCE, search.since, search.until)
        for link in links:
            before, looked = link.seq, looked + 1
            event = link.event and withheld.shown(link.event)
            if (event is not None or link.event is None) and _is_asked(event, search, words):
                found.append((link, event))
                if len(found) == most:
                    break
        else:
            if len(links) < _AT_ONCE:
                before = None
                break
    events = [event for _, event in found if event is not None]
    titles = _titles(tx, actor, events, at)
    lines = (
        ActivityLine(seq=link.seq, at=link.at, event=event, titles=titles if event else {}) for link, event in found
    )
    return ActivityPage(lines=tuple(lines), further=before)


def _is_asked(event: AuditEvent | None, search: ActivitySearch, words: list[str]) -> bool:
    if event is None:  # nobody knows whose it is: it stands with what the service does
        return search.side is ActivitySide.SERVICES and search.kind is None and not words
    if side_of(event) is not search.side or (search.kind is not None and kind_of(event) is not search.kind):
        return False
    if not words:
        return True
    said = _plain(" ".join((event.person, event.responsible, event.organisation, event.actor)))
    return all(word in said for word in words)


def _plain(text: str) -> str:
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))


def _titles(tx: Tx, actor: Actor, events: list[AuditEvent], at: datetime) -> dict[int, str]:
    """Give the titles of the documents that lines name, of those alone that their reader may see."""
    numbers = {int(one[9:], 16) for event in events for one in event.objects[:SHOWN] if one.startswith("document:")}
    return {one.id: one.entry.title for one in documents_among(tx, actor, at, numbers)}
