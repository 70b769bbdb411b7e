"""Secret links by which another calendar subscribes to an agenda; without a word of what, unless its holder says so.

A link is 256 random bits, known to the store by their digest only, and shown once. It reads the agenda, nothing else.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Session, digest_of
from gateway.domain.agenda.calendar_writing import feed_calendar
from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.local_days import PLACE
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import program_with
from gateway.services.access.permission import AGENDA_KINDS, allow, traces_refusals
from gateway.services.sign_in.sign_in_trace import SignInTrace

MOST = 5
LIFETIME = timedelta(days=5 * 365)
_TIMES, _ALL = AGENDA_KINDS
_BEFORE, _AFTER = timedelta(days=92), timedelta(days=731)
_SHOWN = 1000
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLink:
    """A link that is in force; `name` is what forms call it, and opens nothing."""

    name: str
    made: datetime
    says_all: bool


class AgendaSubscriptions:
    """Makes links, ends them, and answers whoever follows one."""

    def __init__(self, store: Store, clock: Clock, trace: SignInTrace, zone: tzinfo = PLACE) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._zone = zone

    @traces_refusals
    async def mine(self, actor: Actor) -> list[AgendaLink]:
        """List the links of a space, the newest first."""
        now = self._clock.now()

        def look(tx: Tx) -> list[AgendaLink]:
            allow(tx, actor, Action.READ, SpacePart.AGENDA, now)
            return [
                AgendaLink(name=one.digest[:8].hex(), made=one.created, says_all=one.kind == _ALL)
                for one in _links(tx, actor, now)
            ]

        return await self._store.read(look)

    @traces_refusals
    async def make(self, actor: Actor, *, says_all: bool) -> str:
        """Make a link and give its secret, shown once. Raises `Conflict` when there are `MOST`."""
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        session = Session(
            digest=digest_of(secret), vault=actor.vault, kind=_ALL if says_all else _TIMES, created=now, used=now,
            expires=now + LIFETIME,
        )  # fmt: skip

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.EXPORT, SpacePart.AGENDA, now)
            if len(_links(tx, actor, now)) >= MOST:
                raise Conflict("there are as many links as may be")
            tx.spaces.save_session(session)
            tx.audit.append(actor.vault, actor.event(now, "agenda.link-made", detail=session.kind))

        await self._store.write(make)
        return secret

    @traces_refusals
    async def end(self, actor: Actor, name: str) -> None:
        """End a link. Raises `NotFound` when there is none of one's own by that name."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            for one in _links(tx, actor, now):
                if one.digest[:8].hex() == name:
                    tx.spaces.drop_session(one.digest)
                    tx.audit.append(actor.vault, actor.event(now, "agenda.link-ended"))
                    return
            raise NotFound("there is no such link")

        await self._store.write(end)

    async def feed(self, secret: str, source: str) -> bytes:
        """Give the calendar that a link leads to. Raises `NotFound` for every other text; guesses are counted."""
        now, digest = self._clock.now(), digest_of(secret[:_MAX_LENGTH])

        def look(tx: Tx) -> tuple[Session | None, list[AgendaEvent]]:
            session = tx.spaces.session(digest)
            if session is None or session.kind not in AGENDA_KINDS or session.expires <= now:
                return None, []
            state = tx.spaces.state(session.vault)
            if state is None or not may_sign_in(state):
                return None, []
            program = program_with(session)
            allow(tx, program, Action.LIST, SpacePart.AGENDA, now)
            events = tx.agendas.between(session.vault, now - _BEFORE, now + _AFTER, _SHOWN)
            tx.audit.append(session.vault, program.event(now, "agenda.listed", detail="subscription"))
            return session, list(events)

        session, events = await self._store.write(look)
        if session is None:
            self._trace.failed(None, _TIMES, source)
            raise NotFound("there is no such link")
        return await self._store.aside(
            lambda: feed_calendar(events, self._zone, now, says_all=session.kind == _ALL)
        )


def _links(tx: Tx, actor: Actor, now: datetime) -> list[Session]:
    return [one for one in tx.spaces.sessions_of(actor.vault) if one.kind in AGENDA_KINDS and one.expires > now]
