"""Secret links by which another calendar follows an agenda; without a word of what, unless its holder says so.

A link is 256 random bits, known to the store by their digest only, and shown once. It reads the agenda, nothing else:
as one calendar, or by CalDAV, where the same bits are the password (`link_reading`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Session, digest_of
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.made_links import maker_of
from gateway.services.access.permission import AGENDA_KINDS, allow, traces_refusals

MOST = 5
LIFETIME = timedelta(days=5 * 365)
_TIMES, _ALL = AGENDA_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLink:
    """A link that is in force; `name` is what forms call it, and opens nothing."""

    name: str
    made: datetime
    says_all: bool


class AgendaSubscriptions:
    """Makes links and ends them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def mine(self, actor: Actor) -> list[AgendaLink]:
        """List the links of a space, the newest first."""
        now = self._clock.now()

        def look(tx: Tx) -> list[AgendaLink]:
            allow(tx, actor, Action.READ, SpacePart.AGENDA, now)
            return [
                AgendaLink(name=_name(one), made=one.created, says_all=one.kind == _ALL)
                for one in _links(tx, actor, now)
            ]

        return await self._store.read(look)

    @traces_refusals
    async def make(self, actor: Actor, *, says_all: bool, seen: frozenset[str]) -> str:
        """Make a link and give its secret, shown once; `seen` are the names of the links that the form was shown with.

        Raises:
            ChangedMeanwhile: there are others now: the form was sent before, and its link stands among them.
            Conflict: there are `MOST`.
        """
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        session = Session(
            digest=digest_of(secret), vault=actor.vault, kind=_ALL if says_all else _TIMES, created=now, used=now,
            expires=now + LIFETIME, about=maker_of(actor),
        )  # fmt: skip

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.EXPORT, SpacePart.AGENDA, now)
            present = _links(tx, actor, now)
            if {_name(one) for one in present} != seen:
                raise ChangedMeanwhile("the links are not those that the form was shown with")
            if len(present) >= MOST:
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
                if _name(one) == name:
                    tx.spaces.drop_session(one.digest)
                    tx.audit.append(actor.vault, actor.event(now, "agenda.link-ended"))
                    return
            raise NotFound("there is no such link")

        await self._store.write(end)


def _name(link: Session) -> str:
    return link.digest[:8].hex()


def _links(tx: Tx, actor: Actor, now: datetime) -> list[Session]:
    return [one for one in tx.spaces.sessions_of(actor.vault) if one.kind in AGENDA_KINDS and one.expires > now]
