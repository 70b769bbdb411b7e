"""Sessions of the console, kept in the store: each stands on a mailbox whose sign-ins were not ended since (A24)."""

from datetime import timedelta

from gateway.domain.account import Session as StoredSession
from gateway.domain.console import FACE, entry_of_words
from gateway.domain.errors import InvalidValue
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import owner_of
from gateway.services.sign_in.professional_sign_in import ProfessionalSignIn
from webmail.sessions import BrowserSession
from webpro.professional import Professional, professional_of

_KEPT = timedelta(days=1)
"""The web decides what has expired, long before; this only says when a row may be swept."""


class ConsoleSessions:
    """Implements `webmail.sessions.SessionStore`; whoever signs in is a `webpro.professional.Professional`."""

    def __init__(self, store: Store, clock: Clock, entry: ProfessionalSignIn) -> None:
        self._store = store
        self._clock = clock
        self._entry = entry

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store a session."""
        row = _row_of(digest, session)
        await self._store.write(lambda tx: tx.spaces.save_session(row))

    async def seen(self, digest: bytes, session: BrowserSession) -> bool:
        """Move the last use, unless the session was ended since it was read."""
        row = _row_of(digest, session)

        def move(tx: Tx) -> bool:
            is_open = tx.spaces.session(digest) is not None
            if is_open:
                tx.spaces.save_session(row)
            return is_open

        return await self._store.write(move)

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest; None also when its holder left, or its mailbox was suspended."""

        def look(tx: Tx) -> BrowserSession | None:
            row = tx.spaces.session(digest)
            if row is None or row.kind != FACE:
                return None
            try:
                entry = entry_of_words(tx.spaces.session_about(digest))
            except InvalidValue:
                return None
            actor = self._entry.actor_in(tx, entry)
            if actor is None or actor.vault != row.vault:
                return None
            return BrowserSession(professional_of(actor, entry), row.created, row.used)

        return await self._store.read(look)

    async def delete(self, digest: bytes) -> None:
        """Forget a session, signed out or over; the same transaction writes the trace."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            row = tx.spaces.session(digest)
            if row is None or row.kind != FACE:
                return
            address, kind, name = tx.spaces.address_of(row.vault)
            tx.spaces.drop_session(digest)
            if address is not None:
                holder = owner_of(row.vault, address, kind, name, FACE)
                tx.audit.append(row.vault, holder.event(now, "sign-out", detail=FACE))

        await self._store.write(end)


def _row_of(digest: bytes, session: BrowserSession) -> StoredSession:
    person = session.person
    return StoredSession(
        digest=digest,
        vault=person.actor.vault,
        kind=FACE,
        created=session.opened_at,
        used=session.seen_at,
        expires=session.seen_at + _KEPT,
        device=session.device,
        about=person.entry.words if isinstance(person, Professional) else {},
    )
