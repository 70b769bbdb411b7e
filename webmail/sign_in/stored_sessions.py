"""Signed-in browsers, kept in the store: they outlive a restart and end with the space they open."""

from dataclasses import replace
from datetime import timedelta

from gateway.domain.account import Session as StoredSession
from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.patient_names import shown_name
from gateway.domain.space import may_come_back, may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.mandate_titles import mandate_in_effect
from gateway.services.space.own_terms import OwnTerms
from webmail.references import person_for, person_of
from webmail.sessions import BrowserSession
from webmail.signed_in import SignedIn

_KIND = "web"
SOMEBODY = "une personne"
"""Whose space is gone."""
_KEPT = timedelta(days=1)
"""The web decides what has expired, long before; this only says when a row may be swept."""


class StoredSessions:
    """Implements `webmail.sessions.SessionStore`."""

    def __init__(self, store: Store, clock: Clock, terms: OwnTerms) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store a session."""
        row = _row_of(digest, session)
        await self._store.write(lambda tx: tx.spaces.save_session(row))

    async def seen(self, digest: bytes, session: BrowserSession) -> bool:
        """Move the last use, unless the session was ended since it was read: by a sign-out, or from another browser."""
        row = _row_of(digest, session)

        def move(tx: Tx) -> bool:
            is_open = tx.spaces.session(digest) is not None
            if is_open:
                tx.spaces.save_session(row)
            return is_open

        return await self._store.write(move)

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest; None also when its space has been closed since."""

        def look(tx: Tx) -> BrowserSession | None:
            row = tx.spaces.session(digest)
            if row is None or row.kind != _KIND:
                return None
            try:
                space = tx.spaces.space(row.vault)
            except NotFound:
                return None
            comes_in = may_sign_in(space.state) or may_come_back(space.state)
            person = replace(self._acting(tx, row, space), owes_terms=self._terms.are_due(space))
            return BrowserSession(person, row.created, row.used) if comes_in else None

        return await self._store.read(look)

    def _acting(self, tx: Tx, row: StoredSession, space: Space) -> SignedIn:
        """Give who acts for whom: the holder for themself, or for somebody else while their mandate lasts."""
        other = tx.spaces.acts_for(row) if may_sign_in(space.state) else None
        if other is None:
            return person_of(space)
        try:
            represented = tx.spaces.space(other)
        except NotFound:
            return replace(person_of(space), ended_for=SOMEBODY)
        mandate = mandate_in_effect(tx, space.vault, represented, self._clock.now())
        if mandate is None:
            return replace(person_of(space), ended_for=shown_name(represented.identity.traits))
        return person_for(space, represented, mandate)

    async def delete(self, digest: bytes) -> None:
        """Forget a session, signed out or over; the same transaction writes the trace."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            row = tx.spaces.session(digest)
            if row is not None and row.kind == _KIND:
                holder = person_of(tx.spaces.space(row.vault)).actor
                tx.spaces.drop_session(digest)
                tx.audit.append(row.vault, holder.event(now, "sign-out", detail=_KIND))

        await self._store.write(end)


def _row_of(digest: bytes, session: BrowserSession) -> StoredSession:
    return StoredSession(
        digest=digest,
        vault=session.person.actor.home or session.person.actor.vault,
        kind=_KIND,
        created=session.opened_at,
        used=session.seen_at,
        expires=session.seen_at + _KEPT,
        device=session.device,
    )
