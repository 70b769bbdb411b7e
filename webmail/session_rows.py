"""Sessions of a site as the store keeps them: they outlive a restart, and end with what they stand on.

The sites differ in who may come back to a session, and in whose trace its end stands: each says so in its own class.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.account import Session as StoredSession
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from webmail.sessions import BrowserSession
from webmail.signed_in import SignedIn

_KEPT = timedelta(days=1)
"""The web decides what has expired, long before; this only says when a row may be swept."""


class SessionRows(ABC):
    """Implements `webmail.sessions.SessionStore` over rows of one kind, in the vault of whoever signed in."""

    def __init__(self, store: Store, clock: Clock, kind: str) -> None:
        self._store = store
        self._clock = clock
        self._kind = kind

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store a session."""
        row = self._row_of(digest, session)
        await self._store.write(lambda tx: tx.spaces.save_session(row))

    async def seen(self, digest: bytes, session: BrowserSession) -> bool:
        """Move the last use, unless the session was ended since it was read: by a sign-out, or from another browser."""
        row = self._row_of(digest, session)

        def move(tx: Tx) -> bool:
            is_open = tx.spaces.session(digest) is not None
            if is_open:
                tx.spaces.save_session(row)
            return is_open

        return await self._store.write(move)

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest; None also when what it stands on is over."""

        def look(tx: Tx) -> BrowserSession | None:
            row = self._row(tx, digest)
            person = None if row is None else self._person(tx, row)
            return BrowserSession(person, row.created, row.used) if row and person else None

        return await self._store.read(look)

    async def delete(self, digest: bytes) -> None:
        """Forget a session, signed out or over; the same transaction writes the trace."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            row = self._row(tx, digest)
            if row is None:
                return
            holder = self._holder(tx, row)
            tx.spaces.drop_session(digest)
            if holder is not None:
                tx.audit.append(row.vault, holder.event(now, "sign-out", detail=self._kind))

        await self._store.write(end)

    @abstractmethod
    def _person(self, tx: Tx, row: StoredSession) -> SignedIn | None:
        """Give whoever signed in; None when they may not come in any more."""

    @abstractmethod
    def _holder(self, tx: Tx, row: StoredSession) -> Actor | None:
        """Give who signs out, for the trace of the session's vault; None when that cannot be said any more."""

    def _about(self, _: SignedIn) -> Mapping[str, str]:
        """Give what else the sign-in showed."""
        return {}

    def _row(self, tx: Tx, digest: bytes) -> StoredSession | None:
        row = tx.spaces.session(digest)
        return row if row is not None and row.kind == self._kind else None

    def _row_of(self, digest: bytes, session: BrowserSession) -> StoredSession:
        actor = session.person.actor
        return StoredSession(
            digest=digest,
            vault=actor.home or actor.vault,
            kind=self._kind,
            created=session.opened_at,
            used=session.seen_at,
            expires=session.seen_at + _KEPT,
            device=session.device,
            about=self._about(session.person),
        )
